package io.outcrop.refactor;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Entry;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.model.Xattr;
import io.outcrop.refactor.model.Xattrs;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Entries with everything at its edges: sizes, signs, bytes. */
public final class RandomEntries {

  private static final long[] IDS = {
    0, 1, 1000, 65534, 2_097_151, 2_097_152, 3_000_000_000L, 0xffff_fffeL
  };
  private static final long[] SECONDS = {
    0, 1, -1, 1_700_000_000, 8_589_934_591L, 8_589_934_592L, -2_208_988_800L, Long.MIN_VALUE + 1
  };
  private static final int[] NANOS = {0, 0, 0, 1, 999_999_999, 123_456_789, 500_000_000};
  private static final int[] LENGTHS = {0, 1, 511, 512, 513, 3000};

  private final Random random;

  public RandomEntries(Random random) {
    this.random = random;
  }

  /** Bytes that are never NUL or a slash, as names may have them. */
  public ByteString name(int longest) {
    byte[] bytes = new byte[1 + random.nextInt(longest)];
    boolean ascii = random.nextInt(3) > 0;
    for (int i = 0; i < bytes.length; i++) {
      byte b;
      do {
        b = (byte) (ascii ? 'a' + random.nextInt(26) : random.nextInt(256));
      } while (b == 0 || b == '/' || b == '.');
      bytes[i] = b;
    }
    return ByteString.of(bytes);
  }

  /** A path of some components, sometimes around the lengths at which headers change their form. */
  public FilePath path() {
    FilePath path = FilePath.ROOT;
    int wanted =
        switch (random.nextInt(4)) {
          case 0 -> 95 + random.nextInt(10);
          case 1 -> 250 + random.nextInt(12);
          default -> 1 + random.nextInt(40);
        };
    do {
      int left = wanted - path.length();
      path = path.resolve(name(Math.min(Math.max(left, 1), 120)));
    } while (path.length() < wanted);
    return path;
  }

  public Metadata metadata() {
    return new Metadata(
        random.nextInt(07777 + 1),
        IDS[random.nextInt(IDS.length)],
        IDS[random.nextInt(IDS.length)],
        SECONDS[random.nextInt(SECONDS.length)],
        NANOS[random.nextInt(NANOS.length)],
        xattrs());
  }

  public Xattrs xattrs() {
    if (random.nextInt(3) > 0) {
      return Xattrs.NONE;
    }
    List<Xattr> xattrs = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      byte[] value = new byte[random.nextInt(40)];
      random.nextBytes(value);
      xattrs.add(new Xattr(ByteString.of("user.n" + random.nextInt(5)), ByteString.of(value)));
    }
    return Xattrs.of(xattrs);
  }

  public byte[] content() {
    byte[] content = new byte[LENGTHS[random.nextInt(LENGTHS.length)]];
    random.nextBytes(content);
    return content;
  }

  /** Anything but a file with content. */
  public Node nodeWithoutContent() {
    return switch (random.nextInt(5)) {
      case 0 -> new Node.Directory();
      case 1 -> new Node.SymbolicLink(name(random.nextBoolean() ? 300 : 100));
      case 2 ->
          new Node.Device(
              random.nextBoolean() ? EntryType.CHARACTER_DEVICE : EntryType.BLOCK_DEVICE,
              random.nextInt(4096),
              random.nextInt(1 << 20));
      case 3 -> new Node.Fifo();
      default -> new Node.HardLink(EntryType.REGULAR, path());
    };
  }

  public Entry entry(byte[] content) {
    Node node =
        random.nextBoolean()
            ? new Node.RegularFile(content.length, ContentHash.of(content))
            : nodeWithoutContent();
    return new Entry(path(), metadata(), node);
  }
}
