package io.outcrop.refactor.plan.intrinsic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.outcrop.refactor.model.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The header of an RPM package as databases have it: the number of tags and of bytes of data,
 * big-endian, then for each tag its number, type, offset into the data and count, then the data.
 */
final class RpmHeader {

  private static final int INTRO = 8;
  private static final int TAG_BYTES = 16;
  private static final int MOST_TAGS = 0xffff;
  private static final int MOST_DIRECTORIES = 100_000;
  private static final int MOST_FILES = 1_000_000;

  private static final int NAME = 1000;
  private static final int VERSION = 1001;
  private static final int RELEASE = 1002;
  private static final int EPOCH = 1003;
  private static final int ARCHITECTURE = 1022;
  private static final int FILE_MODES = 1030;
  private static final int FILE_FLAGS = 1037;
  private static final int DIRECTORY_INDEXES = 1116;
  private static final int BASE_NAMES = 1117;
  private static final int DIRECTORY_NAMES = 1118;

  private static final int TYPE_INT16 = 3;
  private static final int TYPE_INT32 = 4;
  private static final int TYPE_STRING = 6;
  private static final int TYPE_STRING_ARRAY = 8;

  private static final int FLAG_GHOST = 1 << 6;
  private static final int MODE_TYPE = 0170000;
  private static final int MODE_DIRECTORY = 0040000;

  private record Tag(int type, int offset, int count) {}

  private final Map<Integer, Tag> tags = new HashMap<>();
  private final ByteBuffer data;

  private RpmHeader(ByteBuffer data) {
    this.data = data;
  }

  /** Reads a header; empty if it is none. */
  static Optional<RpmHeader> read(ByteBuffer blob) {
    if (blob.remaining() < INTRO) {
      return Optional.empty();
    }
    int start = blob.position();
    int count = blob.getInt(start);
    int bytes = blob.getInt(start + 4);
    if (count < 1
        || count > MOST_TAGS
        || bytes < 0
        || bytes > blob.remaining() - INTRO - count * TAG_BYTES) {
      return Optional.empty();
    }
    int end = start + INTRO + count * TAG_BYTES;
    RpmHeader header = new RpmHeader(blob.slice(end, bytes));
    for (int at = start + INTRO; at < end; at += TAG_BYTES) {
      Tag tag = new Tag(blob.getInt(at + 4), blob.getInt(at + 8), blob.getInt(at + 12));
      if (tag.offset() >= 0 && tag.offset() < bytes && tag.count() > 0 && tag.count() <= bytes) {
        header.tags.put(blob.getInt(at), tag);
      }
    }
    return Optional.of(header);
  }

  /** What package this is, if it has a name, a version, a release and an architecture. */
  Optional<Component> component() {
    Optional<String> name = word(NAME);
    Optional<String> version = word(VERSION);
    Optional<String> release = word(RELEASE);
    Optional<String> architecture = word(ARCHITECTURE);
    if (name.isEmpty() || version.isEmpty() || release.isEmpty() || architecture.isEmpty()) {
      return Optional.empty();
    }
    int[] epoch = numbers(EPOCH);
    String full =
        (epoch.length > 0 && epoch[0] != 0 ? epoch[0] + ":" : "")
            + version.get()
            + '-'
            + release.get();
    return Optional.of(Component.of(Ecosystem.RPM, name.get(), full, architecture.get()));
  }

  /** Shows all files that were installed, but not directories. */
  void forEachFile(RpmReader.FileVisitor visitor) {
    List<ByteString> directories = directories();
    int[] indexes = numbers(DIRECTORY_INDEXES);
    int[] modes = numbers(FILE_MODES);
    int[] flags = numbers(FILE_FLAGS);
    int at = start(BASE_NAMES);
    for (int file = 0; file < indexes.length && at < data.limit(); file++) {
      ByteString name = string(at);
      at += name.length() + 1;
      boolean directory = file < modes.length && (modes[file] & MODE_TYPE) == MODE_DIRECTORY;
      boolean ghost = file < flags.length && (flags[file] & FLAG_GHOST) != 0;
      int index = indexes[file];
      if (!directory && !ghost && index >= 0 && index < directories.size()) {
        visitor.file(directories.get(index), name);
      }
    }
  }

  private List<ByteString> directories() {
    List<ByteString> names = new ArrayList<>();
    int at = start(DIRECTORY_NAMES);
    while (at < data.limit() && names.size() < MOST_DIRECTORIES) {
      ByteString name = string(at);
      names.add(name);
      at += name.length() + 1;
    }
    return names;
  }

  /** Where the first of some strings begins; beyond the data if there is none. */
  private int start(int number) {
    Tag tag = tags.get(number);
    return tag == null || tag.type() != TYPE_STRING_ARRAY ? data.limit() : tag.offset();
  }

  private Optional<String> word(int number) {
    Tag tag = tags.get(number);
    if (tag == null || tag.type() != TYPE_STRING) {
      return Optional.empty();
    }
    return Optional.of(string(tag.offset()))
        .map(bytes -> new String(bytes.toByteArray(), ISO_8859_1))
        .filter(PackageName::isOne);
  }

  private ByteString string(int offset) {
    int end = offset;
    while (end < data.limit() && data.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - offset];
    data.get(offset, bytes);
    return ByteString.of(bytes);
  }

  private int[] numbers(int number) {
    Tag tag = tags.get(number);
    int width = tag == null ? 0 : tag.type() == TYPE_INT32 ? 4 : tag.type() == TYPE_INT16 ? 2 : 0;
    if (tag == null || width == 0) {
      return new int[0];
    }
    int[] numbers =
        new int[Math.min(Math.min(tag.count(), MOST_FILES), (data.limit() - tag.offset()) / width)];
    for (int i = 0; i < numbers.length; i++) {
      int at = tag.offset() + i * width;
      numbers[i] = width == 4 ? data.getInt(at) : Short.toUnsignedInt(data.getShort(at));
    }
    return numbers;
  }
}
