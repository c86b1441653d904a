package dev.freshet.files.format;

import dev.freshet.capture.rows.RowFormat;
import java.util.Arrays;

/** Cuts text with an object a line. */
final class JsonLinesCutter implements Cutter {
  @Override
  public int end(byte[] bytes, int from, int to, boolean isEnd) {
    for (int at = from; at < to; at++) {
      if (bytes[at] == '\n') {
        return at + 1;
      }
    }
    if (isEnd && from < to && bytes[from] == '{') {
      JsonCutter.valueEnd(bytes, from, to, true); // a last line that is cut may get its end yet
    }
    return isEnd ? to : -1;
  }

  /** As the decoder passes over them. */
  @Override
  public boolean isBlank(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at++) {
      byte b = bytes[at];
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  @Override
  public RowFormat format() {
    return RowFormat.JSON_LINES;
  }

  @Override
  public byte[] text(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }
}
