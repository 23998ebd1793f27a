package io.outcrop.oci;

/**
 * A media type without parameters, such as {@code application/vnd.oci.image.index.v1+json}.
 *
 * <p>Any well-formed type passes through Outcrop untouched; the constants are those it acts upon.
 *
 * @param value the type as the upstream spells it
 */
public record MediaType(String value) {

  /** OCI image manifest. */
  public static final MediaType OCI_MANIFEST =
      new MediaType("application/vnd.oci.image.manifest.v1+json");

  /** OCI image index. */
  public static final MediaType OCI_INDEX =
      new MediaType("application/vnd.oci.image.index.v1+json");

  /** Docker image manifest, version 2, schema 2. */
  public static final MediaType DOCKER_MANIFEST =
      new MediaType("application/vnd.docker.distribution.manifest.v2+json");

  /** Docker manifest list, the counterpart of an index. */
  public static final MediaType DOCKER_MANIFEST_LIST =
      new MediaType("application/vnd.docker.distribution.manifest.list.v2+json");

  /** Docker schema 1, unsigned: refused. */
  public static final MediaType DOCKER_SCHEMA1 =
      new MediaType("application/vnd.docker.distribution.manifest.v1+json");

  /** Docker schema 1, signed: refused. */
  public static final MediaType DOCKER_SCHEMA1_SIGNED =
      new MediaType("application/vnd.docker.distribution.manifest.v1+prettyjws");

  /** Bytes of no stated form: how blobs are served. */
  public static final MediaType OCTET_STREAM = new MediaType("application/octet-stream");

  /** JSON of no stated form. */
  public static final MediaType JSON = new MediaType("application/json");

  private static final int LONGEST = 255;

  /**
   * @throws InvalidNameException if the text is not {@code type/subtype} in printable ASCII
   */
  public MediaType {
    int slash = value.indexOf('/');
    if (slash <= 0
        || slash == value.length() - 1
        || value.length() > LONGEST
        || !value.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ';' && c != ',' && c != '"')) {
      throw new InvalidNameException("media type", value, "type/subtype");
    }
  }

  /**
   * Reads a {@code Content-Type} header and drops its parameters.
   *
   * @throws InvalidNameException if what remains is not a media type
   */
  public static MediaType ofContentType(String header) {
    int semicolon = header.indexOf(';');
    String bare = semicolon < 0 ? header : header.substring(0, semicolon);
    return new MediaType(bare.strip());
  }

  /** Whether this is one of the two schema 1 types, which Outcrop refuses. */
  public boolean isSchema1() {
    return equals(DOCKER_SCHEMA1) || equals(DOCKER_SCHEMA1_SIGNED);
  }

  /** Whether a document of this type lists manifests rather than layers. */
  public boolean isIndex() {
    return equals(OCI_INDEX) || equals(DOCKER_MANIFEST_LIST);
  }

  /** Whether a document of this type lists layers rather than manifests. */
  public boolean isImage() {
    return equals(OCI_MANIFEST) || equals(DOCKER_MANIFEST);
  }

  @Override
  public String toString() {
    return value;
  }
}
