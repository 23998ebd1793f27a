package io.outcrop.storage;

import java.nio.charset.StandardCharsets;

/** The column families of the database. */
enum Table {
  /** Digest to {@link ContentEntry}. */
  CONTENT("blob"),
  /** Digest to the bytes of small content. */
  BODY("body"),
  /** {@link RecordKey} to {@link MutableRecord}. */
  RECORD("tag"),
  /** Repository and digest to {@link LinkState}. */
  LINK("link"),
  /** What concerns the store as a whole, such as its format. */
  META("meta");

  private final String familyName;

  Table(String familyName) {
    this.familyName = familyName;
  }

  byte[] encodedName() {
    return familyName.getBytes(StandardCharsets.UTF_8);
  }
}
