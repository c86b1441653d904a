package dev.freshet.capture.postgres;

import dev.freshet.core.error.Check;

/**
 * The rows of one COPY in the binary format (PostgreSQL manual, COPY), a message each. One thread
 * owns it.
 */
final class CopiedRows {
  /** Signature, flags, and the length of the header's extension. */
  private static final int HEADER = 19;

  private final int columns;
  private final Tuple row = new Tuple();
  private boolean headerSeen;

  CopiedRows(TableShape shape) {
    this.columns = shape.columns().size();
  }

  /** Appends the row of a message, unless it has none. */
  void append(byte[] message, TableBuffer into) {
    int at = 0;
    if (!headerSeen) {
      at = HEADER + Cells.int4(message, HEADER - 4);
      headerSeen = true;
      if (at == message.length) {
        return;
      }
    }
    int count = Cells.int2(message, at);
    if (count < 0) {
      return;
    }
    Check.that(count == columns, "a copied row has its table's width", count, columns);
    row.readCopied(message, at + 2, count);
    into.snapshot(message, row);
  }
}
