package dev.freshet.capture.trigger;

import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.TableChanges;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that is committed, as one snapshot of the database shows it: first the changes that were not
 * delivered before, then the rows of tables that are to be read whole. Cut into pieces of bounded
 * size, which end where transactions end. One thread owns it.
 */
final class Reading {
  private static final int FETCH_ROWS = 1_000;
  private static final int PIECE_ROWS = 10_000;
  private static final long PIECE_CHARS = 4 << 20;

  private static final int ID = 1;
  private static final int TRANSACTION = 2;
  private static final int MICROS = 3;
  private static final int TABLE = 4;
  private static final int OPERATION = 5;
  private static final int OLD = 6;
  private static final int NEW = 7;

  private static final String READ_ANEW = "s";

  /**
   * What is read, and how.
   *
   * @param waiting tables whose changes are left where they are, as the change table names them
   * @param unreadable names in Freshet of tables that are taken and cannot be read now
   * @param delivered rows that were delivered before; it does not change while this reads
   * @param wholeTables tables to read whole; changes of them until then are left out
   * @param knownBefore tables of which rows were delivered before, by their names in Freshet
   */
  record Plan(
      Dialect dialect,
      ChangeTable changes,
      Set<String> waiting,
      Map<String, CapturedTable> tablesById,
      Map<String, String> unreadable,
      IdRanges delivered,
      List<CapturedTable> wholeTables,
      Set<String> knownBefore) {}

  /**
   * The next piece.
   *
   * @param ids rows of the change table that are done with, once it and all before it are durable
   * @param micros when the last of its rows was changed, 0 where nothing tells
   * @param toReadAnew tables that are not as delivered any more, by their names in Freshet
   * @param readWhole tables that are read whole with it, by their names in Freshet: as the change
   *     table names them
   */
  record Piece(
      Part part,
      List<TableChanges> tables,
      IdRanges ids,
      long micros,
      Set<String> toReadAnew,
      Map<String, String> readWhole) {
    /** Nothing but that some tables are not as delivered any more. */
    static Piece toReadAnew(Set<String> tables) {
      return new Piece(Part.LAST, List.of(), new IdRanges(), 0, tables, Map.of());
    }

    boolean isEmpty() {
      return tables.isEmpty() && toReadAnew.isEmpty() && readWhole.isEmpty();
    }
  }

  private final Connection connection;
  private final Plan plan;
  private final Set<String> ignored = new HashSet<>();
  private final Set<String> toReadAnew = new HashSet<>();
  private final Map<String, TableBuffer> buffers = new LinkedHashMap<>();
  private IdRanges ids = new IdRanges();
  private int rowCount;
  private long charCount;
  private long micros;
  private @Nullable String transaction;
  private @Nullable Statement statement;
  private @Nullable ResultSet rows;
  private boolean isRowWaiting;
  private int wholeTable = -1;
  private boolean isAtEnd;

  /** Whether parts of a transaction were given whose last was not. */
  private boolean isHalf;

  private Reading(Connection connection, Plan plan) {
    this.connection = connection;
    this.plan = plan;
    plan.wholeTables().forEach(table -> ignored.add(table.id()));
  }

  static Reading begin(Connection connection, Plan plan) throws SQLException {
    Reading reading = new Reading(connection, plan);
    reading.ask(plan.dialect().changes(plan.changes(), plan.waiting()));
    return reading;
  }

  private void ask(String query) throws SQLException {
    close();
    Statement asking = connection.createStatement();
    statement = asking;
    asking.setFetchSize(FETCH_ROWS);
    rows = asking.executeQuery(query);
  }

  /** Whether {@link #next} has given all. */
  boolean isAtEnd() {
    return isAtEnd;
  }

  Piece next() throws SQLException {
    return wholeTable < 0 ? nextChanges() : nextRows();
  }

  private Piece nextChanges() throws SQLException {
    ResultSet open = rows();
    while (isRowWaiting || open.next()) {
      isRowWaiting = true;
      String of = open.getString(TRANSACTION);
      if (transaction != null && !transaction.equals(of) && rowCount > 0) {
        transaction = of;
        return piece(Part.LAST, Map.of());
      }
      transaction = of;
      if (rowCount >= PIECE_ROWS || charCount >= PIECE_CHARS) {
        return piece(Part.MORE, Map.of());
      }
      isRowWaiting = false;
      take(open);
    }
    if (plan.wholeTables().isEmpty()) {
      isAtEnd = true;
      close();
    } else {
      wholeTable = 0;
      ask(plan.dialect().snapshot(plan.wholeTables().getFirst()));
      if (rowCount == 0 && !isHalf && toReadAnew.isEmpty()) {
        return nextRows(); // what the snapshot makes needless is kept until it is there
      }
    }
    return piece(Part.LAST, Map.of());
  }

  private void take(ResultSet row) throws SQLException {
    long id = row.getLong(ID);
    if (plan.delivered().contains(id)) {
      return;
    }
    ids.add(id);
    String name = row.getString(TABLE);
    CapturedTable table = plan.tablesById().get(name);
    if (table == null) {
      String lost = plan.unreadable().get(name);
      if (lost != null) {
        toReadAnew.add(lost);
      }
      return;
    }
    if (ignored.contains(name)) {
      return;
    }
    String operation = row.getString(OPERATION);
    String old = row.getString(OLD);
    String now = row.getString(NEW);
    boolean isTaken = !operation.equals(READ_ANEW) && buffer(table).add(operation, old, now);
    if (!isTaken) {
      ignored.add(name);
      toReadAnew.add(table.table().name());
      return;
    }
    count(old, now);
    micros = Math.max(micros, row.getLong(MICROS));
  }

  private Piece nextRows() throws SQLException {
    TableBuffer buffer = buffer(plan.wholeTables().get(wholeTable));
    ResultSet open = rows();
    if (!isRowWaiting) {
      isRowWaiting = true; // the table's first
      if (plan.knownBefore().contains(buffer.table().table().name())) {
        buffer.truncate();
      }
    }
    while (rowCount < PIECE_ROWS && charCount < PIECE_CHARS) {
      if (!open.next()) {
        return endOfTable();
      }
      String text = open.getString(1);
      buffer.addSnapshot(text);
      count(null, text);
    }
    return piece(Part.MORE, Map.of());
  }

  private Piece endOfTable() throws SQLException {
    isRowWaiting = false;
    wholeTable++;
    if (wholeTable < plan.wholeTables().size()) {
      ask(plan.dialect().snapshot(plan.wholeTables().get(wholeTable)));
      return piece(Part.MORE, Map.of());
    }
    isAtEnd = true;
    close();
    Map<String, String> read = new HashMap<>();
    plan.wholeTables().forEach(table -> read.put(table.table().name(), table.id()));
    return piece(Part.LAST, read);
  }

  private void count(@Nullable String old, @Nullable String now) {
    rowCount++;
    charCount += (old == null ? 0 : old.length()) + (now == null ? 0 : now.length());
  }

  private TableBuffer buffer(CapturedTable table) {
    return buffers.computeIfAbsent(table.id(), _ -> new TableBuffer(table));
  }

  /** A part that is not the last is not durable by itself, so its ids come with the last. */
  private Piece piece(Part part, Map<String, String> readWhole) {
    List<TableChanges> tables = new ArrayList<>();
    for (TableBuffer buffer : buffers.values()) {
      if (buffer.rowCount() > 0) {
        tables.add(buffer.take());
      }
    }
    rowCount = 0;
    charCount = 0;
    isHalf = part == Part.MORE && (isHalf || !tables.isEmpty());
    if (part == Part.MORE) {
      return new Piece(part, tables, new IdRanges(), micros, Set.of(), Map.of());
    }
    Piece piece = new Piece(part, tables, ids, micros, Set.copyOf(toReadAnew), readWhole);
    ids = new IdRanges();
    toReadAnew.clear();
    return piece;
  }

  private ResultSet rows() throws SQLException {
    ResultSet open = rows;
    if (open == null) {
      throw new SQLException("nothing was asked for", "HY010");
    }
    return open;
  }

  /** Ends the question that is open. */
  void close() throws SQLException {
    Statement open = statement;
    statement = null;
    rows = null;
    if (open != null) {
      open.close();
    }
  }
}
