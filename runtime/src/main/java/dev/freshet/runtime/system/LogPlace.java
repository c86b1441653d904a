package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.log.Log;
import dev.freshet.log.LogReader;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;

/**
 * A place in the log that a user names.
 *
 * @param offset empty when none was named
 */
record LogPlace(OptionalLong offset) {
  /**
   * @param text an offset, a time with its zone, or empty
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} when it is neither, or lies where
   *     the log has nothing
   */
  static LogPlace of(Log log, String text) {
    if (text.isEmpty()) {
      return new LogPlace(OptionalLong.empty());
    }
    try {
      long offset =
          text.chars().allMatch(Character::isDigit)
              ? Long.parseLong(text)
              : offsetAt(log, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(text)), text);
      if (offset < log.startOffset() || offset > log.durableOffset()) {
        throw outside(log, "offset " + text);
      }
      return new LogPlace(OptionalLong.of(offset));
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot replay from "
              + text
              + ": give an offset, or a time with its zone such as 2026-01-31T12:00:00Z.",
          e);
    }
  }

  private static long offsetAt(Log log, long micros, String text) {
    long offset = log.offsetAt(micros);
    boolean isForgotten =
        log.startOffset() > 0 && offset == log.startOffset() && micros < ingestMicros(log, offset);
    if (isForgotten) {
      throw outside(log, text);
    }
    return offset;
  }

  private static FreshetException outside(Log log, String text) {
    long first = log.startOffset();
    String begins = first < log.durableOffset() ? " (" + time(log, first) + ")" : "";
    return new FreshetException(
        ErrorCode.REQUEST_INVALID,
        "Cannot replay from "
            + text
            + ": the log has offsets "
            + first
            + begins
            + " to "
            + log.durableOffset()
            + ". What is older than log.retention is forgotten.");
  }

  /** When a record came in, in ISO 8601. */
  static String time(Log log, long offset) {
    return offset < log.durableOffset()
        ? Instant.EPOCH
            .plus(ingestMicros(log, offset), ChronoUnit.MICROS)
            .truncatedTo(ChronoUnit.SECONDS)
            .toString()
        : "now";
  }

  private static long ingestMicros(Log log, long offset) {
    try (LogReader reader = log.read(offset)) {
      return reader.next() ? reader.ingestMicros() : Long.MAX_VALUE;
    }
  }
}
