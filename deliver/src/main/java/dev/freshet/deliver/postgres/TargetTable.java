package dev.freshet.deliver.postgres;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.deliver.LastChanges;
import dev.freshet.deliver.SinkInput;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The table that a sink writes: its columns, its key, and the statements that change it. Values go
 * over as arrays of text, a column each, so one statement carries any number of rows.
 */
final class TargetTable {
  private static final String STAGING = "freshet_staging";

  private final TableName name;
  private final Schema schema;
  private final int[] key;
  private final String columns;
  private final String keyNames;

  TargetTable(TableName name, SinkInput input) {
    this.name = name;
    this.schema = input.schema();
    this.key = input.keyColumns();
    this.columns = join(all(), ", ", this::column);
    this.keyNames = join(key, ", ", this::column);
  }

  boolean isThere(Connection connection) throws SQLException {
    return Catalog.exists(connection, name);
  }

  /** Creates the table, with the key as its primary key, or as unique where it may be NULL. */
  void create(Connection connection) throws SQLException {
    if (hasNullableKey() && connection.getMetaData().getDatabaseMajorVersion() < 15) {
      throw Errors.misconfigured(
          "Cannot create table "
              + name
              + ": its key may be NULL, and this server has no keys that may; PostgreSQL 15 has.",
          "give the key no NULL in the model, with COALESCE("
              + schema.column(key[0]).name()
              + ", ...)");
    }
    String definitions =
        join(
            all(),
            ", ",
            i ->
                column(i)
                    + " "
                    + PgType.name(schema.type(i))
                    + (isKey(i) && isNotNull(i) ? " NOT NULL" : ""));
    execute(
        connection,
        "CREATE TABLE "
            + name.sql()
            + " ("
            + definitions
            + (hasNullableKey() ? ", UNIQUE NULLS NOT DISTINCT (" : ", PRIMARY KEY (")
            + keyNames
            + "))");
  }

  /**
   * @throws FreshetException {@link ErrorCode#SINK_MISCONFIGURED} with all that does not fit
   */
  void requireFits(Connection connection) throws SQLException {
    Map<String, Catalog.Column> present = Catalog.columns(connection, name);
    List<String> problems = new ArrayList<>();
    List<String> fixes = new ArrayList<>();
    for (Column column : schema.columns()) {
      Catalog.Column there = present.get(column.name());
      String type = PgType.name(column.type());
      String quoted = TableName.quote(column.name());
      if (there == null) {
        problems.add("it has no column " + column.name());
        fixes.add("ADD COLUMN " + quoted + " " + type);
      } else if (!PgType.fits(column.type(), there.type())) {
        problems.add(
            "column " + column.name() + " is " + there.type() + " and would have to be " + type);
        fixes.add("ALTER COLUMN " + quoted + " TYPE " + type);
      }
    }
    present.forEach((column, there) -> {
      if (schema.indexOf(column) < 0 && !there.mayBeLeftOut()) {
        problems.add(
            "column " + column + " is NOT NULL without a default, and nothing comes for it");
        fixes.add("ALTER COLUMN " + TableName.quote(column) + " DROP NOT NULL");
      }
    });
    List<String> wanted =
        Arrays.stream(key).mapToObj(i -> schema.column(i).name()).sorted().toList();
    if (!Catalog.uniqueKeys(connection, name, hasNullableKey()).contains(wanted)) {
      problems.add("it has no primary key or unique index on exactly " + wanted);
      fixes.add(
          (hasNullableKey() ? "ADD UNIQUE NULLS NOT DISTINCT (" : "ADD PRIMARY KEY (")
              + keyNames
              + ")");
    }
    if (!problems.isEmpty()) {
      throw Errors.misconfigured(
          "Cannot write to table " + name + ": " + String.join("; ", problems) + ".",
          "ALTER TABLE "
              + name.sql()
              + " "
              + String.join(", ", fixes)
              + "; or name a table that is not there yet, and it is created");
    }
  }

  /** Makes the table's rows those of the staging table, changing only what differs. */
  void replaceByStaging(Connection connection) throws SQLException {
    execute(connection, "ANALYZE " + STAGING);
    execute(
        connection,
        "DELETE FROM "
            + name.sql()
            + " AS t WHERE NOT EXISTS (SELECT 1 FROM "
            + STAGING
            + " AS s WHERE "
            + join(key, " AND ", i -> same("t", "s", i))
            + ")");
    execute(
        connection,
        "INSERT INTO "
            + name.sql()
            + " AS t ("
            + columns
            + ") SELECT "
            + columns
            + " FROM "
            + STAGING
            + onConflict(true));
  }

  void createStaging(Connection connection) throws SQLException {
    execute(
        connection,
        "CREATE TEMPORARY TABLE "
            + STAGING
            + " ("
            + join(all(), ", ", i -> column(i) + " " + PgType.name(schema.type(i)))
            + ") ON COMMIT DROP");
  }

  void stage(Connection connection, Batch rows) throws SQLException {
    int[] positions = IntStream.range(0, rows.rowCount()).toArray();
    insert(connection, STAGING, rows, positions, "");
  }

  /** Writes the last change of each key. */
  void apply(Connection connection, Batch changes) throws SQLException {
    LastChanges last = LastChanges.of(changes, key);
    delete(connection, changes, last.deletes());
    insert(connection, name.sql() + " AS t", changes, last.upserts(), onConflict(false));
  }

  private void insert(
      Connection connection, String into, Batch rows, int[] positions, String onConflict)
      throws SQLException {
    if (positions.length > 0) {
      execute(
          connection,
          "INSERT INTO " + into + " (" + columns + ") " + selected(all()) + onConflict,
          rows,
          positions,
          all());
    }
  }

  /** Keys with a NULL by themselves: no index finds them, and others are not to wait for that. */
  private void delete(Connection connection, Batch rows, int[] positions) throws SQLException {
    int[] whole = Arrays.stream(positions).filter(row -> !hasNull(rows, row)).toArray();
    int[] withNull = Arrays.stream(positions).filter(row -> hasNull(rows, row)).toArray();
    delete(connection, rows, whole, " = ");
    delete(connection, rows, withNull, " IS NOT DISTINCT FROM ");
  }

  private void delete(Connection connection, Batch rows, int[] positions, String same)
      throws SQLException {
    if (positions.length > 0) {
      execute(
          connection,
          "DELETE FROM "
              + name.sql()
              + " AS t USING ("
              + selected(key)
              + ") AS d WHERE "
              + join(key, " AND ", i -> "t." + column(i) + same + "d.c" + i),
          rows,
          positions,
          key);
    }
  }

  /** Rows of these columns, named c0, c1 and so on, out of an array of text for each. */
  private String selected(int[] indexes) {
    return "SELECT "
        + join(indexes, ", ", i -> "u.c" + i + "::" + PgType.name(schema.type(i)) + " AS c" + i)
        + " FROM unnest("
        + join(indexes, ", ", _ -> "?::text[]")
        + ") AS u("
        + join(indexes, ", ", i -> "c" + i)
        + ")";
  }

  private void execute(
      Connection connection, String sql, Batch rows, int[] positions, int[] indexes)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < indexes.length; i++) {
        statement.setArray(
            i + 1, connection.createArrayOf("text", texts(rows, positions, indexes[i])));
      }
      statement.executeUpdate();
    }
  }

  private @Nullable Object[] texts(Batch rows, int[] positions, int column) {
    @Nullable Object[] texts = new Object[positions.length];
    for (int i = 0; i < positions.length; i++) {
      Object value = Values.read(schema.type(column), rows.column(column), positions[i]);
      String text = PgType.text(schema.type(column), value);
      if (text != null && text.indexOf('\0') >= 0) {
        throw new FreshetException(
            ErrorCode.SINK_FAILED,
            "Failed to write to table "
                + name
                + ": a value of column "
                + schema.column(column).name()
                + " has the character U+0000, which PostgreSQL does not take. Take it out in the"
                + " model, with REPLACE.");
      }
      texts[i] = text;
    }
    return texts;
  }

  private String onConflict(boolean onlyDifferent) {
    int[] others = Arrays.stream(all()).filter(i -> !isKey(i)).toArray();
    if (others.length == 0) {
      return " ON CONFLICT (" + keyNames + ") DO NOTHING";
    }
    String where =
        onlyDifferent
            ? " WHERE ("
                + join(others, ", ", i -> "t." + column(i))
                + ") IS DISTINCT FROM ("
                + join(others, ", ", i -> "excluded." + column(i))
                + ")"
            : "";
    return " ON CONFLICT ("
        + keyNames
        + ") DO UPDATE SET "
        + join(others, ", ", i -> column(i) + " = excluded." + column(i))
        + where;
  }

  private String same(String a, String b, int i) {
    String equal = a + "." + column(i) + " = " + b + "." + column(i);
    return isNotNull(i)
        ? equal
        : "("
            + equal
            + " OR ("
            + a
            + "."
            + column(i)
            + " IS NULL AND "
            + b
            + "."
            + column(i)
            + " IS NULL))";
  }

  private boolean hasNull(Batch rows, int row) {
    return Arrays.stream(key).anyMatch(i -> rows.column(i).isNull(row));
  }

  private boolean hasNullableKey() {
    return Arrays.stream(key).anyMatch(i -> !isNotNull(i));
  }

  private boolean isNotNull(int i) {
    return !schema.column(i).mayBeNull();
  }

  private boolean isKey(int column) {
    return Arrays.stream(key).anyMatch(i -> i == column);
  }

  private int[] all() {
    return IntStream.range(0, schema.columnCount()).toArray();
  }

  private String column(int i) {
    return TableName.quote(schema.column(i).name());
  }

  private static String join(int[] indexes, String separator, IntFunction<String> text) {
    return Arrays.stream(indexes).mapToObj(text).collect(Collectors.joining(separator));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
