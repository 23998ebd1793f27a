package io.outcrop.storage;

import io.outcrop.oci.Digest;

/**
 * Content came or went.
 *
 * @param sequence its place among all changes of this store, from 1 on, without gaps
 * @param content what came or went
 * @param present whether it came
 */
public record ContentChange(long sequence, Digest content, boolean present) {}
