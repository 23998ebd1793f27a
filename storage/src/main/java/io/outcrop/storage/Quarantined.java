package io.outcrop.storage;

import io.outcrop.oci.Digest;

/**
 * Damaged content that is kept for an operator to look at.
 *
 * @param name its name in the folder {@code quarantine}, which begins with the time it came there
 * @param content what it should have been
 * @param bytes its size
 */
public record Quarantined(String name, Digest content, long bytes) {}
