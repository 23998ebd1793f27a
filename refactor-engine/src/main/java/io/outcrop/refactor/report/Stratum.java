package io.outcrop.refactor.report;

/**
 * A layer of an image, for comparing it with those of others.
 *
 * @param blob names its compressed bytes: equal for layers that a registry stores, and a node
 *     downloads, once
 * @param content names what it unpacks to
 * @param bytes the length of its compressed bytes
 * @param title what is in it, for people
 */
public record Stratum(String blob, String content, long bytes, String title) {}
