package io.outcrop.storage;

import java.time.Instant;
import java.util.Optional;

/**
 * One check of all content, under way or done.
 *
 * @param startedAt when it began
 * @param endedAt when it was done, if it is
 * @param checked pieces of content hashed so far
 * @param bytes their bytes
 * @param damaged how many were not what they should be
 * @param progress the part of all content that is done, 0 to 1
 */
public record ScrubPass(
    Instant startedAt,
    Optional<Instant> endedAt,
    long checked,
    long bytes,
    long damaged,
    double progress) {}
