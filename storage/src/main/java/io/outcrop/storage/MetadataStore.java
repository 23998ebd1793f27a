package io.outcrop.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiPredicate;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Everything known about content, in RocksDB. The one class that touches RocksDB. Thread-safe.
 *
 * <p>Writes are atomic by batch and reach the operating system before they return: they survive the
 * death of the process, and after a loss of power an unbroken prefix of them is found.
 */
final class MetadataStore implements AutoCloseable {

  private static final byte[] FORMAT_KEY = "format".getBytes(StandardCharsets.UTF_8);
  private static final String FORMAT = "2";
  // Its rows are read as they are, and become those of format 2 as they are written anew.
  private static final String OLDER_FORMAT = "1";
  private static final long BLOCK_CACHE_BYTES = 8L << 20;
  private static final long WRITE_BUFFER_BYTES = 4L << 20;
  private static final long WAL_BYTES = 32L << 20;
  private static final int OPEN_FILES = 128;

  static {
    RocksDB.loadLibrary();
  }

  private final List<AbstractNativeReference> owned = new ArrayList<>();
  private final Map<Table, ColumnFamilyHandle> families = new EnumMap<>(Table.class);
  private final WriteOptions unsynced = own(new WriteOptions());
  private final WriteOptions synced = own(new WriteOptions().setSync(true));
  private final ReadOptions uncached = own(new ReadOptions().setFillCache(false));
  // A call into a closed database would end the process, so closing waits for calls under way.
  private final ReentrantReadWriteLock closing = new ReentrantReadWriteLock();
  private final ColumnFamilyHandle defaultFamily; // RocksDB insists on it; nothing is kept there.
  private final RocksDB database;
  private boolean closed;

  private MetadataStore(Path folder, boolean readOnly) throws StoreException {
    LRUCache blockCache = own(new LRUCache(BLOCK_CACHE_BYTES));
    ColumnFamilyOptions familyOptions =
        own(
            new ColumnFamilyOptions()
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(blockCache)));
    DBOptions options =
        own(
            new DBOptions()
                .setCreateIfMissing(!readOnly)
                .setCreateMissingColumnFamilies(!readOnly)
                .setMaxOpenFiles(OPEN_FILES)
                .setMaxTotalWalSize(WAL_BYTES)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2));
    if (readOnly) {
      options.setLogger(own(new Silence())); // Else its log would take the place of the owner's.
    }
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions));
    for (Table table : Table.values()) {
      descriptors.add(new ColumnFamilyDescriptor(table.encodedName(), familyOptions));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      if (readOnly) {
        database = RocksDB.openReadOnly(options, folder.toString(), descriptors, handles);
      } else {
        Files.createDirectories(folder);
        database = RocksDB.open(options, folder.toString(), descriptors, handles);
      }
    } catch (RocksDBException e) {
      releaseOptions();
      throw openingFailed(folder, e);
    } catch (IOException e) {
      releaseOptions();
      throw new StoreException("storage path " + folder + ": cannot be made: " + e, e);
    }
    Iterator<ColumnFamilyHandle> opened = handles.iterator();
    defaultFamily = opened.next();
    for (Table table : Table.values()) {
      families.put(table, opened.next());
    }
  }

  /**
   * Opens the database of a store, making it when absent.
   *
   * @throws StoreException if another process has it open, it is of another format, or broken
   */
  static MetadataStore open(Path folder) throws StoreException {
    MetadataStore store = new MetadataStore(folder, /* readOnly= */ false);
    try {
      store.checkFormat(folder);
      return store;
    } catch (StoreException e) {
      store.close();
      throw e;
    }
  }

  /**
   * Opens what the database of a store is at this instant, whoever else has it open.
   *
   * @throws StoreException if there is none, or it is broken
   */
  static MetadataStore openReadOnly(Path folder) throws StoreException {
    return new MetadataStore(folder, /* readOnly= */ true);
  }

  Optional<byte[]> get(Table table, byte[] key) throws StoreException {
    return guarded(() -> Optional.ofNullable(database.get(family(table), key)));
  }

  /** The same, leaving what is cached of the database as it is. */
  Optional<byte[]> getUncached(Table table, byte[] key) throws StoreException {
    return guarded(() -> Optional.ofNullable(database.get(family(table), uncached, key)));
  }

  /** Writes all of a batch or nothing. */
  void write(Batch batch) throws StoreException {
    write(batch, /* durably= */ false);
  }

  /**
   * Writes all of a batch or nothing.
   *
   * @param durably whether no loss of power may take this back once it returns
   */
  void write(Batch batch, boolean durably) throws StoreException {
    guarded(() -> {
      try (WriteBatch writeBatch = new WriteBatch()) {
        for (Batch.Change change : batch.changes()) {
          switch (change) {
            case Batch.Put(Table table, byte[] key, byte[] value) ->
                writeBatch.put(family(table), key, value);
            case Batch.Delete(Table table, byte[] key) -> writeBatch.delete(family(table), key);
          }
        }
        database.write(durably ? synced : unsynced, writeBatch);
      }
      return true;
    });
  }

  /**
   * Walks the entries whose key begins with a prefix, in the order of their keys.
   *
   * @param from the key to begin at, itself beginning with the prefix
   * @param visitor gets key and value; answers false to end the walk
   */
  void scan(Table table, byte[] prefix, byte[] from, BiPredicate<byte[], byte[]> visitor)
      throws StoreException {
    guarded(() -> {
      try (RocksIterator iterator = database.newIterator(family(table), uncached)) {
        for (iterator.seek(from); iterator.isValid(); iterator.next()) {
          byte[] key = iterator.key();
          if (!startsWith(key, prefix) || !visitor.test(key, iterator.value())) {
            return true;
          }
        }
        iterator.status();
        return true;
      }
    });
  }

  /** The last key of a table, in the order of keys. */
  Optional<byte[]> lastKey(Table table) throws StoreException {
    return guarded(() -> {
      try (RocksIterator iterator = database.newIterator(family(table))) {
        iterator.seekToLast();
        iterator.status();
        return iterator.isValid() ? Optional.of(iterator.key()) : Optional.empty();
      }
    });
  }

  @Override
  public void close() {
    closing.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        families.values().forEach(ColumnFamilyHandle::close);
        defaultFamily.close();
        database.close();
        releaseOptions();
      }
    } finally {
      closing.writeLock().unlock();
    }
  }

  private void checkFormat(Path folder) throws StoreException {
    Optional<String> format =
        get(Table.META, FORMAT_KEY).map(value -> new String(value, StandardCharsets.UTF_8));
    if (format.isEmpty() || format.get().equals(OLDER_FORMAT)) {
      write(new Batch().put(Table.META, FORMAT_KEY, FORMAT.getBytes(StandardCharsets.UTF_8)));
    } else if (!format.get().equals(FORMAT)) {
      throw new StoreException(
          "storage path "
              + folder
              + ": format "
              + format.get()
              + " (expected: at most "
              + FORMAT
              + "): made by another version of Outcrop; use that one, or another folder");
    }
  }

  private static StoreException openingFailed(Path folder, RocksDBException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("/LOCK:")) {
      return new StoreException(
          "storage path " + folder + ": in use by another Outcrop; stop it, or use another folder",
          e);
    }
    return new StoreException("storage path " + folder + ": cannot be opened: " + message, e);
  }

  private ColumnFamilyHandle family(Table table) {
    ColumnFamilyHandle handle = families.get(table);
    if (handle == null) {
      throw new IllegalStateException("no column family " + table);
    }
    return handle;
  }

  private <T> T guarded(Operation<T> operation) throws StoreException {
    closing.readLock().lock();
    try {
      if (closed) {
        throw new StoreException("the store is closed");
      }
      return operation.run();
    } catch (RocksDBException e) {
      Status status = e.getStatus();
      throw status != null && status.getCode() == Status.Code.Corruption
          ? new CorruptionException("metadata: " + e.getMessage(), e)
          : new StoreException("metadata: " + e.getMessage(), e);
    } finally {
      closing.readLock().unlock();
    }
  }

  private <T extends AbstractNativeReference> T own(T object) {
    owned.add(object);
    return object;
  }

  private void releaseOptions() {
    owned.reversed().forEach(AbstractNativeReference::close);
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** Logs nothing. */
  private static final class Silence extends org.rocksdb.Logger {

    Silence() {
      super(InfoLogLevel.FATAL_LEVEL);
    }

    @Override
    protected void log(InfoLogLevel level, String message) {
      // Nothing that a look from outside could do is news.
    }
  }

  private interface Operation<T> {
    T run() throws RocksDBException;
  }
}
