package dev.freshet.capture.postgres;

/**
 * Walks the elements of an array in text form, {@code [2:3]={a,NULL,"b \" c"}} (PostgreSQL manual,
 * 8.15.6). One thread uses it.
 */
final class ArrayLiteral {
  private final byte[] bytes;
  private final int end;
  private final byte[] element;
  private int at;
  private int elementLength;
  private boolean isNull;

  ArrayLiteral(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.end = end;
    this.element = new byte[end - start];
    int open = start;
    while (open < end && bytes[open] != '{') {
      open++;
    }
    this.at = open + 1;
  }

  /** Whether the elements are arrays themselves. To be asked before the first {@link #next()}. */
  boolean isNested() {
    return at < end && bytes[at] == '{';
  }

  /** Goes to the next element; {@code false} when there is none. */
  boolean next() {
    if (at >= end || bytes[at] == '}') {
      return false;
    }
    elementLength = 0;
    boolean quoted = bytes[at] == '"';
    if (quoted) {
      readQuoted();
    } else {
      readPlain();
    }
    isNull = !quoted && isWordNull();
    if (at < end && bytes[at] == ',') {
      at++;
    }
    return true;
  }

  private void readQuoted() {
    at++;
    while (at < end && bytes[at] != '"') {
      if (bytes[at] == '\\') {
        at++;
      }
      element[elementLength++] = bytes[at++];
    }
    at++;
  }

  private void readPlain() {
    while (at < end && bytes[at] != ',' && bytes[at] != '}') {
      element[elementLength++] = bytes[at++];
    }
  }

  private boolean isWordNull() {
    return elementLength == 4
        && element[0] == 'N'
        && element[1] == 'U'
        && element[2] == 'L'
        && element[3] == 'L';
  }

  boolean isNull() {
    return isNull;
  }

  /**
   * The element's bytes, valid up to {@link #elementLength()} until the next call of {@link
   * #next()}.
   */
  byte[] element() {
    return element;
  }

  int elementLength() {
    return elementLength;
  }
}
