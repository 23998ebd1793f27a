package io.outcrop.proxy.media;

import java.util.Map;

/**
 * What an export came to.
 *
 * @param writtenBytes bytes that were written
 * @param foundBytes bytes that were there already
 * @param failed why images are not there, by their names
 */
public record ExportResult(long writtenBytes, long foundBytes, Map<String, String> failed) {

  /** Copies the map. */
  public ExportResult {
    failed = Map.copyOf(failed);
  }
}
