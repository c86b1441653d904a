package dev.freshet.debezium;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a connector's failures mean. */
final class ConnectorErrors {
  private static final int CAUSES_MAX = 20;
  private static final List<String> POSITION_LOST =
      List.of(
          "no longer available",
          "purged",
          "could not find first log file",
          "needs a new snapshot",
          "incomplete database schema history",
          "gtid set that is not present",
          "may no longer be in the oplog",
          "changestreamhistorylost");

  /** As MongoDB's driver says it. */
  private static final List<String> UNREACHABLE =
      List.of("exception opening socket", "while waiting to connect", "while waiting for a server");

  /** As SQL Server, Oracle and MongoDB say it, whose SQLSTATE does not. */
  private static final List<String> LOGIN_REFUSED =
      List.of("login failed for user", "ora-01017", "authentication failed");

  private ConnectorErrors() {}

  /**
   * @param doing such as "capture"
   * @param label the server
   */
  static FreshetException of(String doing, String label, Throwable failure) {
    if (failure instanceof FreshetException known) {
      return known;
    }
    List<Throwable> causes = causes(failure);
    for (Throwable cause : causes) {
      if (cause instanceof FreshetException known) {
        return known;
      }
    }
    String message = "Failed to " + doing + " " + label + ": " + innermost(causes);
    for (Throwable cause : causes) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        if (state.equals("28000")) {
          return loginRefused(label, String.valueOf(sql.getMessage()), failure);
        }
        if (state.startsWith("08")) {
          return new FreshetException(
              ErrorCode.SOURCE_UNREACHABLE,
              "Cannot connect to " + label + ": " + sql.getMessage(),
              failure);
        }
      }
      String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (LOGIN_REFUSED.stream().anyMatch(text::contains)) {
        return loginRefused(label, firstLines(String.valueOf(cause.getMessage())), failure);
      }
      if (UNREACHABLE.stream().anyMatch(text::contains)) {
        return new FreshetException(
            ErrorCode.SOURCE_UNREACHABLE,
            "Cannot connect to " + label + ": " + firstLines(String.valueOf(cause.getMessage())),
            failure);
      }
      if (POSITION_LOST.stream().anyMatch(text::contains)) {
        return new FreshetException(ErrorCode.SOURCE_POSITION_LOST, message, failure);
      }
      if (text.contains("ddl statement couldn't be parsed")) {
        return new FreshetException(
            ErrorCode.SOURCE_MISCONFIGURED,
            "Cannot follow "
                + label
                + ": Debezium cannot read a statement that changes tables: "
                + firstLines(String.valueOf(cause.getMessage())),
            failure);
      }
    }
    return new FreshetException(ErrorCode.SOURCE_FAILED, message, failure);
  }

  private static FreshetException loginRefused(String label, String why, Throwable failure) {
    return new FreshetException(
        ErrorCode.SOURCE_MISCONFIGURED,
        "Cannot log in to "
            + label
            + ": "
            + why
            + " Fix: set the user in url and password, and let the user in from this host.",
        failure);
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    Throwable cause = failure;
    while (cause != null && causes.size() < CAUSES_MAX) {
      causes.add(cause);
      cause = cause.getCause();
    }
    return causes;
  }

  /** What went wrong stands in the last message that says something. */
  private static String innermost(List<Throwable> causes) {
    for (Throwable cause : causes.reversed()) {
      if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
        return firstLines(cause.getMessage());
      }
    }
    return causes.getFirst().toString();
  }

  private static String firstLines(String message) {
    return message.length() <= 500 ? message : message.substring(0, 500) + "...";
  }
}
