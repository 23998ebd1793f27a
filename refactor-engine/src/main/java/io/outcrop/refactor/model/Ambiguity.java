package io.outcrop.refactor.model;

/**
 * Something container engines would not agree on.
 *
 * @param reason the kind of trap
 * @param detail what and where, for people
 */
public record Ambiguity(Reason reason, String detail) {}
