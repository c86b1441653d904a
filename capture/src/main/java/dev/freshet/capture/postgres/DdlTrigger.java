package dev.freshet.capture.postgres;

import dev.freshet.capture.Installable.Change;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The event triggers that write a {@link TableMessage} behind each statement that alters, makes or
 * drops a table, and their function, in a schema of their own. One for all sources of a database:
 * it tells of all its permanent tables.
 *
 * <p>The function runs with the rights of whoever alters a table, superusers too. So it may belong
 * to nobody else than the one who installs it: what does not stand as it should is dropped and made
 * anew, never replaced.
 */
final class DdlTrigger {
  static final String SCHEMA = "freshet_ddl";

  private static final String FUNCTION = SCHEMA + ".tell";
  private static final String SEARCH_PATH = "pg_catalog, pg_temp";

  /** By its names: a user without rights to the schema may not ask for it otherwise. */
  private static final String OF_FUNCTION =
      " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
          + " WHERE n.nspname = '"
          + SCHEMA
          + "' AND p.proname = 'tell' AND p.pronargs = 0";

  private static final String COMMENT =
      "Freshet: tells, in the write-ahead log, how tables are altered";

  /**
   * @param event when it fires
   */
  private record Trigger(String name, String event, String enabled, boolean isOurs) {
    String create() {
      return "CREATE EVENT TRIGGER "
          + name
          + " ON "
          + event
          + " EXECUTE FUNCTION "
          + FUNCTION
          + "()";
    }

    /** Also for what a role that replays changes of another server alters. */
    String enable() {
      return "ALTER EVENT TRIGGER " + name + " ENABLE ALWAYS";
    }
  }

  private static final List<Trigger> TRIGGERS =
      List.of(
          new Trigger("freshet_ddl_altered", "ddl_command_end", "A", true),
          new Trigger("freshet_ddl_dropped", "sql_drop", "A", true));

  /**
   * A failure must not break the statement that it tells of. The sub-transaction that changed the
   * table is the newest that wrote any row of the catalog on it: age() counts back from the
   * transaction as a whole. The empty message at the end is for the order: the server sorts the
   * changes of sub-transactions (as this block is one) by where their records begin, but messages
   * by where they end, which is where the next row begins; so what comes last could come behind
   * that.
   */
  private static final String BODY =
      """

      DECLARE
        touched oid[];
        told json;
        messages int := 0;
      BEGIN
        IF TG_EVENT = 'ddl_command_end' THEN
          SELECT array_agg(DISTINCT objid) INTO touched FROM pg_event_trigger_ddl_commands()
          WHERE classid = 'pg_class'::regclass;
        ELSE
          FOR told IN
            SELECT json_build_object('relation', objid::bigint, 'schema', schema_name,
                                     'table', object_name, 'dropped', true)
            FROM pg_event_trigger_dropped_objects()
            WHERE object_type = 'table' AND NOT is_temporary
          LOOP
            PERFORM pg_logical_emit_message(true, 'freshet_ddl', convert_to(told::text, 'UTF8'));
            messages := messages + 1;
          END LOOP;
          IF TG_TAG <> 'ALTER TABLE' THEN -- which says so itself
            SELECT array_agg(DISTINCT objid) INTO touched FROM pg_event_trigger_dropped_objects()
            WHERE object_type = 'table column' AND NOT is_temporary;
          END IF;
        END IF;
        IF touched IS NOT NULL THEN
          FOR told IN
            WITH RECURSIVE also(id) AS (
              SELECT unnest(touched) UNION SELECT inhrelid FROM pg_inherits JOIN also ON inhparent = id)
            SELECT json_build_object(
              'xid', COALESCE(
                (SELECT w.xmin::text::bigint
                 FROM (SELECT xmin FROM pg_class WHERE oid = c.oid
                       UNION ALL SELECT xmin FROM pg_attribute WHERE attrelid = c.oid
                       UNION ALL SELECT xmin FROM pg_index WHERE indrelid = c.oid) w
                 WHERE age(w.xmin) BETWEEN -1000000 AND 0 ORDER BY age(w.xmin) LIMIT 1), 0),
              'relation', c.oid::bigint, 'schema', n.nspname, 'table', c.relname, 'dropped', false,
              'key', COALESCE(
                (SELECT to_json((i.indkey::int2[])[0:i.indnkeyatts - 1]) FROM pg_index i
                 WHERE i.indrelid = c.oid
                   AND CASE c.relreplident WHEN 'i' THEN i.indisreplident
                                           WHEN 'n' THEN false ELSE i.indisprimary END), '[]'),
              'columns', COALESCE(
                (SELECT json_agg(json_build_array(
                   a.attnum, a.attname, a.atttypid::bigint, a.atttypmod, a.attnotnull,
                   a.attgenerated <> '', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
                 FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'))
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid IN (SELECT id FROM also) AND c.relkind IN ('r', 'p')
              AND c.relpersistence = 'p'
          LOOP
            PERFORM pg_logical_emit_message(true, 'freshet_ddl', convert_to(told::text, 'UTF8'));
            messages := messages + 1;
          END LOOP;
        END IF;
        IF messages > 0 THEN
          PERFORM pg_logical_emit_message(true, 'freshet_ddl', ''::bytea);
        END IF;
      EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'Freshet is not told of this %: %', TG_TAG, SQLERRM;
      END
      """;

  private DdlTrigger() {}

  /** Whether it stands as it should. */
  static boolean isInstalled(PgConnection connection) throws SQLException {
    return comment(connection).filter(COMMENT::equals).isPresent()
        && hasFunction(connection)
        && triggers(connection).equals(TRIGGERS);
  }

  /** The statements that are left to run. */
  static List<String> statements(PgConnection connection, Change change) throws SQLException {
    Optional<String> comment = comment(connection);
    if (comment.isPresent() && !comment.get().equals(COMMENT)) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot install or remove the event trigger: the database has a schema "
              + SCHEMA
              + " that is not Freshet's. Rename or drop it.");
    }
    List<String> statements = new ArrayList<>();
    switch (change) {
      case INSTALL -> {
        if (!isInstalled(connection)) {
          statements.addAll(removal(connection, comment));
          statements.addAll(creation());
        }
      }
      case UNINSTALL -> statements.addAll(removal(connection, comment));
    }
    return statements;
  }

  private static List<String> removal(PgConnection connection, Optional<String> comment)
      throws SQLException {
    List<String> statements = new ArrayList<>();
    for (Trigger found : triggers(connection)) {
      if (TRIGGERS.stream().anyMatch(trigger -> trigger.name().equals(found.name()))) {
        statements.add("DROP EVENT TRIGGER " + found.name());
      }
    }
    if (comment.isPresent()) {
      statements.add("DROP SCHEMA " + SCHEMA + " CASCADE");
    }
    return statements;
  }

  private static List<String> creation() {
    List<String> statements = new ArrayList<>();
    statements.add("CREATE SCHEMA " + SCHEMA);
    statements.add("COMMENT ON SCHEMA " + SCHEMA + " IS " + Sql.literal(COMMENT));
    statements.add(
        "CREATE FUNCTION "
            + FUNCTION
            + "() RETURNS event_trigger LANGUAGE plpgsql SET search_path = "
            + SEARCH_PATH
            + " SET jit = off"
            + "\nAS $freshet$"
            + BODY
            + "$freshet$");
    for (Trigger trigger : TRIGGERS) {
      statements.add(trigger.create());
      statements.add(trigger.enable());
    }
    return statements;
  }

  /** Of the schema; empty when there is none. */
  private static Optional<String> comment(PgConnection connection) throws SQLException {
    try (PreparedStatement statement =
        connection
            .jdbc()
            .prepareStatement(
                "SELECT COALESCE(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace"
                    + " WHERE nspname = ?")) {
      statement.setString(1, SCHEMA);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  private static boolean hasFunction(PgConnection connection) throws SQLException {
    try (PreparedStatement statement =
        connection
            .jdbc()
            .prepareStatement(
                "SELECT p.prosrc = ? AND p.proconfig = ARRAY['search_path=' || ?, 'jit=off']"
                    + OF_FUNCTION)) {
      statement.setString(1, BODY);
      statement.setString(2, SEARCH_PATH);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /** Those that are named as ours, or call our function. */
  private static List<Trigger> triggers(PgConnection connection) throws SQLException {
    List<Trigger> found = new ArrayList<>();
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT evtname, evtevent, evtenabled,
                       evttags IS NULL AND evtfoid IN (SELECT p.oid%s)
                FROM pg_event_trigger WHERE evtname LIKE 'freshet\\_ddl\\_%%' ORDER BY evtname\
                """
                    .formatted(OF_FUNCTION))) {
      while (row.next()) {
        found.add(
            new Trigger(row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4)));
      }
    }
    return found;
  }
}
