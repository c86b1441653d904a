package dev.freshet.files.store;

import dev.freshet.core.error.FreshetException;
import java.io.InputStream;

/** A file that is being read, at any place of it. Safe for all threads. */
public interface OpenFile extends AutoCloseable {
  long bytes();

  /**
   * Reads up to {@code count} bytes at the position; fewer only at the end of the file. Returns how
   * many.
   *
   * @throws FreshetException SOURCE_FAILED
   */
  int read(long position, byte[] into, int start, int count);

  /** Its bytes from the first up to {@code end}; closing the stream leaves the file open. */
  default InputStream stream(long end) {
    return new FileStream(this, end);
  }

  @Override
  void close();
}
