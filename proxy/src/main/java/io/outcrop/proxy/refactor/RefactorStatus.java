package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.StoreException;
import io.outcrop.storage.TagAnswer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What operators may know of refactored images. Thread-safe; blocks on the disk. */
public final class RefactorStatus {

  private final ContentStore store;
  private final RefactorService service;
  private final List<String> recipes;

  /**
   * @param recipes by which images and indexes are made today
   */
  RefactorStatus(ContentStore store, RefactorService service, List<String> recipes) {
    this.store = store;
    this.service = service;
    this.recipes = List.copyOf(recipes);
  }

  /** By which images and indexes are made today. */
  public List<String> recipes() {
    return recipes;
  }

  /** What is being done, or waits for its turn. */
  public Collection<RefactorTask> tasks() {
    return service.tasks();
  }

  /** All that was made, or cannot be. */
  public List<DerivedImage> images() throws StoreException {
    return store.derived().all();
  }

  /** What tags are answered with, where that was to be decided. */
  public List<TagAnswer> answers() throws StoreException {
    return store.answers().all();
  }

  /** What came of an image or index. */
  public Optional<DerivedImage> of(Digest source) throws StoreException {
    for (String recipe : recipes) {
      Optional<DerivedImage> image = store.derived().find(source, recipe);
      if (image.isPresent()) {
        return image;
      }
    }
    return Optional.empty();
  }

  /** The images that something was made for. */
  public List<DerivedImage> having(Digest part) throws StoreException {
    return store.derived().withPart(part);
  }

  /** Why an image could not be dealt with lately, if so. */
  public Optional<String> failure(Repository repository, Digest source) {
    return service.failure(repository, source);
  }
}
