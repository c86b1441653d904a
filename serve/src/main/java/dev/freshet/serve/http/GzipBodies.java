package dev.freshet.serve.http;

import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncoding;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/** Lets requests send {@code Content-Encoding: gzip}; answers are sent as they are. */
final class GzipBodies implements ContentEncoding {
  static final Set<String> IDS = Set.of("gzip", "x-gzip");

  private static final int BUFFER_BYTES = 16 << 10;

  @Override
  public Set<String> ids() {
    return IDS;
  }

  @Override
  public boolean supportsEncoding() {
    return false;
  }

  @Override
  public boolean supportsDecoding() {
    return true;
  }

  @Override
  public ContentDecoder decoder() {
    return LateGzip::new;
  }

  @Override
  public ContentEncoder encoder() {
    return ContentEncoder.NO_OP;
  }

  @Override
  public String name() {
    return "gzip";
  }

  @Override
  public String type() {
    return "gzip";
  }

  /** Reads the head when it is asked to read, so that a wrong one is its reader's to report. */
  private static final class LateGzip extends FilterInputStream {
    private boolean isOpen;

    LateGzip(InputStream raw) {
      super(raw);
    }

    private void open() throws IOException {
      if (!isOpen) {
        in = new GZIPInputStream(in, BUFFER_BYTES);
        isOpen = true;
      }
    }

    @Override
    public int read() throws IOException {
      open();
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int start, int count) throws IOException {
      open();
      return in.read(bytes, start, count);
    }
  }
}
