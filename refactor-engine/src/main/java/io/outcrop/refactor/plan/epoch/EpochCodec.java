package io.outcrop.refactor.plan.epoch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.plan.GroupKey;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Documents as bytes: {@code OEP1}, the options, the images, the classes, the bundles, the
 * placements, each list by its length first. Numbers take seven bits a byte, the lowest first.
 */
final class EpochCodec {

  /** A document of a million entries has some five million bytes. */
  static final int MOST_BYTES = 16 << 20;

  /** How often bundles may name a class, all together. */
  private static final int MOST_REFERENCES = 1 << 20;

  private static final byte[] MAGIC = {'O', 'E', 'P', '1'};

  private EpochCodec() {}

  static byte[] write(EpochDocument document) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(MAGIC);
    Numbers.write(out, document.options().threshold());
    Numbers.write(out, document.options().maxLayers());
    Numbers.write(out, document.options().layerPrice());
    Numbers.write(out, document.images().size());
    document.images().forEach(image -> out.writeBytes(image.toByteArray()));
    Numbers.write(out, document.classes().size());
    document.classes().forEach(keys -> EntryKeysCodec.write(keys, out));
    Numbers.write(out, document.bundles().size());
    document.bundles().forEach(bundle -> write(bundle, out));
    Numbers.write(out, document.placements().size());
    for (int number = 0; number < document.placements().size(); number++) {
      Placement placement = document.placements().get(number);
      Numbers.write(out, number - placement.below());
      Numbers.write(out, placement.bundle());
    }
    return out.toByteArray();
  }

  private static void write(Bundle bundle, ByteArrayOutputStream out) {
    Numbers.write(out, bundle.name().length());
    out.writeBytes(bundle.name().getBytes(US_ASCII));
    out.writeBytes(bundle.key().hash().toByteArray());
    Numbers.write(out, bundle.bytes());
    Numbers.write(out, bundle.classes().size());
    int before = -1;
    for (int number : bundle.classes()) {
      Numbers.write(out, number - before);
      before = number;
    }
  }

  static EpochDocument read(byte[] bytes) throws InvalidEpochException {
    if (bytes.length > MOST_BYTES) {
      throw new InvalidEpochException(
          "epoch of " + bytes.length + " bytes (expected: <= " + MOST_BYTES + ")");
    }
    try {
      EpochDocument document = read(new Numbers.Reader(bytes));
      if (!Arrays.equals(document.toByteArray(), bytes)) {
        throw new InvalidEpochException("epoch is written in another way than Outcrop does");
      }
      return document;
    } catch (IllegalArgumentException e) {
      throw new InvalidEpochException("epoch is damaged: " + e.getMessage(), e);
    }
  }

  private static EpochDocument read(Numbers.Reader in) throws InvalidEpochException {
    if (!Arrays.equals(in.bytes("magic", MAGIC.length), MAGIC)) {
      throw new InvalidEpochException("not an epoch, or one of a newer Outcrop");
    }
    EpochOptions options =
        new EpochOptions(
            in.number("threshold"),
            in.number("maxLayers", EpochOptions.HIGHEST_LAYERS),
            in.number("layerPrice"));
    List<ContentHash> images = new ArrayList<>();
    for (int left = in.number("images", EpochDocument.MOST_IMAGES); left > 0; left--) {
      images.add(hash(in));
    }
    List<EntryKeys> classes = new ArrayList<>();
    for (int left = in.number("classes", EpochDocument.MOST_CLASSES); left > 0; left--) {
      classes.add(EntryKeysCodec.read(in));
    }
    List<Bundle> bundles = new ArrayList<>();
    int references = MOST_REFERENCES;
    for (int left = in.number("bundles", EpochDocument.MOST_PLACEMENTS); left > 0; left--) {
      bundles.add(bundle(in, Math.min(classes.size(), references)));
      references -= bundles.getLast().classes().size();
    }
    List<Placement> placements = new ArrayList<>();
    int count = in.number("placements", EpochDocument.MOST_PLACEMENTS);
    for (int number = 0; number < count; number++) {
      int below = number - in.number("placement below", number + 1);
      placements.add(new Placement(below, in.number("bundle", bundles.size())));
    }
    in.end();
    return new EpochDocument(options, images, classes, bundles, placements);
  }

  private static ContentHash hash(Numbers.Reader in) throws InvalidEpochException {
    return ContentHash.read(in.bytes("hash", ContentHash.BYTES), 0);
  }

  private static Bundle bundle(Numbers.Reader in, int most) throws InvalidEpochException {
    int length = in.number("length of a name", Bundle.LONGEST_NAME);
    // Latin-1 keeps what is not ASCII, for the record to refuse.
    String name = new String(in.bytes("name", length), ISO_8859_1);
    GroupKey key = new GroupKey(hash(in));
    long bytes = in.number("bytes");
    List<Integer> numbers = new ArrayList<>();
    int before = -1;
    for (int left = in.number("classes of a bundle", most); left > 0; left--) {
      before += in.number("class", EpochDocument.MOST_CLASSES);
      numbers.add(before);
    }
    return new Bundle(name, key, bytes, numbers);
  }
}
