package io.outcrop.proxy.it;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.it.Images.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The programs that pull images; each pull starts with nothing and checks all that it got. */
enum Client {
  SKOPEO,
  PODMAN,
  CONTAINERD;

  /** Pulls an image by tag and expects the digest it has at the origin. */
  void pull(OutcropProcess outcrop, Image image, Path scratch, Object... options)
      throws IOException, InterruptedException {
    pull(outcrop, image, image.reference(), scratch, options);
  }

  /** Pulls an image by digest. */
  void pullByDigest(OutcropProcess outcrop, Image image, Path scratch, Object... options)
      throws IOException, InterruptedException {
    pull(outcrop, image, image.at(Images.get().digest(image)), scratch, options);
  }

  /** Pulls an image by tag and expects another digest than it has at the origin. */
  void pullAs(OutcropProcess outcrop, Image image, Digest digest, Path scratch, Object... options)
      throws IOException, InterruptedException {
    run(outcrop, image, image.reference(), digest, scratch, options);
  }

  private void pull(
      OutcropProcess outcrop, Image image, String reference, Path scratch, Object... options)
      throws IOException, InterruptedException {
    run(outcrop, image, reference, Images.get().digest(image), scratch, options);
  }

  private void run(
      OutcropProcess outcrop,
      Image image,
      String reference,
      Digest digest,
      Path scratch,
      Object... options)
      throws IOException, InterruptedException {
    List<Object> arguments =
        new ArrayList<>(List.of(outcrop.address(), image.namespace(), reference, digest, scratch));
    arguments.addAll(Arrays.asList(options));
    Script.run(script(), arguments.toArray());
  }

  private String script() {
    return switch (this) {
      case SKOPEO -> "pull-skopeo.sh";
      case PODMAN -> "pull-podman.sh";
      case CONTAINERD -> "pull-containerd.sh";
    };
  }
}
