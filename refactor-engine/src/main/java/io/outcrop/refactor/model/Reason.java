package io.outcrop.refactor.model;

import java.util.Locale;

/** Why an image is served as it is rather than refactored. */
public enum Reason {
  /** Its configuration is not that of an image. */
  ARTIFACT(Kind.UNSUPPORTED),
  /** A Docker schema 1 manifest. */
  SCHEMA1(Kind.UNSUPPORTED),
  /** Not for Linux. */
  OPERATING_SYSTEM(Kind.UNSUPPORTED),
  /** A layer that may not be distributed, or is fetched from elsewhere. */
  FOREIGN_LAYER(Kind.UNSUPPORTED),
  /** An encrypted layer. */
  ENCRYPTED_LAYER(Kind.UNSUPPORTED),
  /** A layer, manifest or configuration of a type nobody has told us of. */
  MEDIA_TYPE(Kind.UNSUPPORTED),
  /** An image without layers. */
  NO_LAYERS(Kind.UNSUPPORTED),
  /** A kind of archive entry that container engines refuse or treat differently. */
  ENTRY_TYPE(Kind.UNSUPPORTED),
  /** It is what was made of another image. */
  ALREADY_REFACTORED(Kind.UNSUPPORTED),

  /** A manifest, configuration or layer is not there, or not as it should be. */
  CONTENT_MISSING(Kind.DAMAGED),
  /** The manifest cannot be read. */
  INVALID_MANIFEST(Kind.DAMAGED),
  /** The configuration cannot be read, or does not fit the layers. */
  INVALID_CONFIGURATION(Kind.DAMAGED),
  /** A layer unpacks to something else than the configuration says. */
  DIFF_ID_MISMATCH(Kind.DAMAGED),
  /** A blob that is not what its digest says. */
  DIGEST_MISMATCH(Kind.DAMAGED),
  /** Compressed data that cannot be expanded. */
  INVALID_COMPRESSION(Kind.DAMAGED),
  /** A layer that is not an archive, or breaks its rules. */
  INVALID_ARCHIVE(Kind.DAMAGED),
  /** A layer that ends too early. */
  TRUNCATED(Kind.DAMAGED),
  /** A path that leads out of the root. */
  PATH_OUTSIDE_ROOT(Kind.DAMAGED),
  /** An owner, device number or time that no file can have. */
  INVALID_METADATA(Kind.DAMAGED),

  /** Too many entries. */
  TOO_MANY_ENTRIES(Kind.LIMIT),
  /** A path that is too long or too deep. */
  PATH_TOO_LONG(Kind.LIMIT),
  /** Extended headers that are too large. */
  HEADER_TOO_LARGE(Kind.LIMIT),
  /** A file that is too large. */
  FILE_TOO_LARGE(Kind.LIMIT),
  /** A layer that is too large unpacked. */
  LAYER_TOO_LARGE(Kind.LIMIT),
  /** A layer that expands more than honest ones do. */
  COMPRESSION_RATIO(Kind.LIMIT),
  /** Too many layers. */
  TOO_MANY_LAYERS(Kind.LIMIT),
  /** A manifest, configuration or other document that is too large. */
  DOCUMENT_TOO_LARGE(Kind.LIMIT),
  /** Not enough room for temporary files. */
  NO_ROOM(Kind.LIMIT),

  /** An overlay file system would take an entry for a whiteout: device 0:0, or its attributes. */
  OVERLAY_MARKER(Kind.AMBIGUOUS),
  /** Metadata of AUFS, which some engines act on and others keep. */
  AUFS_MARKER(Kind.AMBIGUOUS),
  /** A whiteout whose directory is missing, or whose name is not one. */
  WHITEOUT_WITHOUT_DIRECTORY(Kind.AMBIGUOUS),
  /** A layer that hides the whole root of those below. */
  ROOT_HIDDEN(Kind.AMBIGUOUS),
  /** A whiteout of something the same layer brings, in a way engines disagree about. */
  WHITEOUT_OF_OWN_ENTRY(Kind.AMBIGUOUS),
  /** An entry below something that is not a directory, such as a symbolic link. */
  PARENT_NOT_A_DIRECTORY(Kind.AMBIGUOUS),
  /** A hard link to what its own layer does not bring before it. */
  HARD_LINK_TARGET(Kind.AMBIGUOUS),
  /** A hard link whose entry states other metadata than the file. */
  HARD_LINK_METADATA(Kind.AMBIGUOUS),
  /** An entry that occurs twice, in a way engines disagree about. */
  DUPLICATE_ENTRY(Kind.AMBIGUOUS),

  /** The refactored image did not equal the original one. */
  VERIFICATION_FAILED(Kind.FAULT),
  /** This Java compresses otherwise than others, so that digests would differ between edges. */
  COMPRESSION_CANARY(Kind.FAULT);

  /** What the reasons have in common. */
  public enum Kind {
    /** Well-formed, but not of the kind this engine refactors. */
    UNSUPPORTED,
    /** Broken. */
    DAMAGED,
    /** Larger than this engine accepts. */
    LIMIT,
    /** Container engines would not agree on what its root file system is. */
    AMBIGUOUS,
    /** This engine failed. */
    FAULT
  }

  private final Kind kind;

  Reason(Kind kind) {
    this.kind = kind;
  }

  /** What it has in common with others. */
  public Kind kind() {
    return kind;
  }

  /**
   * Whether it lies in the image, so that another try on this machine would end alike. Room and
   * Java may be others by then, and what was missing may have come.
   */
  public boolean isOfImage() {
    return switch (this) {
      case NO_ROOM, COMPRESSION_CANARY, CONTENT_MISSING -> false;
      default -> true;
    };
  }

  /** The stable name for records, metrics and JSON, such as {@code diff-id-mismatch}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
