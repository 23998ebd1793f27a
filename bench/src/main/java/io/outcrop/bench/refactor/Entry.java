package io.outcrop.bench.refactor;

import java.util.SortedMap;

/**
 * One path of an image, or one member of a layer's archive.
 *
 * @param path without a slash at either end
 * @param type its tar type flag; hard links have {@link #HARD_LINK}
 * @param seconds modification time since the epoch, of which {@code nanos} is the fraction
 * @param link the target of a link, or else empty
 * @param device major and minor number, as 32 bits each
 * @param attributes extended attributes by name
 * @param content of a regular file
 */
record Entry(
    String path,
    char type,
    int mode,
    long uid,
    long gid,
    long seconds,
    int nanos,
    String link,
    long device,
    SortedMap<String, String> attributes,
    Content content) {

  static final char FILE = '0';
  static final char HARD_LINK = '1';
  static final char SYMBOLIC_LINK = '2';
  static final char DIRECTORY = '5';

  boolean isDirectory() {
    return type == DIRECTORY;
  }

  boolean isFile() {
    return type == FILE;
  }

  long size() {
    return content.size();
  }

  Entry at(String newPath) {
    return new Entry(
        newPath, type, mode, uid, gid, seconds, nanos, link, device, attributes, content);
  }

  /** This file's metadata on a hard link to it. */
  Entry linkedAt(String newPath) {
    return new Entry(
        newPath, HARD_LINK, mode, uid, gid, seconds, nanos, path, device, attributes, Content.NONE);
  }
}
