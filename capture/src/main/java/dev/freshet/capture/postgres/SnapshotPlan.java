package dev.freshet.capture.postgres;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What to read for a snapshot.
 *
 * @param point the consistent point and the exported snapshot
 * @param underWay where the source goes on when the snapshot comes to nothing
 * @param done where it goes on behind the snapshot
 * @param kind what the snapshot is of
 * @param emptied the tables, by object id, of which the log may have rows that are not theirs any
 *     more: they are emptied first
 * @param read ranges of tables that the log has already, up to date with the consistent point
 * @param rereads single rows that it may not have
 */
record SnapshotPlan(
    Slot.Created point,
    Position underWay,
    Position done,
    Kind kind,
    List<Part> tables,
    Set<Integer> emptied,
    Map<Integer, List<PageRange>> read,
    List<Slice> rereads) {
  /** What a snapshot is of. */
  enum Kind {
    /** Of a source that has no position yet; it goes on after a crash where it was. */
    FIRST,
    /** Of tables in the place of what the log has of them; it begins anew after a crash. */
    LATER,
    /** The same, while the stream of the other tables goes on; one table's trouble is its own. */
    BESIDE
  }

  SnapshotPlan {
    tables = List.copyOf(tables);
    emptied = Set.copyOf(emptied);
    read = Map.copyOf(read);
    rereads = List.copyOf(rereads);
  }

  /** Of a source that has no position yet. */
  static SnapshotPlan first(long systemId, Slot.Created point, List<Part> tables) {
    return of(systemId, point, point.consistentPoint(), Kind.FIRST, tables, Set.of(), Map.of());
  }

  /**
   * Of a source whose stream cannot go on: in the place of all that the log has of the tables. What
   * is under way is no place to go on from: that stays the log's end.
   */
  static SnapshotPlan again(long systemId, Slot.Created point, List<Part> tables) {
    return of(
        systemId, point, point.consistentPoint(), Kind.LATER, tables, idsOf(tables), Map.of());
  }

  /**
   * Of a source whose first snapshot was broken off. What changed between the slot's place and the
   * consistent point is to be replayed before anything is read.
   *
   * @param slotPoint where its slot stands
   * @param read what need not be read again; all other tables are emptied
   */
  static SnapshotPlan resumed(
      long systemId,
      Slot.Created point,
      long slotPoint,
      List<Part> tables,
      Map<Integer, List<PageRange>> read) {
    Set<Integer> emptied = new HashSet<>(idsOf(tables));
    emptied.removeAll(read.keySet());
    return of(systemId, point, slotPoint, Kind.FIRST, tables, emptied, read);
  }

  private static SnapshotPlan of(
      long systemId,
      Slot.Created point,
      long slotPoint,
      Kind kind,
      List<Part> tables,
      Set<Integer> emptied,
      Map<Integer, List<PageRange>> read) {
    Position begun = new Position(Position.Kind.SNAPSHOT, systemId, slotPoint);
    Map<Integer, Long> captured =
        tables.stream().collect(Collectors.toMap(part -> part.shape().relation(), _ -> 0L));
    Position done =
        new Position(
            Position.Kind.STREAMING, systemId, point.consistentPoint(), Position.named(captured));
    return new SnapshotPlan(point, begun, done, kind, tables, emptied, read, List.of());
  }

  /**
   * Of tables that join others, which are streamed meanwhile. It has no position of its own in the
   * source: the others' says when it has these tables.
   *
   * @param emptied the tables, by object id, of which the log may have rows
   */
  static SnapshotPlan beside(
      long systemId, Slot.Created point, List<Part> tables, Set<Integer> emptied) {
    Position begun = new Position(Position.Kind.SNAPSHOT, systemId, point.consistentPoint());
    return new SnapshotPlan(point, begun, begun, Kind.BESIDE, tables, emptied, Map.of(), List.of());
  }

  private static Set<Integer> idsOf(List<Part> tables) {
    return tables.stream().map(part -> part.shape().relation()).collect(Collectors.toSet());
  }

  /**
   * All that is to be read.
   *
   * @param bytes about how much of a table each slice has
   */
  List<Slice> slices(long bytes) {
    List<Slice> slices = new ArrayList<>();
    for (Part part : tables) {
      List<PageRange> have = read.getOrDefault(part.shape().relation(), List.of());
      for (PageRange left : PageRange.ALL.without(have)) {
        List<PageRange> ranges =
            part.pages().pages() == 0
                ? List.of(left)
                : left.cut(part.pages().pages(), part.pages().pagesWith(bytes));
        ranges.forEach(range -> slices.add(new Slice(part, range)));
      }
    }
    slices.addAll(rereads);
    return slices;
  }

  /**
   * One table to read.
   *
   * @param rowFilter the publication's condition, empty for none
   * @param kind pg_class.relkind
   * @param pages how large it is
   * @param fingerprint of what makes a range of its pages the same later; 0 when nothing does
   */
  record Part(TableShape shape, String rowFilter, char kind, TablePages pages, long fingerprint) {
    private static final int NAMES_SHIFT = 48;

    /** Whether ranges that were read need not be read again after a crash. */
    boolean isKept() {
      return fingerprint != 0;
    }

    /**
     * Only where rows have a key, by which changes find them, and pages.
     *
     * @param masks what was done to the rows that were read
     */
    Part withFingerprint(CatalogTable table, String masks) {
      boolean isKeyed =
          table.hasUniqueKey() && shape.key().length == table.key().size() && pages.pages() > 0;
      if (!isKeyed) {
        return this;
      }
      String columns =
          shape.columns().stream().map(PgColumn::name).collect(Collectors.joining(","));
      long hash =
          Fingerprint.of(pages.identity(), columns, Arrays.toString(shape.key()), rowFilter, masks);
      return new Part(
          shape,
          rowFilter,
          kind,
          pages,
          names() << NAMES_SHIFT | hash >>> (Long.SIZE - NAMES_SHIFT));
    }

    /** Of the table's names, at the server and here; part of each fingerprint of it. */
    long names() {
      return namesOf(Fingerprint.of(shape.qualified(), shape.name()));
    }

    /** What {@link #names} was of the table with this fingerprint. */
    static long namesOf(long someFingerprint) {
      return someFingerprint >>> NAMES_SHIFT;
    }

    Part withShape(TableShape newShape) {
      return new Part(newShape, rowFilter, kind, pages, fingerprint);
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
