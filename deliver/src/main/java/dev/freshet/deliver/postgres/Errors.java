package dev.freshet.deliver.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.SQLException;

/** What the server or driver reports, as our errors (PostgreSQL manual, appendix A). */
final class Errors {
  private Errors() {}

  /**
   * @param what what failed, as in {@code Failed to <what>}
   */
  static FreshetException of(String what, Address address, SQLException e) {
    String state = stateOf(e);
    String said = said(address, e);
    return switch (state) {
      case "28P01", "28000" ->
          misconfigured(
              "Cannot log in to PostgreSQL as " + address + ": " + said + ".",
              "correct user and password: of the sink, or set the variable that password: names",
              e);
      case "3D000" ->
          misconfigured(
              "Cannot connect to PostgreSQL as " + address + ": " + said + ".",
              "correct the database in url:",
              e);
      case "42501" ->
          misconfigured(
              "Cannot " + what + " at " + address + ": " + said + ".",
              "give the role what it lacks: GRANT USAGE, CREATE ON SCHEMA, or INSERT, UPDATE,"
                  + " DELETE and SELECT on a table that is there",
              e);
      default ->
          isConnectionTrouble(state)
              ? new FreshetException(
                  ErrorCode.SINK_UNREACHABLE,
                  "Failed to "
                      + what
                      + ": PostgreSQL as "
                      + address
                      + " cannot be reached or does not answer ("
                      + said
                      + "). Start the server, or correct host and port in url:.",
                  e)
              : new FreshetException(
                  ErrorCode.SINK_FAILED,
                  "Failed to "
                      + what
                      + " at "
                      + address
                      + ": "
                      + said
                      + " (SQLSTATE "
                      + state
                      + "). Mend it in the database, or in the model; the sink goes on by itself.",
                  e);
    };
  }

  /**
   * What to make of a commit that failed: when the server has answered, nothing was written; when
   * it has not, nobody knows.
   */
  static FreshetException ofCommit(Address address, SQLException e) {
    boolean answered = !isConnectionTrouble(stateOf(e));
    return new FreshetException(
        answered ? ErrorCode.COMMIT_FAILED : ErrorCode.COMMIT_OUTCOME_UNKNOWN,
        "Failed to commit to "
            + address
            + ": "
            + said(address, e)
            + (answered
                ? ". Nothing of it was written; it is written again."
                : ". Whether it was written is looked up before anything is written again."),
        e);
  }

  static FreshetException misconfigured(String message, String fix) {
    return new FreshetException(ErrorCode.SINK_MISCONFIGURED, message + " Fix: " + fix + ".");
  }

  private static FreshetException misconfigured(String message, String fix, SQLException e) {
    return new FreshetException(ErrorCode.SINK_MISCONFIGURED, message + " Fix: " + fix + ".", e);
  }

  private static String stateOf(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }

  /** Connection exceptions, operator intervention, and a server that starts or stops. */
  private static boolean isConnectionTrouble(String state) {
    return state.startsWith("08") || state.startsWith("57P") || state.isEmpty();
  }

  private static String said(Address address, SQLException e) {
    String text = String.valueOf(e.getMessage());
    String firstLine = text.lines().findFirst().orElse(text);
    String plain = firstLine.replaceFirst("^(FATAL|ERROR): ", "");
    return address.withoutSecret(
        plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain);
  }
}
