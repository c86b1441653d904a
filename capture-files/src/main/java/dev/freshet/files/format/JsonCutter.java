package dev.freshet.files.format;

import dev.freshet.capture.rows.RowFormat;
import java.util.Arrays;

/**
 * Cuts the elements of a JSON array, or JSON values one after the other, without reading them: it
 * counts brackets outside of texts. What is wrong within a value the decoder finds.
 *
 * <pre>
 *   [ {..} , {..} ]        array: the row ends behind its comma, or before the bracket
 *   {..} {..}              sequence: the row ends behind its last bracket
 * </pre>
 */
final class JsonCutter implements Cutter {
  private final Form form;
  private boolean isClosed;

  /** What stands at the top. */
  enum Form {
    ARRAY,
    SEQUENCE
  }

  JsonCutter(Form form) {
    this.form = form;
  }

  @Override
  public int end(byte[] bytes, int from, int to, boolean isEnd) {
    int start = spaceEnd(bytes, from, to);
    if (start == to) {
      return isEnd ? atEnd(to) : -1;
    }
    if (form == Form.ARRAY && bytes[start] == ']') {
      int end = spaceEnd(bytes, start + 1, to);
      if (end < to) {
        throw FileProblem.corrupt("something stands behind the array's end");
      }
      isClosed = isEnd;
      return isEnd ? to : -1;
    }
    int end = valueEnd(bytes, start, to, isEnd);
    int next = end < 0 ? to : spaceEnd(bytes, end, to);
    if (form == Form.SEQUENCE && end >= 0) {
      return next;
    }
    if (next == to) {
      return isEnd ? atEnd(to) : -1;
    }
    if (bytes[next] == ',') {
      return next + 1;
    }
    if (bytes[next] != ']') {
      throw FileProblem.corrupt("a comma is missing between two elements of its array");
    }
    return next;
  }

  private int atEnd(int to) {
    if (form == Form.ARRAY && !isClosed) {
      throw FileProblem.incomplete("its array is not closed");
    }
    return to;
  }

  private static int spaceEnd(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && isSpace(bytes[at])) {
      at++;
    }
    return at;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /** Behind the value; -1 when it does not end here. */
  static int valueEnd(byte[] bytes, int from, int to, boolean isEnd) {
    int depth = 0;
    int at = from;
    while (at < to) {
      byte b = bytes[at];
      if (b == '"') {
        at = textEnd(bytes, at, to);
        if (at < 0) {
          break;
        }
        if (depth == 0) {
          return at;
        }
        continue;
      }
      boolean isBare = depth == 0 && (b == ',' || b == ']' || b == '}' || isSpace(b));
      if (isBare) {
        return at == from ? at + 1 : at;
      }
      depth += b == '{' || b == '[' ? 1 : b == '}' || b == ']' ? -1 : 0;
      at++;
      if (depth == 0 && (b == '}' || b == ']')) {
        return at;
      }
    }
    if (isEnd && (at < 0 || depth > 0)) {
      throw FileProblem.incomplete("it ends in the middle of a row");
    }
    return isEnd ? to : -1;
  }

  private static int textEnd(byte[] bytes, int from, int to) {
    int at = from + 1;
    while (at < to) {
      if (bytes[at] == '\\') {
        at++;
      } else if (bytes[at] == '"') {
        return at + 1;
      }
      at++;
    }
    return -1;
  }

  @Override
  public boolean isBlank(byte[] bytes, int from, int to) {
    int start = spaceEnd(bytes, from, to);
    return start == to || (form == Form.ARRAY && bytes[start] == ']');
  }

  @Override
  public RowFormat format() {
    return RowFormat.JSON;
  }

  /** An array again: commas stand between elements already, and are put between values. */
  @Override
  public byte[] text(byte[] bytes, int from, int to) {
    byte[] text = new byte[2 * (to - from) + 2];
    int length = 0;
    text[length++] = '[';
    int at = from;
    while (at < to) {
      int start = spaceEnd(bytes, at, to);
      if (start == to || bytes[start] == ']') {
        break;
      }
      int end = valueEnd(bytes, start, to, true);
      if (length > 1) {
        text[length++] = ',';
      }
      System.arraycopy(bytes, start, text, length, end - start);
      length += end - start;
      at = spaceEnd(bytes, end, to);
      if (form == Form.ARRAY && at < to && bytes[at] == ',') {
        at++;
      }
    }
    text[length++] = ']';
    return Arrays.copyOf(text, length);
  }
}
