package dev.freshet.capture.postgres;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What to read for a snapshot.
 *
 * @param point the slot's consistent point and exported snapshot
 */
record SnapshotPlan(long systemId, Slot.Created point, List<Part> tables) {
  /**
   * One table to read.
   *
   * @param rowFilter the publication's condition, empty for none
   * @param kind pg_class.relkind
   */
  record Part(TableShape shape, String rowFilter, char kind, long rowEstimate) {
    /**
     * Reads the table in the binary form that the stream has; what has none there is text here too.
     */
    String copyStatement() {
      return copyStatement("");
    }

    /** As above, of the rows that a condition in SQL is true for; empty for all. */
    String copyStatement(String condition) {
      String conditions =
          Stream.of(rowFilter, condition)
              .filter(each -> !each.isEmpty())
              .map(each -> "(" + each + ")")
              .collect(Collectors.joining(" AND "));
      String columns =
          shape.columns().stream().map(Part::expression).collect(Collectors.joining(", "));
      return "COPY (SELECT "
          + columns
          + " FROM "
          + (kind == 'p' ? "" : "ONLY ")
          + shape.qualified()
          + (conditions.isEmpty() ? "" : " WHERE " + conditions)
          + ") TO STDOUT (FORMAT binary)";
    }

    private static String expression(PgColumn column) {
      String name = Sql.quote(column.name());
      return switch (column.type().kind()) {
        case TEXT_ONLY -> name + "::text";
        case TEXT_ONLY_ARRAY -> name + "::text[]";
        case BOOL,
            INT2,
            INT4,
            INT8,
            OID,
            FLOAT4,
            FLOAT8,
            NUMERIC,
            TEXT,
            BLANK_PADDED,
            JSONB,
            UUID,
            BYTEA,
            DATE,
            TIME,
            TIMESTAMP,
            TIMESTAMP_TZ,
            ARRAY ->
            name;
      };
    }
  }

  byte[] positionUnderWay() {
    return new Position(Position.Kind.SNAPSHOT, systemId, point.consistentPoint()).encode();
  }

  Position positionDone() {
    return new Position(Position.Kind.STREAMING, systemId, point.consistentPoint());
  }
}
