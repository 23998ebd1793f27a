package io.outcrop.refactor.scan;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.Xattr;
import io.outcrop.refactor.model.Xattrs;
import java.util.List;

/** Names of extended attributes that mean something to kernels and container engines. */
final class XattrNames {

  private static final ByteString CAPABILITY = ByteString.of("security.capability");
  private static final List<ByteString> OVERLAY_PREFIXES =
      List.of(
          ByteString.of("trusted.overlay."),
          ByteString.of("user.overlay."),
          ByteString.of("user.fuseoverlayfs."));

  private XattrNames() {}

  static boolean hasCapability(Xattrs xattrs) {
    return xattrs.value(CAPABILITY).isPresent();
  }

  /** Whether an overlay file system would act on the attribute rather than keep it. */
  static boolean isOverlayMarker(Xattr xattr) {
    return OVERLAY_PREFIXES.stream().anyMatch(xattr.name()::startsWith);
  }
}
