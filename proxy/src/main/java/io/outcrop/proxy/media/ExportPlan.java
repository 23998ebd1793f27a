package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.storage.layout.LayoutIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is exported, in an order that is the same each time.
 *
 * @param units images, each with what refers to it
 */
public record ExportPlan(List<Unit> units) {

  /** Copies the list. */
  public ExportPlan {
    units = List.copyOf(units);
  }

  /**
   * An image, and what refers to it.
   *
   * @param image the image
   * @param referrers such as signatures; their names are digests
   */
  public record Unit(ExportImage image, List<ExportImage> referrers) {

    /** Copies the list. */
    public Unit {
      referrers = List.copyOf(referrers);
    }

    /** Its entries in an index. */
    List<Descriptor> entries() {
      List<Descriptor> entries = new ArrayList<>();
      entries.add(entry(image, named(image)));
      referrers.forEach(referrer -> entries.add(entry(referrer, nameless(referrer))));
      return entries;
    }

    /** Its content, blobs first, so that a document stands for all below it. */
    List<Piece> pieces() {
      Map<Digest, Piece> pieces = new LinkedHashMap<>();
      for (ExportImage each : all()) {
        Repository repository = each.name().repository();
        each.blobs().forEach(blob -> put(pieces, blob, repository, false));
      }
      for (ExportImage each : all()) {
        Repository repository = each.name().repository();
        each.documents().forEach(document -> put(pieces, document, repository, true));
      }
      return List.copyOf(pieces.values());
    }

    private List<ExportImage> all() {
      List<ExportImage> all = new ArrayList<>(referrers);
      all.addFirst(image);
      return all;
    }
  }

  /**
   * Some content.
   *
   * @param repository by which it may be had
   * @param isDocument whether it names other content
   */
  record Piece(Digest digest, long size, Repository repository, boolean isDocument) {}

  /** All content, each piece once, the documents first. */
  List<Piece> documentsFirst() {
    Map<Digest, Piece> documents = new LinkedHashMap<>();
    Map<Digest, Piece> blobs = new LinkedHashMap<>();
    for (Unit unit : units) {
      for (ExportImage each : unit.all()) {
        Repository repository = each.name().repository();
        each.documents().forEach(document -> put(documents, document, repository, true));
        each.blobs().forEach(blob -> put(blobs, blob, repository, false));
      }
    }
    List<Piece> pieces = new ArrayList<>(documents.values());
    blobs.forEach((digest, piece) -> {
      if (!documents.containsKey(digest)) {
        pieces.add(piece);
      }
    });
    return pieces;
  }

  private static void put(
      Map<Digest, Piece> pieces, Descriptor descriptor, Repository repository, boolean document) {
    pieces.putIfAbsent(
        descriptor.digest(),
        new Piece(descriptor.digest(), descriptor.size(), repository, document));
  }

  private static Map<String, String> named(ExportImage image) {
    Map<String, String> annotations = new HashMap<>();
    annotations.put(LayoutIndex.REFERENCE_NAME, image.name().toString());
    annotations.put(LayoutIndex.IMAGE_NAME, image.name().toString());
    return annotations;
  }

  private static Map<String, String> nameless(ExportImage referrer) {
    Map<String, String> annotations = new HashMap<>();
    annotations.put(Marks.REPOSITORY, referrer.name().repository().toString());
    return annotations;
  }

  private static Descriptor entry(ExportImage image, Map<String, String> annotations) {
    image.confirmedAt().ifPresent(time -> annotations.put(Marks.CONFIRMED_AT, time.toString()));
    if (image.isPrivate()) {
      annotations.put(Marks.ACCESS, Marks.PRIVATE);
    }
    Descriptor root = image.root();
    return new Descriptor(
        root.mediaType(),
        root.digest(),
        root.size(),
        Optional.empty(),
        Optional.empty(),
        annotations,
        List.of());
  }
}
