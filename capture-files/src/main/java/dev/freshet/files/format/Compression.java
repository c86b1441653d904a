package dev.freshet.files.format;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** How a whole file is compressed: told by its first bytes, whatever its name says. */
enum Compression {
  NONE,
  GZIP,
  ZSTD;

  private static final int INPUT_BYTES = 1 << 16;

  static Compression of(byte[] head, int length) {
    if (length >= 2 && head[0] == 0x1F && head[1] == (byte) 0x8B) {
      return GZIP;
    }
    boolean isZstd =
        length >= 4
            && head[0] == 0x28
            && head[1] == (byte) 0xB5
            && head[2] == 0x2F
            && head[3] == (byte) 0xFD;
    return isZstd ? ZSTD : NONE;
  }

  /** What a name says. */
  static Compression ofName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".gz") || lower.endsWith(".gzip")) {
      return GZIP;
    }
    return lower.endsWith(".zst") || lower.endsWith(".zstd") ? ZSTD : NONE;
  }

  /** A name without its ending of compression. */
  static String bare(String name) {
    return ofName(name) == NONE ? name : name.substring(0, name.lastIndexOf('.'));
  }

  InputStream read(InputStream in) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP -> new GZIPInputStream(in, INPUT_BYTES);
      case ZSTD -> new ZstdInputStream(in);
    };
  }
}
