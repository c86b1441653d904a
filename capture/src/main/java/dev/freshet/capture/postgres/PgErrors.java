package dev.freshet.capture.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the server or driver reports into our errors, with cause and fix (PostgreSQL manual,
 * appendix A).
 */
final class PgErrors {
  private PgErrors() {}

  /**
   * @param what what failed, as in {@code Failed to <what>}
   */
  static FreshetException of(String what, ServerAddress address, SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String said = address.withoutSecret(serverText(e));
    return switch (state) {
      case "28P01" ->
          error(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot log in to PostgreSQL as " + address + ": " + said + ".",
              "correct the password in the URL, or set one: ALTER ROLE "
                  + Sql.quote(address.user())
                  + " PASSWORD '...'",
              e);
      case "28000" ->
          error(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot log in to PostgreSQL as " + address + ": " + said + ".",
              "CREATE ROLE "
                  + Sql.quote(address.user())
                  + " LOGIN REPLICATION PASSWORD '...', or allow this host in pg_hba.conf",
              e);
      case "3D000" ->
          error(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot connect to PostgreSQL as " + address + ": " + said + ".",
              "correct the database in the URL (psql -l lists those there are)",
              e);
      case "53300" ->
          error(
              ErrorCode.SOURCE_UNREACHABLE,
              "Cannot connect to PostgreSQL as " + address + ": " + said + ".",
              "raise max_connections or max_wal_senders in postgresql.conf, or close other"
                  + " connections",
              e);
      case "53400" ->
          error(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot create a replication slot at " + address + ": " + said + ".",
              "raise max_replication_slots in postgresql.conf, or drop an unused slot: SELECT"
                  + " pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT"
                  + " active",
              e);
      case "42501" ->
          error(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot " + what + " at " + address + ": " + said + ".",
              "give the role what it lacks; 'freshet check' names the statement",
              e);
      case "55P03" ->
          error(
              ErrorCode.SOURCE_FAILED,
              "Cannot " + what + " at " + address + ": someone holds a lock on it.",
              "end the transaction that holds it: SELECT pid, relation::regclass, mode FROM pg_locks"
                  + " WHERE granted AND relation IS NOT NULL",
              e);
      case "55006" ->
          error(
              ErrorCode.SOURCE_UNREACHABLE,
              "Cannot " + what + " at " + address + ": " + said + ".",
              "stop the other process that reads the slot, or give this source a slot of its own",
              e);
      default -> connectionOrOther(what, address, state, said, e);
    };
  }

  private static FreshetException connectionOrOther(
      String what, ServerAddress address, String state, String said, SQLException e) {
    if (has(e, UnknownHostException.class)) {
      return error(
          ErrorCode.SOURCE_UNREACHABLE,
          "Cannot reach PostgreSQL as " + address + ": the host name is unknown.",
          "correct the host in the URL",
          e);
    }
    if (has(e, ConnectException.class)) {
      return error(
          ErrorCode.SOURCE_UNREACHABLE,
          "Cannot reach PostgreSQL as " + address + ": the connection was refused.",
          "start the server, or correct host and port in the URL",
          e);
    }
    if (state.equals("08004") && said.contains("password")) {
      return error(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot log in to PostgreSQL as " + address + ": the server wants a password.",
          "set the environment variable that password: of the source names, or write the password"
              + " into the URL of freshet init",
          e);
    }
    if (state.equals("55000") && said.contains("wal_level")) {
      return error(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot replicate from " + address + ": " + said + ".",
          "ALTER SYSTEM SET wal_level = 'logical', then restart the server",
          e);
    }
    if (isConnectionTrouble(state)) {
      return error(
          ErrorCode.SOURCE_UNREACHABLE,
          "Failed to " + what + ": lost PostgreSQL at " + address + " (" + said + ").",
          "",
          e);
    }
    return error(
        ErrorCode.SOURCE_FAILED,
        "Failed to " + what + " at " + address + ": " + said + " (SQLSTATE " + state + ").",
        "",
        e);
  }

  /** Whether something went wrong within the server, by its own account. */
  static boolean isInternal(SQLException e) {
    return String.valueOf(e.getSQLState()).startsWith("XX");
  }

  /** Connection exceptions, operator intervention, and a server that starts or stops. */
  private static boolean isConnectionTrouble(String state) {
    return state.startsWith("08") || state.startsWith("57P") || state.isEmpty();
  }

  private static FreshetException error(
      ErrorCode code, String message, String fix, SQLException cause) {
    return new FreshetException(code, fix.isEmpty() ? message : message + " Fix: " + fix, cause);
  }

  private static boolean has(@Nullable Throwable e, Class<? extends Throwable> type) {
    Throwable at = e;
    for (int depth = 0; at != null && depth < 10; depth++) {
      if (type.isInstance(at)) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private static String serverText(SQLException e) {
    String text = String.valueOf(e.getMessage());
    String firstLine = text.lines().findFirst().orElse(text);
    String plain = firstLine.replaceFirst("^(FATAL|ERROR): ", "");
    return plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain;
  }
}
