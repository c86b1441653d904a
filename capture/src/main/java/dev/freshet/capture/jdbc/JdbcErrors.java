package dev.freshet.capture.jdbc;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.SQLException;
import java.util.Set;

/** Turns what a driver reports into our errors, by the classes of SQLSTATE (SQL:2016, 24.1). */
public final class JdbcErrors {
  private static final int TEXT_MAX = 300;

  /** Classes that say nothing of one value: connection, rollback, resources, operator, system. */
  private static final Set<String> NOT_OF_A_VALUE = Set.of("08", "40", "53", "57", "58", "XX");

  private JdbcErrors() {}

  /**
   * @param what what failed, as in {@code Failed to <what>}
   */
  public static FreshetException of(
      String what, String address, Connector connector, SQLException e) {
    String said = connector.withoutSecrets(text(e));
    if (said.contains("No suitable driver")) {
      return new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot connect to "
              + address
              + ": no JDBC driver knows this address. Fix: correct url:, or give the driver's jar.",
          e);
    }
    return switch (stateClass(e)) {
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
                  + ". Fix: correct the names under tables:, or GRANT SELECT on the table to the"
                  + " user.",
              e);
      case "08" ->
          new FreshetException(
              ErrorCode.SOURCE_UNREACHABLE,
              "Failed to " + what + ": cannot reach " + address + " (" + said + ").",
              e);
      default ->
          new FreshetException(
              ErrorCode.SOURCE_FAILED,
              "Failed to "
                  + what
                  + " at "
                  + address
                  + ": "
                  + said
                  + " (SQLSTATE "
                  + e.getSQLState()
                  + ").",
              e);
    };
  }

  /** Drivers fail in other ways too. */
  public static FreshetException of(String what, String address, Connector connector, Throwable e) {
    return new FreshetException(
        ErrorCode.SOURCE_FAILED,
        "Failed to "
            + what
            + " at "
            + address
            + ": the driver ended with "
            + connector.withoutSecrets(String.valueOf(e)),
        e);
  }

  private static String stateClass(SQLException e) {
    String state = e.getSQLState();
    return state == null || state.length() < 2 ? "" : state.substring(0, 2);
  }

  /** Whether it may lie in one value, and the question goes on. */
  public static boolean mayBeOfAValue(SQLException e) {
    return !NOT_OF_A_VALUE.contains(stateClass(e));
  }

  /** The first line, without its full stop. */
  public static String text(SQLException e) {
    String all = String.valueOf(e.getMessage());
    String line = all.lines().findFirst().orElse(all).strip();
    String whole = line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    return whole.length() > TEXT_MAX ? whole.substring(0, TEXT_MAX) + "..." : whole;
  }
}
