package dev.freshet.capture.postgres;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What to read for a snapshot.
 *
 * @param point the slot's consistent point and exported snapshot
 * @param underWay where the source goes on when the snapshot comes to nothing
 * @param done where it goes on behind the snapshot
 * @param before what the log may have of the tables
 */
record SnapshotPlan(
    Slot.Created point, Position underWay, Position done, Before before, List<Part> tables) {
  /** What the log may have of the tables that are read. */
  enum Before {
    NOTHING,
    /** Rows of an earlier time, which are not theirs any more: each table is emptied first. */
    ANYTHING
  }

  /** Of a source that has no position yet. */
  static SnapshotPlan first(long systemId, Slot.Created point, List<Part> tables) {
    Position begun = new Position(Position.Kind.SNAPSHOT, systemId, point.consistentPoint());
    Map<Integer, Long> captured =
        tables.stream().collect(Collectors.toMap(part -> part.shape().relation(), _ -> 0L));
    return new SnapshotPlan(
        point,
        begun,
        new Position(Position.Kind.STREAMING, systemId, point.consistentPoint(), captured),
        Before.NOTHING,
        tables);
  }

  /**
   * Of a source whose stream cannot go on: in the place of all that the log has of the tables. What
   * is under way is no place to go on from: that stays the log's end.
   */
  static SnapshotPlan again(long systemId, Slot.Created point, List<Part> tables) {
    SnapshotPlan first = first(systemId, point, tables);
    return new SnapshotPlan(point, first.underWay(), first.done(), Before.ANYTHING, tables);
  }

  /**
   * Of tables that join others, which are streamed: their transactions before the consistent point
   * are in the snapshot, and left out of the stream.
   *
   * @param from where the others are, with the tables captured so far
   */
  static SnapshotPlan added(Position from, Slot.Created point, List<Part> tables) {
    Map<Integer, Long> captured = new TreeMap<>(from.tables());
    tables.forEach(part -> captured.put(part.shape().relation(), point.consistentPoint()));
    return new SnapshotPlan(point, from, from.withTables(captured), Before.ANYTHING, tables);
  }

  /**
   * One table to read.
   *
   * @param rowFilter the publication's condition, empty for none
   * @param kind pg_class.relkind
   * @param pages how large it is
   */
  record Part(TableShape shape, String rowFilter, char kind, TablePages pages) {
    /**
     * Cuts it into pieces that are read independently of each other.
     *
     * @param bytes about how much each has
     */
    List<Slice> slices(long bytes) {
      List<PageRange> ranges =
          pages.pages() == 0
              ? List.of(PageRange.ALL)
              : PageRange.cut(pages.pages(), pages.pagesWith(bytes));
      return ranges.stream().map(range -> new Slice(this, range)).toList();
    }

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

    /** Keeps the table from being truncated and rewritten while the connection reads it. */
    String lockStatement() {
      return "LOCK TABLE "
          + (kind == 'p' ? "" : "ONLY ")
          + shape.qualified()
          + " IN ACCESS SHARE MODE";
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
}
