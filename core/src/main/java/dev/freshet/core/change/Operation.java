package dev.freshet.core.change;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

/**
 * What a source says happened to a row (or, for {@link #TRUNCATE}, to a table). The codes are
 * stored in the log.
 */
public enum Operation {
  INSERT('i'),
  UPDATE('u'),
  DELETE('d'),
  /** A row that the initial snapshot read. */
  SNAPSHOT('r'),
  /** All rows of the table are gone. */
  TRUNCATE('t');

  private final byte code;

  Operation(char code) {
    this.code = (byte) code;
  }

  public byte code() {
    return code;
  }

  public static Operation of(byte code) {
    return switch (code) {
      case 'i' -> INSERT;
      case 'u' -> UPDATE;
      case 'd' -> DELETE;
      case 'r' -> SNAPSHOT;
      case 't' -> TRUNCATE;
      default ->
          throw new FreshetException(
              ErrorCode.STORAGE_DAMAGED, "Cannot decode a change: unknown operation " + code + ".");
    };
  }
}
