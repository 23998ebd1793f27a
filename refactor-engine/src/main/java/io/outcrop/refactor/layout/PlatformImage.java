package io.outcrop.refactor.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Platform;
import java.util.Optional;

/**
 * One image, of those that an entry of a layout stands for.
 *
 * @param platform what it runs on, where an index says so
 * @param manifest its manifest
 */
public record PlatformImage(Optional<Platform> platform, Descriptor manifest) {}
