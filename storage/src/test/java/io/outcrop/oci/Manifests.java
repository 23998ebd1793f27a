package io.outcrop.oci;

/** Manifests as registries serve them. */
final class Manifests {

  static final String CONFIG_DIGEST = "sha256:" + "c0".repeat(32);
  static final String LAYER_DIGEST = "sha256:" + "1a".repeat(32);
  static final String OTHER_DIGEST = "sha256:" + "2b".repeat(32);

  static final String DOCKER_IMAGE =
      """
      {
         "schemaVersion": 2,
         "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
         "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": 7023,
            "digest": "%s"
         },
         "layers": [
            {
               "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
               "size": 32654,
               "digest": "%s"
            },
            {
               "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
               "size": 16724,
               "digest": "%s",
               "urls": ["https://example.com/layer.tar.gz", "not a url at all", 7, null, {}]
            }
         ]
      }\
      """
          .formatted(CONFIG_DIGEST, LAYER_DIGEST, OTHER_DIGEST);

  static final String DOCKER_LIST =
      """
      {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.list.v2+json",
        "manifests": [
          {
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "size": 528,
            "digest": "%s",
            "platform": {"architecture": "amd64", "os": "linux"}
          },
          {
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "size": 529,
            "digest": "%s",
            "platform": {"architecture": "arm", "os": "linux", "variant": "v7"}
          }
        ]
      }\
      """
          .formatted(LAYER_DIGEST, OTHER_DIGEST);

  static final String OCI_IMAGE =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
       "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":2},
       "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+zstd","digest":"%s",
                  "size":9223372036854775807,"annotations":{"a":"b","n":1},"future":[[{}]]}],
       "annotations":{"org.opencontainers.image.created":"2026-01-01T00:00:00Z"},
       "somethingNew":{"deep":[1,2,{"x":null}]}}\
      """
          .formatted(CONFIG_DIGEST, LAYER_DIGEST);

  static final String OCI_INDEX =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",
       "manifests":[
        {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":600,
         "platform":{"architecture":"amd64","os":"windows","os.version":"10.0.20348.2"}},
        {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":601,
         "artifactType":"application/example",
         "annotations":{"vnd.docker.reference.type":"attestation-manifest"},
         "platform":{"architecture":"unknown","os":"unknown"}}]}\
      """
          .formatted(LAYER_DIGEST, OTHER_DIGEST);

  static final String ARTIFACT =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
       "artifactType":"application/vnd.example.sbom.v1",
       "config":{"mediaType":"application/vnd.oci.empty.v1+json","size":2,
                 "digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
                 "data":"e30="},
       "layers":[],
       "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":7},
       "annotations":{"k":"v"}}\
      """
          .formatted(OTHER_DIGEST);

  static final String EMPTY_INDEX =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}\
      """;

  static final String SCHEMA1 =
      """
      {"schemaVersion":1,"name":"library/old","tag":"latest","architecture":"amd64",
       "fsLayers":[{"blobSum":"%s"}],"history":[{"v1Compatibility":"{}"}],"signatures":[]}\
      """
          .formatted(LAYER_DIGEST);

  private Manifests() {}
}
