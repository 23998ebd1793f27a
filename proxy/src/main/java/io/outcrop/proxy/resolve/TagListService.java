package io.outcrop.proxy.resolve;

import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.upstream.TagPage;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.StoreException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The tags of a repository: as the upstream lists them, or, where it cannot be asked, those that
 * are known here. Blocks; thread-safe.
 */
public final class TagListService {

  private static final int LOCAL_PAGE = 1_000;

  private final ContentStore store;
  private final Upstreams upstreams;
  private final InstantSource clock;

  /** Lists what the upstreams have. */
  public TagListService(ContentStore store, Upstreams upstreams, InstantSource clock) {
    this.store = store;
    this.upstreams = upstreams;
    this.clock = clock;
  }

  /**
   * A page of tags in ASCII order.
   *
   * @param n how many at most
   * @param last only those behind this one
   * @throws UpstreamException if the upstream cannot be asked and nothing is known here
   */
  public ServedTags page(Repository repository, OptionalInt n, Optional<String> last)
      throws UpstreamException, StoreException {
    if (n.isPresent() && n.getAsInt() == 0) {
      return new ServedTags(List.of(), false, Optional.empty());
    }
    try {
      return bounded(upstreams.of(repository).tags(repository.name(), n, last), n, last);
    } catch (UpstreamException.NotFound | UpstreamException.Denied e) {
      throw e;
    } catch (UpstreamException e) {
      return known(repository, n, last, e);
    }
  }

  /** Cuts the page of an upstream that does not know of pages. */
  private static ServedTags bounded(TagPage page, OptionalInt n, Optional<String> last) {
    int most = n.orElse(Integer.MAX_VALUE);
    boolean beginsBehindLast =
        last.isEmpty() || page.tags().stream().noneMatch(tag -> tag.value().equals(last.get()));
    if (page.tags().size() <= most && beginsBehindLast) {
      return new ServedTags(page.tags(), page.more(), Optional.empty());
    }
    List<Tag> behind =
        page.tags().stream()
            .sorted(Comparator.comparing(Tag::value))
            .filter(tag -> last.isEmpty() || tag.value().compareTo(last.get()) > 0)
            .toList();
    return new ServedTags(
        behind.stream().limit(most).toList(),
        behind.size() > most || page.more(),
        Optional.empty());
  }

  private ServedTags known(
      Repository repository, OptionalInt n, Optional<String> last, UpstreamException cause)
      throws UpstreamException, StoreException {
    int limit = n.orElse(LOCAL_PAGE);
    List<Tag> tags = store.directory().tags(repository, last, limit + 1);
    if (tags.isEmpty() && last.isEmpty()) {
      throw cause;
    }
    Instant now = clock.instant();
    return new ServedTags(
        tags.stream().limit(limit).toList(),
        tags.size() > limit,
        Optional.of(
            new Staleness(now, now, "only the tags known here are listed: " + cause.getMessage())));
  }

  /**
   * A page of tags.
   *
   * @param tags in their order
   * @param more whether there is a further page
   * @param staleness why some may be missing, if they may
   */
  public record ServedTags(List<Tag> tags, boolean more, Optional<Staleness> staleness) {}
}
