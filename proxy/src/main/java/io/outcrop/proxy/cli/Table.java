package io.outcrop.proxy.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Lines of columns, each as wide as its widest text. Not thread-safe. */
final class Table {

  private static final String GAP = "  ";

  private final List<String[]> rows = new ArrayList<>();

  /**
   * @param headings what stands above each column
   */
  Table(String... headings) {
    rows.add(headings.clone());
  }

  /** Adds a row, with a text for each column. */
  void row(String... texts) {
    if (texts.length != rows.getFirst().length) {
      throw new IllegalArgumentException(
          "texts: " + texts.length + " (expected: " + rows.getFirst().length + ")");
    }
    rows.add(texts.clone());
  }

  /** Whether there is nothing but headings. */
  boolean isEmpty() {
    return rows.size() == 1;
  }

  void print(PrintStream out) {
    int columns = rows.getFirst().length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row[i]);
        if (i < columns - 1) {
          line.append(" ".repeat(widths[i] - row[i].length())).append(GAP);
        }
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
