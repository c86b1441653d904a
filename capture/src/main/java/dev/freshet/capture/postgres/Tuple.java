package dev.freshet.capture.postgres;

import dev.freshet.core.error.Check;

/**
 * Where the cells of one row lie in a message (PostgreSQL manual, 54.9, TupleData). Reused from row
 * to row by the thread that decodes.
 */
final class Tuple {
  static final byte NULL = 'n';
  static final byte UNCHANGED = 'u';
  static final byte TEXT = 't';
  static final byte BINARY = 'b';

  private byte[] forms = new byte[16];
  private int[] starts = new int[16];
  private int[] lengths = new int[16];
  private int count;

  /** Reads the tuple that begins at {@code at}; returns where it ends. */
  int read(byte[] message, int at) {
    count = Cells.int2(message, at);
    if (count > forms.length) {
      forms = new byte[count];
      starts = new int[count];
      lengths = new int[count];
    }
    int next = at + 2;
    for (int i = 0; i < count; i++) {
      byte form = message[next++];
      forms[i] = form;
      if (form == TEXT || form == BINARY) {
        lengths[i] = Cells.int4(message, next);
        starts[i] = next + 4;
        next += 4 + lengths[i];
      } else {
        Check.that(form == NULL || form == UNCHANGED, "a cell's form is known", form, i);
      }
    }
    Check.that(next <= message.length, "a tuple lies within its message", next, message.length);
    return next;
  }

  /**
   * Reads a row of COPY BINARY that begins at {@code at}: a length before each cell, -1 for NULL.
   */
  void readCopied(byte[] message, int at, int columns) {
    count = columns;
    if (count > forms.length) {
      forms = new byte[count];
      starts = new int[count];
      lengths = new int[count];
    }
    int next = at;
    for (int i = 0; i < count; i++) {
      int length = Cells.int4(message, next);
      next += 4;
      forms[i] = length < 0 ? NULL : BINARY;
      starts[i] = next;
      lengths[i] = Math.max(length, 0);
      next += lengths[i];
    }
    Check.that(next <= message.length, "a row lies within its message", next, message.length);
  }

  int count() {
    return count;
  }

  byte form(int cell) {
    return forms[cell];
  }

  int start(int cell) {
    return starts[cell];
  }

  int length(int cell) {
    return lengths[cell];
  }

  boolean hasValue(int cell) {
    return forms[cell] == TEXT || forms[cell] == BINARY;
  }
}
