package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.media.EdgeContent.Known;
import io.outcrop.proxy.media.EdgeContent.Referrers;
import io.outcrop.proxy.media.ExportPlan.Unit;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Finds out what has to be exported so that an image is of use elsewhere. Runs once. */
public final class ExportPlanner {

  // A signature of an image, a signature of its bill of materials, and so on.
  private static final int MOST_REFERRALS = 4;
  // Where tools keep what belongs to a manifest in registries that list no referrers.
  private static final List<String> SUFFIXES = List.of("", ".sig", ".att", ".sbom");

  private final EdgeContent edge;
  private final ExportWalk walk;
  private final boolean incompleteToo;
  private final Map<String, String> skipped = new LinkedHashMap<>();

  /**
   * @param incompleteToo whether to take of an image what is held, rather than all or nothing
   */
  public ExportPlanner(EdgeContent edge, PlatformChoice platforms, boolean incompleteToo) {
    this.edge = edge;
    this.walk = new ExportWalk(edge, platforms, incompleteToo);
    this.incompleteToo = incompleteToo;
  }

  /**
   * An image to export.
   *
   * @param name what it is called
   * @param root what that stands for
   * @param confirmedAt when the upstream last said so, of a tag
   */
  public record Wanted(ImageName name, Digest root, Optional<Instant> confirmedAt) {}

  /** Why images were left out, by their names. */
  public Map<String, String> skipped() {
    return Map.copyOf(skipped);
  }

  /** Everything: what is not held whole is left out. */
  public ExportPlan all(List<Wanted> wanted) throws IOException {
    Map<String, Unit> units = new TreeMap<>();
    for (Wanted each : sorted(wanted)) {
      try {
        units.put(each.name.toString(), unit(each));
      } catch (MediaException e) {
        skipped.put(each.name.toString(), String.valueOf(e.getMessage()));
      }
    }
    // What goes with an image that it refers to need not go once more, under its digest.
    Set<String> referrers = new HashSet<>();
    units.values().stream()
        .flatMap(unit -> unit.referrers().stream())
        .forEach(referrer -> referrers.add(referrer.name().toString()));
    units.keySet().removeAll(referrers);
    return new ExportPlan(List.copyOf(units.values()));
  }

  /**
   * Certain images, with what belongs to them.
   *
   * @throws MediaException if one is not held whole
   */
  public ExportPlan named(List<Wanted> wanted) throws IOException {
    Map<String, Unit> units = new TreeMap<>();
    for (Wanted each : sorted(wanted)) {
      Unit unit = unit(each);
      units.put(each.name.toString(), unit);
      for (Wanted companion : companions(unit)) {
        if (!units.containsKey(companion.name.toString())) {
          try {
            units.put(companion.name.toString(), unit(companion));
          } catch (MediaException e) {
            skipped.put(companion.name.toString(), String.valueOf(e.getMessage()));
          }
        }
      }
    }
    return new ExportPlan(List.copyOf(units.values()));
  }

  private static List<Wanted> sorted(List<Wanted> wanted) {
    Map<String, Wanted> sorted = new TreeMap<>();
    wanted.forEach(each -> sorted.put(each.name.toString(), each));
    return List.copyOf(sorted.values());
  }

  private Unit unit(Wanted wanted) throws IOException {
    ExportImage image =
        walk.image(wanted.name, wanted.root, wanted.confirmedAt)
            .orElseThrow(() ->
                new MediaException(
                    wanted.name + ": its manifest " + wanted.root + " is not held: pull it first"));
    if (!image.missing().isEmpty() && !incompleteToo) {
      throw new MediaException(incomplete(image));
    }
    Set<Digest> seen = new HashSet<>();
    List<ExportImage> referrers = new ArrayList<>();
    referrers(image, referrers, seen, 1);
    return new Unit(image, referrers);
  }

  private static String incomplete(ExportImage image) {
    StringBuilder text =
        new StringBuilder(image.name().toString()).append(": not held whole; missing:");
    image.missing().forEach(missing -> text.append("\n  ").append(missing));
    return text.append("\npull it first, or take what there is with --allow-incomplete").toString();
  }

  private void referrers(ExportImage image, List<ExportImage> found, Set<Digest> seen, int depth)
      throws IOException {
    Repository repository = image.name().repository();
    for (Descriptor document : image.documents()) {
      Optional<Referrers> list = edge.referrers(repository, document.digest());
      if (list.isEmpty() || depth > MOST_REFERRALS) {
        continue;
      }
      for (Descriptor descriptor : list.get().manifests()) {
        if (!seen.add(descriptor.digest())) {
          continue;
        }
        Optional<ExportImage> referrer =
            referrer(repository, descriptor.digest(), list.get().confirmedAt());
        if (referrer.isPresent()) {
          found.add(referrer.get());
          referrers(referrer.get(), found, seen, depth + 1);
        }
      }
    }
  }

  /** What refers to an image, if it is held whole; the image is of use without it. */
  private Optional<ExportImage> referrer(Repository repository, Digest digest, Instant confirmedAt)
      throws IOException {
    try {
      return walk.image(ImageName.of(repository, digest), digest, Optional.of(confirmedAt))
          .filter(image -> image.missing().isEmpty());
    } catch (MediaException e) {
      return Optional.empty();
    }
  }

  /** What tools keep under tags made from digests. */
  private List<Wanted> companions(Unit unit) throws IOException {
    List<Wanted> companions = new ArrayList<>();
    Repository repository = unit.image().name().repository();
    for (Descriptor document : unit.image().documents()) {
      for (String suffix : SUFFIXES) {
        Tag tag = new Tag(Tag.referrersFallback(document.digest()) + suffix);
        Optional<Known> known = edge.tag(repository, tag);
        known.ifPresent(meant ->
            companions.add(
                new Wanted(
                    ImageName.of(repository, tag),
                    meant.digest(),
                    Optional.of(meant.confirmedAt()))));
      }
    }
    return companions;
  }
}
