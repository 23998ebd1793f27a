package io.outcrop.storage;

import java.nio.charset.StandardCharsets;

/** The column families of the database. */
enum Table {
  /** Digest to {@link ContentRow}. */
  CONTENT("blob"),
  /** Digest to the bytes of small content. */
  BODY("body"),
  /** {@link RecordKey} to {@link MutableRecord}. */
  RECORD("tag"),
  /** Repository and digest to {@link LinkState}. */
  LINK("link"),
  /** Digest to {@link Departures.Row}: why content is gone, and what is remembered of it. */
  GHOST("ghost"),
  /** Digest of an image manifest to those of its layers. */
  STACK("stack"),
  /** Number to the content that came or went. */
  JOURNAL("journal"),
  /** Name to {@link Pin}. */
  PIN("pin"),
  /** Digest to {@link Damaged}, for what was found damaged and is not yet repaired. */
  DAMAGE("damage"),
  /** What was made here of other content; see {@link DerivedImages}. */
  DERIVED("derived"),
  /** Repository, tag and digest to the digest that was answered; see {@link TagAnswers}. */
  ANSWER("answer"),
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
