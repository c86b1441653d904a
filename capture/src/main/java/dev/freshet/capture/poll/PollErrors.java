package dev.freshet.capture.poll;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.SQLException;

/** Turns what a driver reports into our errors, by the classes of SQLSTATE (SQL:2016, 24.1). */
final class PollErrors {
  private static final int TEXT_MAX = 300;

  private PollErrors() {}

  /**
   * @param what what failed, as in {@code Failed to <what>}
   */
  static FreshetException of(String what, String address, SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String said = text(e);
    if (said.contains("No suitable driver")) {
      return new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot connect to "
              + address
              + ": no JDBC driver knows this address. Fix: correct url:, or give the driver's jar.",
          e);
    }
    return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
      case "28" ->
          new FreshetException(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot log in to " + address + ": " + said + ". Fix: correct user: and password:.",
              e);
      case "42" ->
          new FreshetException(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot "
                  + what
                  + " at "
                  + address
                  + ": "
                  + said
                  + ". Fix: correct the names under"
                  + " tables:, or GRANT SELECT on the table to the user.",
              e);
      case "08", "57", "" ->
          new FreshetException(
              ErrorCode.SOURCE_UNREACHABLE,
              "Failed to " + what + ": cannot reach " + address + " (" + said + ").",
              e);
      default ->
          new FreshetException(
              ErrorCode.SOURCE_FAILED,
              "Failed to " + what + " at " + address + ": " + said + " (SQLSTATE " + state + ").",
              e);
    };
  }

  /** Whether it lies in one value, not in the question. */
  static boolean isOfAValue(SQLException e) {
    return e.getSQLState() != null && e.getSQLState().startsWith("22");
  }

  /** The first line, without its full stop. */
  static String text(SQLException e) {
    String all = String.valueOf(e.getMessage());
    String line = all.lines().findFirst().orElse(all).strip();
    String whole = line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    return whole.length() > TEXT_MAX ? whole.substring(0, TEXT_MAX) + "..." : whole;
  }
}
