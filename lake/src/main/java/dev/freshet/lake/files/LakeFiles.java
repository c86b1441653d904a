package dev.freshet.lake.files;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Files of the lake by location, which is an absolute path below the storage's root. Files are
 * written once and never changed.
 *
 * <pre>
 * create ... close     written, perhaps not durable
 * makeDurable          all files created since then are durable; they may be referenced now
 * published            they are referenced
 * discard              or: all of them are deleted
 * deferDelete          remembered; the caller deletes once nothing durable references the file
 * </pre>
 *
 * One thread at a time.
 */
public final class LakeFiles {
  /** Bytes of small files (manifests) kept so that a commit does not read back what it wrote. */
  private static final long CACHE_BYTES_MAX = 16 << 20;

  private static final int CACHED_FILE_BYTES_MAX = 1 << 20;

  private final Storage storage;
  private final String root;
  private final Map<String, Storage.File> created = new LinkedHashMap<>();
  private final Set<String> dirtyDirectories = new LinkedHashSet<>();
  private final Set<String> knownDirectories = new HashSet<>();
  private final List<String> deferredDeletes = new ArrayList<>();
  private final List<String> unpublished = new ArrayList<>();
  private final List<String> undeleted = new ArrayList<>();
  private final LinkedHashMap<String, byte[]> cache = new LinkedHashMap<>(64, 0.75f, true);
  private long cacheBytes;

  public LakeFiles(Storage storage) {
    this.storage = storage;
    this.root = storage.root() + "/";
  }

  public Storage storage() {
    return storage;
  }

  /** The location of a path relative to the storage's root. */
  public String location(String path) {
    return root + path;
  }

  /** The path relative to the storage's root. */
  public String path(String location) {
    if (!location.startsWith(root)) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED,
          "Cannot open lake file: "
              + location
              + ". It lies outside of "
              + storage.root()
              + ": the lake was moved or written by someone else. Put it back where it was written.");
    }
    return location.substring(root.length());
  }

  /** Opens a new file for writing from its start to its end. */
  public LakeOutput create(String location) {
    String path = path(location);
    ensureDirectory(Storage.parent(path));
    Storage.File file = storage.create(path);
    created.put(path, file);
    unpublished.add(path);
    dirtyDirectories.add(Storage.parent(path));
    return new LakeOutput(this, path, file);
  }

  /** Opens a file for reading. */
  public LakeInput open(String location) {
    String path = path(location);
    byte[] cached = cache.get(path);
    return cached != null ? LakeInput.of(cached) : LakeInput.of(storage.openRead(path));
  }

  public long size(String location) {
    String path = path(location);
    byte[] cached = cache.get(path);
    return cached != null ? cached.length : storage.size(path);
  }

  public boolean exists(String location) {
    return storage.exists(path(location));
  }

  /** Deletes the file after the next publish. */
  public void deferDelete(String location) {
    deferredDeletes.add(path(location));
  }

  /** Paths to delete after the next publish. */
  public List<String> takeDeferredDeletes() {
    List<String> taken = new ArrayList<>(deferredDeletes);
    taken.addAll(undeleted);
    deferredDeletes.clear();
    return taken;
  }

  /** Deletes paths; those that are gone already do not matter. */
  public void deleteAll(List<String> paths) {
    for (String path : paths) {
      forget(path);
      storage.delete(path);
    }
  }

  /** Makes all files created since the last call durable, and their names. */
  public void makeDurable() {
    storage.syncAll(List.copyOf(created.values()));
    created.values().forEach(Storage.File::close);
    for (String directory : dirtyDirectories) {
      storage.syncDirectory(directory);
    }
    created.clear();
    dirtyDirectories.clear();
  }

  /** The files created so far are referenced by a published catalog. */
  public void published() {
    unpublished.clear();
    undeleted.clear();
  }

  /**
   * Forgets the deferred deletes and deletes the files created since the last publish. What cannot
   * be deleted now is deleted after the next one.
   */
  public void discard() {
    created.values().forEach(LakeFiles::closeQuietly);
    for (String path : unpublished) {
      try {
        storage.delete(path);
      } catch (FreshetException e) {
        undeleted.add(path);
      }
    }
    unpublished.clear();
    created.clear();
    dirtyDirectories.clear();
    knownDirectories.clear();
    deferredDeletes.clear();
    cache.clear();
    cacheBytes = 0;
  }

  private static void closeQuietly(Storage.File file) {
    try {
      file.close();
    } catch (FreshetException e) {
      // The file is about to be deleted; a failure that matters comes up there.
    }
  }

  void remember(String path, byte[] bytes) {
    if (bytes.length > CACHED_FILE_BYTES_MAX) {
      return;
    }
    cache.put(path, bytes);
    cacheBytes += bytes.length;
    var eldest = cache.entrySet().iterator();
    while (cacheBytes > CACHE_BYTES_MAX && eldest.hasNext()) {
      cacheBytes -= eldest.next().getValue().length;
      eldest.remove();
    }
  }

  private void forget(String path) {
    byte[] bytes = cache.remove(path);
    cacheBytes -= bytes == null ? 0 : bytes.length;
  }

  private void ensureDirectory(String directory) {
    if (knownDirectories.contains(directory)) {
      return;
    }
    storage.createDirectories(directory);
    knownDirectories.add(directory);
    for (String at = directory; !at.isEmpty(); at = Storage.parent(at)) {
      dirtyDirectories.add(Storage.parent(at));
    }
  }
}
