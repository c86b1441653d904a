package dev.freshet.files;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.FoundFile;
import dev.freshet.files.store.OpenFile;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Files that cannot be read, or not from some byte on, while something is so. */
record FaultyFiles(
    FileStore files,
    String path,
    long from,
    BooleanSupplier isFaulty,
    Supplier<RuntimeException> failure)
    implements FileStore {
  /** As a disk that fails. */
  FaultyFiles(FileStore files, String path, long from, BooleanSupplier isFaulty) {
    this(
        files,
        path,
        from,
        isFaulty,
        () ->
            new FreshetException(
                ErrorCode.SOURCE_FAILED, "Failed to read " + path + ": Input/output error."));
  }

  @Override
  public String root() {
    return files.root();
  }

  @Override
  public Listing list() {
    return files.list();
  }

  @Override
  public Optional<FoundFile> find(String of) {
    return files.find(of);
  }

  private void requireSound(String of, long end) {
    if (of.equals(path) && end > from && isFaulty.getAsBoolean()) {
      throw failure.get();
    }
  }

  @Override
  public OpenFile open(FoundFile found) {
    String of = found.path();
    requireSound(of, 0);
    OpenFile file = files.open(found);
    return new OpenFile() {
      @Override
      public long bytes() {
        return file.bytes();
      }

      @Override
      public int read(long position, byte[] into, int start, int count) {
        requireSound(of, position + count);
        return file.read(position, into, start, count);
      }

      @Override
      public void close() {
        file.close();
      }
    };
  }
}
