package dev.freshet.capture.postgres;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server's types by their object ids. What each becomes:
 *
 * <pre>
 * bool BOOLEAN            numeric(p, s)  DECIMAL(p, s)      date         DATE
 * int2 SMALLINT           numeric        DECIMAL(38, 18)    time         TIME
 * int4 INTEGER            uuid           UUID               timestamp    TIMESTAMP
 * int8 BIGINT             bytea          VARBINARY          timestamptz  TIMESTAMP_LTZ
 * float4 REAL             json, jsonb    JSON               domain       as its base type
 * float8 DOUBLE           oid            BIGINT             array        ARRAY of the element's type
 * all others, enums among them: VARCHAR of the server's text form
 * </pre>
 */
final class TypeCatalog {
  /** Digits after the point of a numeric column that declares none. */
  static final int DEFAULT_SCALE = 18;

  private static final int TYPMOD_HEADER = 4;
  private static final ColumnType UNKNOWN = ColumnType.of(CellKind.TEXT_ONLY, Simple.VARCHAR);
  private static final int MAX_DOMAIN_DEPTH = 32;

  private record TypeRow(String name, char kind, int baseType, int typmod, int element) {}

  private final Map<Integer, TypeRow> types;

  private TypeCatalog(Map<Integer, TypeRow> types) {
    this.types = types;
  }

  /** Reads all types but the row types of tables. */
  static TypeCatalog load(PgConnection connection) throws SQLException {
    Map<Integer, TypeRow> types = new HashMap<>();
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT t.oid, t.typname, t.typtype, t.typbasetype, t.typtypmod,
                       CASE WHEN t.typsubscript = 'array_subscript_handler'::regproc THEN t.typelem ELSE 0 END
                FROM pg_type t WHERE t.typtype <> 'c'\
                """)) {
      while (row.next()) {
        types.put(
            (int) row.getLong(1),
            new TypeRow(
                row.getString(2),
                row.getString(3).charAt(0),
                (int) row.getLong(4),
                row.getInt(5),
                (int) row.getLong(6)));
      }
    }
    return new TypeCatalog(types);
  }

  boolean knows(int oid) {
    return types.containsKey(oid);
  }

  /**
   * The type of a column.
   *
   * @param typmod the column's modifier, -1 for none
   */
  ColumnType resolve(int oid, int typmod) {
    int at = oid;
    int modifier = typmod;
    for (int depth = 0; depth < MAX_DOMAIN_DEPTH; depth++) {
      TypeRow row = types.get(at);
      if (row == null) {
        return UNKNOWN;
      }
      if (row.kind() != 'd') {
        return ofBase(row, modifier);
      }
      modifier = modifier >= 0 ? modifier : row.typmod();
      at = row.baseType();
    }
    return UNKNOWN;
  }

  private ColumnType ofBase(TypeRow row, int typmod) {
    if (row.element() != 0) {
      ColumnType element = resolve(row.element(), typmod);
      return element.element() == null ? ColumnType.arrayOf(element) : UNKNOWN;
    }
    if (row.kind() == 'e') {
      return ColumnType.of(CellKind.TEXT, Simple.VARCHAR);
    }
    ColumnType known = byName(row.name(), typmod);
    return known == null ? UNKNOWN : known;
  }

  static @Nullable ColumnType byName(String name, int typmod) {
    return switch (name) {
      case "bool" -> ColumnType.of(CellKind.BOOL, Simple.BOOLEAN);
      case "int2" -> ColumnType.of(CellKind.INT2, Simple.SMALLINT);
      case "int4" -> ColumnType.of(CellKind.INT4, Simple.INTEGER);
      case "int8" -> ColumnType.of(CellKind.INT8, Simple.BIGINT);
      case "oid" -> ColumnType.of(CellKind.OID, Simple.BIGINT);
      case "float4" -> ColumnType.of(CellKind.FLOAT4, Simple.REAL);
      case "float8" -> ColumnType.of(CellKind.FLOAT8, Simple.DOUBLE);
      case "numeric" -> ColumnType.of(CellKind.NUMERIC, decimal(typmod));
      case "text", "varchar", "name", "citext", "xml" ->
          ColumnType.of(CellKind.TEXT, Simple.VARCHAR);
      case "bpchar" -> ColumnType.of(CellKind.BLANK_PADDED, Simple.VARCHAR);
      case "json" -> ColumnType.of(CellKind.TEXT, Simple.JSON);
      case "jsonb" -> ColumnType.of(CellKind.JSONB, Simple.JSON);
      case "uuid" -> ColumnType.of(CellKind.UUID, Simple.UUID);
      case "bytea" -> ColumnType.of(CellKind.BYTEA, Simple.BINARY);
      case "date" -> ColumnType.of(CellKind.DATE, Simple.DATE);
      case "time" -> ColumnType.of(CellKind.TIME, Simple.TIME);
      case "timestamp" -> ColumnType.of(CellKind.TIMESTAMP, Simple.TIMESTAMP);
      case "timestamptz" -> ColumnType.of(CellKind.TIMESTAMP_TZ, Simple.TIMESTAMP_LTZ);
      default -> null;
    };
  }

  /**
   * A numeric's modifier holds the precision in its upper 16 bits and the scale, -1000 to 1000, in
   * the lower 11. Where that does not fit a DECIMAL, the nearest that does is taken, and values
   * that do not fit are rejected one by one.
   */
  private static DataType.Decimal decimal(int typmod) {
    if (typmod < TYPMOD_HEADER) {
      return new DataType.Decimal(DataType.Decimal.MAX_PRECISION, DEFAULT_SCALE);
    }
    int precision = ((typmod - TYPMOD_HEADER) >> 16) & 0xFFFF;
    int scale = (((typmod - TYPMOD_HEADER) & 0x7FF) ^ 1024) - 1024;
    if (scale < 0) {
      return new DataType.Decimal(Math.min(precision - scale, DataType.Decimal.MAX_PRECISION), 0);
    }
    int digits = Math.max(precision, scale);
    if (digits <= DataType.Decimal.MAX_PRECISION) {
      return new DataType.Decimal(digits, scale);
    }
    return new DataType.Decimal(DataType.Decimal.MAX_PRECISION, Math.min(scale, DEFAULT_SCALE));
  }
}
