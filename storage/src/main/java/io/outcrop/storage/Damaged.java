package io.outcrop.storage;

import io.outcrop.oci.Digest;

/**
 * Content that was found damaged, and is no longer resident.
 *
 * @param content what it is
 * @param info what was known of it
 * @param reason {@link Reason#DAMAGED} or {@link Reason#ROTTEN}
 */
public record Damaged(Digest content, ContentInfo info, Reason reason) {}
