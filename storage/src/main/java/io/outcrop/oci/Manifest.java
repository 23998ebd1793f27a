package io.outcrop.oci;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What Outcrop reads out of a manifest. The bytes themselves are kept and served untouched; this is
 * a view on them.
 */
public sealed interface Manifest {

  /** The document's own type. */
  MediaType mediaType();

  /** The manifest this one refers to, as signatures and bills of materials do. */
  Optional<Descriptor> subject();

  /** The kind of artifact, where said; for an image manifest, else its config's media type. */
  Optional<String> artifactType();

  /** Free key-value pairs. */
  Map<String, String> annotations();

  /** Everything this document points at that lives in the same repository, subject excepted. */
  Stream<Descriptor> children();

  /**
   * An image or artifact: one configuration and layers.
   *
   * @param config the configuration blob
   * @param layers the layers, bottom first
   */
  record Image(
      MediaType mediaType,
      Descriptor config,
      List<Descriptor> layers,
      Optional<Descriptor> subject,
      Optional<String> artifactType,
      Map<String, String> annotations)
      implements Manifest {

    /** Copies what is mutable. */
    public Image {
      layers = List.copyOf(layers);
      annotations = Map.copyOf(annotations);
    }

    @Override
    public Stream<Descriptor> children() {
      return Stream.concat(Stream.of(config), layers.stream());
    }
  }

  /**
   * A list of manifests, commonly one a platform.
   *
   * @param manifests the manifests listed
   */
  record Index(
      MediaType mediaType,
      List<Descriptor> manifests,
      Optional<Descriptor> subject,
      Optional<String> artifactType,
      Map<String, String> annotations)
      implements Manifest {

    /** Copies what is mutable. */
    public Index {
      manifests = List.copyOf(manifests);
      annotations = Map.copyOf(annotations);
    }

    @Override
    public Stream<Descriptor> children() {
      return manifests.stream();
    }
  }
}
