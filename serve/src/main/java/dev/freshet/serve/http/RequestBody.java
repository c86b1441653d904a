package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Ingest.Intake;
import io.helidon.webserver.http.ServerRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.ZipException;

/**
 * A body that was read whole, within the room that it was given.
 *
 * @param bytes hold the body from the first to {@code length}
 */
@SuppressWarnings("ArrayRecordComponent") // only read
record RequestBody(byte[] bytes, int length) {
  private static final int FIRST_BYTES = 4 << 10;
  private static final long SKIPPED_BYTES_MAX = 16 << 20;

  /**
   * Reads a body, asking for room piece by piece: a sender that is slow holds no more than twice
   * what it has sent, or 4 KiB, and nothing before its first byte. When there is no room what was
   * held is given back, and the rest is read and dropped, so that the sender has sent all and
   * listens to the answer.
   */
  static RequestBody read(ServerRequest request, Intake intake) {
    try (InputStream in = request.content().inputStream()) {
      try {
        return read(in, intake, declared(request));
      } catch (ZipException | EOFException e) {
        throw new FreshetException(
            ErrorCode.REQUEST_INVALID,
            "Cannot read the body: it is not the gzip that Content-Encoding says it is.",
            e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long declared(ServerRequest request) {
    return request.headers().contentLength().orElse(FIRST_BYTES);
  }

  static RequestBody read(InputStream in, Intake intake, long declared) throws IOException {
    try {
      return readWithin(intake, in, declared);
    } catch (FreshetException e) {
      intake.close();
      in.skip(SKIPPED_BYTES_MAX);
      throw e;
    }
  }

  private static RequestBody readWithin(Intake intake, InputStream in, long declared)
      throws IOException {
    if (declared > intake.bytesMax()) {
      intake.reserve(declared); // says what is too much
    }
    int first = in.read();
    if (first < 0) {
      return new RequestBody(new byte[0], 0);
    }
    int capacity = Math.clamp(declared + 1, 2, FIRST_BYTES); // one more, to see the end
    intake.reserve(Math.min(capacity, intake.bytesMax()));
    byte[] bytes = new byte[capacity];
    bytes[0] = (byte) first;
    int length = 1;
    while (true) {
      int read = in.read(bytes, length, bytes.length - length);
      if (read < 0) {
        return new RequestBody(bytes, length);
      }
      length += read;
      if (length > intake.bytesMax()) {
        intake.reserve(length);
      }
      if (length == bytes.length) {
        int larger = (int) Math.min(2L * length, intake.bytesMax() + 1L);
        intake.reserve(Math.min(larger, intake.bytesMax()));
        bytes = Arrays.copyOf(bytes, larger);
      }
    }
  }
}
