package io.outcrop.refactor.model;

/**
 * One path of a root file system.
 *
 * @param path where it is
 * @param metadata of a hard link, those of the file it is a name of
 * @param node what it is
 */
public record Entry(FilePath path, Metadata metadata, Node node) {}
