package io.outcrop.refactor;

import io.outcrop.oci.Descriptor;
import io.outcrop.refactor.build.BuiltLayer;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Reason;
import java.util.List;
import java.util.Map;

/** What came of an image. */
public sealed interface Outcome {

  /**
   * A new image with the same root file system, verified. Its blobs are in the sink; its manifest
   * is the caller's to publish.
   *
   * @param descriptor how the new manifest is named
   * @param manifest the new manifest
   * @param layers the new layers, bottom first
   * @param treeDigest the hash of the root file system of both
   * @param annotations what the manifest says of how it was made; Docker's format has no room for
   *     it
   */
  record Refactored(
      Descriptor descriptor,
      byte[] manifest,
      List<Layer> layers,
      ContentHash treeDigest,
      Map<String, String> annotations)
      implements Outcome {

    /** Copies what is mutable. */
    public Refactored {
      manifest = manifest.clone();
      layers = List.copyOf(layers);
      annotations = Map.copyOf(annotations);
    }

    @Override
    public byte[] manifest() {
      return manifest.clone();
    }
  }

  /**
   * A layer of a new image.
   *
   * @param name what is in it, for people
   * @param built what was written
   * @param reused whether it was there already
   */
  record Layer(String name, BuiltLayer built, boolean reused) {}

  /**
   * The image is to be served as it is.
   *
   * @param reason the kind of reason
   * @param detail what and where, for people
   */
  record PassThrough(Reason reason, String detail) implements Outcome {}
}
