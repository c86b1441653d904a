package dev.freshet.files.format;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Records of CSV and their fields. */
final class CsvFields {
  private CsvFields() {}

  /**
   * Where the record that begins at {@code from} ends, behind its line end; -1 when more bytes are
   * needed.
   *
   * @param isEnd whether no bytes follow those up to {@code to}
   */
  static int recordEnd(byte[] bytes, int from, int to, boolean isEnd, byte delimiter, byte quote) {
    int at = from;
    while (true) {
      if (at < to && bytes[at] == quote) {
        at = quotedEnd(bytes, at, to, isEnd, quote);
        if (at < 0) {
          return -1;
        }
        if (at < to && bytes[at] != delimiter && bytes[at] != '\n' && bytes[at] != '\r') {
          throw FileProblem.corrupt(
              "text stands behind a closing quote; a quote within a field is doubled");
        }
      } else {
        while (at < to && bytes[at] != delimiter && bytes[at] != '\n' && bytes[at] != '\r') {
          at++;
        }
      }
      if (at >= to) {
        return isEnd ? to : -1;
      }
      byte separator = bytes[at++];
      if (separator == '\r') {
        if (at == to && !isEnd) {
          return -1;
        }
        return at < to && bytes[at] == '\n' ? at + 1 : at;
      }
      if (separator != delimiter) {
        return at;
      }
    }
  }

  private static int quotedEnd(byte[] bytes, int from, int to, boolean isEnd, byte quote) {
    int at = from + 1;
    while (at < to) {
      if (bytes[at++] != quote) {
        continue;
      }
      if (at == to && !isEnd) {
        return -1;
      }
      if (at == to || bytes[at] != quote) {
        return at;
      }
      at++;
    }
    if (isEnd) {
      throw FileProblem.incomplete("a quote is not closed");
    }
    return -1;
  }

  /** The texts of a record's fields. */
  static List<String> of(byte[] bytes, int from, int to, byte delimiter, byte quote) {
    List<String> fields = new ArrayList<>();
    byte[] text = new byte[to - from];
    int at = from;
    while (true) {
      int length = 0;
      boolean isQuoted = at < to && bytes[at] == quote;
      at += isQuoted ? 1 : 0;
      while (at < to && (isQuoted || (bytes[at] != delimiter && !isLineEnd(bytes[at])))) {
        byte b = bytes[at++];
        if (isQuoted && b == quote) {
          if (at >= to || bytes[at] != quote) {
            isQuoted = false;
            continue;
          }
          at++;
        }
        text[length++] = b;
      }
      fields.add(new String(Arrays.copyOf(text, length), StandardCharsets.UTF_8));
      if (at >= to || bytes[at] != delimiter) {
        return fields;
      }
      at++;
    }
  }

  private static boolean isLineEnd(byte b) {
    return b == '\n' || b == '\r';
  }
}
