package io.outcrop.refactor.model;

/**
 * One extended attribute.
 *
 * @param name the whole name, such as {@code security.capability}
 * @param value any bytes, or none
 */
public record Xattr(ByteString name, ByteString value) {}
