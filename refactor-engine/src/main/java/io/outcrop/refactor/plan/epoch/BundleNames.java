package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.view.View;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Says to people what a bundle is: the lowest directory that has most of it, and the packages it
 * has the documentation of. A function of the entries alone.
 */
final class BundleNames {

  private static final FilePath DOCUMENTATION = FilePath.of("usr/share/doc");
  private static final int PACKAGES = 3;
  private static final int LONGEST_PATH = 80;

  private BundleNames() {}

  static String name(View view, Group group) {
    String text = cut(place(view, group), LONGEST_PATH);
    SortedSet<String> packages = packages(view, group);
    if (!packages.isEmpty()) {
      text += packages.stream().limit(PACKAGES).collect(Collectors.joining(", ", " (", ""));
      text += packages.size() > PACKAGES ? " and " + (packages.size() - PACKAGES) + " more)" : ")";
    }
    return cut(text, Bundle.LONGEST_NAME);
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 3) + "...";
  }

  private static String place(View view, Group group) {
    Map<FilePath, Long> bytes = new HashMap<>();
    long total = 0;
    for (int position = 0; position < group.size(); position++) {
      int entry = group.entry(position);
      // An empty file weighs something too.
      long length = view.storedLength(entry) + 1;
      total += length;
      for (FilePath path = view.path(entry); !path.isRoot(); path = path.parent()) {
        bytes.merge(path, length, Long::sum);
      }
    }
    long half = total / 2;
    Collection<FilePath> large =
        bytes.entrySet().stream().filter(e -> e.getValue() > half).map(Map.Entry::getKey).toList();
    // Those with more than half lie in each other.
    return large.stream().max(FilePath::compareTo).map(FilePath::toString).orElse("/");
  }

  private static SortedSet<String> packages(View view, Group group) {
    SortedSet<String> packages = new TreeSet<>();
    for (int position = 0; position < group.size(); position++) {
      FilePath directory = view.path(group.entry(position)).parent();
      if (directory.depth() == DOCUMENTATION.depth() + 1 && directory.isWithin(DOCUMENTATION)) {
        packages.add(directory.name().toString());
      }
    }
    return packages;
  }
}
