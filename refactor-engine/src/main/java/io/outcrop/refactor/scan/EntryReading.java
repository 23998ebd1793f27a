package io.outcrop.refactor.scan;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.model.Xattr;
import io.outcrop.refactor.tar.TarEntry;

/** Turns headers into what files can be: nothing out of range, nothing out of the root. */
final class EntryReading {

  private static final int PERMISSIONS = 07777;
  // What the kernel's 32-bit device numbers have room for.
  private static final long MAX_MAJOR = (1 << 12) - 1;
  private static final long MAX_MINOR = (1 << 20) - 1;
  // The highest number is not an owner: to chown(2) it means to leave it.
  private static final long MAX_ID = 0xffff_fffeL;

  private final Limits limits;

  EntryReading(Limits limits) {
    this.limits = limits;
  }

  FilePath path(ByteString name) throws RefusedException {
    if (name.length() > limits.maxPathBytes()) {
      throw new RefusedException(
          Reason.PATH_TOO_LONG,
          "path of " + name.length() + " bytes (expected: <= " + limits.maxPathBytes() + ")");
    }
    FilePath path = FilePath.read(name);
    if (path.depth() > limits.maxDepth()) {
      throw new RefusedException(
          Reason.PATH_TOO_LONG,
          "path of " + path.depth() + " components (expected: <= " + limits.maxDepth() + ")");
    }
    return path;
  }

  Metadata metadata(TarEntry entry) throws RefusedException {
    if (entry.uid() < 0 || entry.uid() > MAX_ID || entry.gid() < 0 || entry.gid() > MAX_ID) {
      throw new RefusedException(
          Reason.INVALID_METADATA, entry.name() + " belongs to " + entry.uid() + ":" + entry.gid());
    }
    return new Metadata(
        (int) entry.mode() & PERMISSIONS,
        entry.uid(),
        entry.gid(),
        entry.seconds(),
        entry.nanos(),
        entry.xattrs());
  }

  /** What a header other than that of a regular file stands for. */
  Node node(TarEntry entry) throws RefusedException {
    return switch (entry.type()) {
      case TarEntry.DIRECTORY -> new Node.Directory();
      case TarEntry.SYMLINK -> new Node.SymbolicLink(symlinkTarget(entry));
      // The type of the file behind it is the index's business.
      case TarEntry.HARD_LINK -> new Node.HardLink(EntryType.REGULAR, path(entry.linkName()));
      case TarEntry.FIFO -> new Node.Fifo();
      case TarEntry.CHARACTER_DEVICE -> device(entry, EntryType.CHARACTER_DEVICE);
      case TarEntry.BLOCK_DEVICE -> device(entry, EntryType.BLOCK_DEVICE);
      default ->
          throw new RefusedException(
              Reason.ENTRY_TYPE,
              entry.name() + " is of type " + entry.type() + ", which engines do not unpack");
    };
  }

  private ByteString symlinkTarget(TarEntry entry) throws RefusedException {
    ByteString target = entry.linkName();
    if (target.isEmpty()) {
      throw new RefusedException(
          Reason.INVALID_ARCHIVE, entry.name() + " is a symbolic link to nothing");
    }
    if (target.length() > limits.maxPathBytes()) {
      throw new RefusedException(
          Reason.PATH_TOO_LONG,
          "link target of "
              + target.length()
              + " bytes (expected: <= "
              + limits.maxPathBytes()
              + ")");
    }
    return target;
  }

  private static Node device(TarEntry entry, EntryType type) throws RefusedException {
    long major = entry.deviceMajor();
    long minor = entry.deviceMinor();
    if (major < 0 || major > MAX_MAJOR || minor < 0 || minor > MAX_MINOR) {
      throw new RefusedException(
          Reason.INVALID_METADATA, entry.name() + " is device " + major + ":" + minor);
    }
    return new Node.Device(type, (int) major, (int) minor);
  }

  /** Whether an overlay file system would take the entry for something else than it is. */
  static boolean isOverlayMarker(Metadata metadata, Node node) {
    boolean whiteoutDevice =
        node instanceof Node.Device device
            && device.type() == EntryType.CHARACTER_DEVICE
            && device.major() == 0
            && device.minor() == 0;
    if (whiteoutDevice) {
      return true;
    }
    for (Xattr xattr : metadata.xattrs()) {
      if (XattrNames.isOverlayMarker(xattr)) {
        return true;
      }
    }
    return false;
  }
}
