package dev.freshet.engine.expression;

import java.util.Arrays;

/**
 * Finds the value at a path by reading the document's bytes once, from end to end, building
 * nothing. The whole document is checked (RFC 8259), because an invalid one has no value anywhere;
 * of members with the same name the last counts. One thread owns it.
 */
final class JsonScanner {
  /** Documents nested deeper are taken as invalid. */
  static final int MAX_DEPTH = 1_000;

  private static final int OFF_PATH = -1;

  /** What was found. */
  enum Kind {
    NOTHING,
    NULL,
    TRUE,
    FALSE,
    NUMBER,
    TEXT,
    OBJECT,
    ARRAY
  }

  private final JsonPath.Step[] steps;
  private byte[] data = {};
  private int position;
  private int end;
  private int depth;
  private Kind kind = Kind.NOTHING;
  private int start;
  private int stop;

  JsonScanner(JsonPath path) {
    this.steps = path.steps().toArray(JsonPath.Step[]::new);
  }

  /** Where the found value begins, with its quote or bracket. */
  int start() {
    return start;
  }

  /** Where the found value ends, its quote or bracket included. */
  int stop() {
    return stop;
  }

  /** The kind of the value at the path; NOTHING when there is none or the document is not valid. */
  Kind find(byte[] document, int from, int to) {
    data = document;
    position = from;
    end = to;
    depth = 0;
    kind = Kind.NOTHING;
    boolean valid = value(0);
    skipSpace();
    return valid && position == end ? kind : Kind.NOTHING;
  }

  /**
   * Reads one value.
   *
   * @param step how many steps of the path lead here, or {@link #OFF_PATH}
   */
  private boolean value(int step) {
    skipSpace();
    if (position >= end) {
      return false;
    }
    int from = position;
    Kind read;
    boolean valid;
    switch (data[position]) {
      case '{' -> {
        read = Kind.OBJECT;
        valid = object(step);
      }
      case '[' -> {
        read = Kind.ARRAY;
        valid = array(step);
      }
      case '"' -> {
        read = Kind.TEXT;
        valid = text();
      }
      case 't' -> {
        read = Kind.TRUE;
        valid = word("true");
      }
      case 'f' -> {
        read = Kind.FALSE;
        valid = word("false");
      }
      case 'n' -> {
        read = Kind.NULL;
        valid = word("null");
      }
      default -> {
        read = Kind.NUMBER;
        valid = number();
      }
    }
    if (step == steps.length) {
      kind = read;
      start = from;
      stop = position;
    }
    return valid;
  }

  private boolean object(int step) {
    position++;
    if (++depth > MAX_DEPTH) {
      return false;
    }
    byte[] wanted =
        step >= 0 && step < steps.length && steps[step] instanceof JsonPath.Step.Member member
            ? member.name()
            : null;
    skipSpace();
    if (accept('}')) {
      depth--;
      return true;
    }
    do {
      skipSpace();
      int from = position + 1;
      if (position >= end || data[position] != '"' || !text()) {
        return false;
      }
      boolean here = wanted != null && isName(from, position - 1, wanted);
      skipSpace();
      if (!accept(':')) {
        return false;
      }
      if (here) {
        kind = Kind.NOTHING;
      }
      if (!value(here ? step + 1 : OFF_PATH)) {
        return false;
      }
      skipSpace();
    } while (accept(','));
    depth--;
    return accept('}');
  }

  private boolean array(int step) {
    position++;
    if (++depth > MAX_DEPTH) {
      return false;
    }
    int wanted =
        step >= 0 && step < steps.length && steps[step] instanceof JsonPath.Step.Element element
            ? element.index()
            : -1;
    skipSpace();
    if (accept(']')) {
      depth--;
      return true;
    }
    int index = 0;
    do {
      if (!value(index == wanted ? step + 1 : OFF_PATH)) {
        return false;
      }
      index++;
      skipSpace();
    } while (accept(','));
    depth--;
    return accept(']');
  }

  private boolean isName(int from, int to, byte[] wanted) {
    for (int i = from; i < to; i++) {
      if (data[i] == '\\') {
        BytesOutput plain = new BytesOutput(1, to - from);
        JsonText.unescape(data, from, to, plain);
        plain.endRow();
        return Arrays.equals(plain.build(new boolean[0]).copyOf(0), wanted);
      }
    }
    return Arrays.equals(data, from, to, wanted, 0, wanted.length);
  }

  private boolean text() {
    byte[] bytes = data;
    int limit = end;
    int i = position + 1;
    while (i < limit) {
      byte b = bytes[i];
      if (b == '"') {
        position = i + 1;
        return true;
      }
      if (b == '\\') {
        int width = escapeWidth(i + 1);
        if (width == 0) {
          return false;
        }
        i += 1 + width;
      } else if (b >= 0 && b < ' ') {
        return false;
      } else {
        i++;
      }
    }
    return false;
  }

  /** The bytes of the escape after its backslash, 0 when it is not valid. */
  private int escapeWidth(int at) {
    if (at >= end) {
      return 0;
    }
    switch (data[at]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
        return 1;
      }
      case 'u' -> {
        if (at + 5 > end) {
          return 0;
        }
        for (int i = at + 1; i < at + 5; i++) {
          if (data[i] < 0 || Character.digit(data[i], 16) < 0) {
            return 0;
          }
        }
        return 5;
      }
      default -> {
        return 0;
      }
    }
  }

  private boolean number() {
    accept('-');
    if (position >= end || !TextNumbers.isDigit(data[position])) {
      return false;
    }
    if (!accept('0')) {
      digits();
    }
    if (accept('.') && !digits()) {
      return false;
    }
    if (position < end && (data[position] == 'e' || data[position] == 'E')) {
      position++;
      if (!accept('-')) {
        accept('+');
      }
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int from = position;
    while (position < end && TextNumbers.isDigit(data[position])) {
      position++;
    }
    return position > from;
  }

  private boolean word(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (!accept(word.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean accept(char wanted) {
    if (position < end && data[position] == wanted) {
      position++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (position < end) {
      byte b = data[position];
      if (b != ' ' && b != '\n' && b != '\t' && b != '\r') {
        return;
      }
      position++;
    }
  }
}
