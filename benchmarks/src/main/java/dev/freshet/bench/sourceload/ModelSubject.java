package dev.freshet.bench.sourceload;

import dev.freshet.contracts.Contract;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Rows that are given away, and stand nowhere but in this model of what the source is to make of
 * them. Its tables get columns by their contracts, when the source starts the next time.
 */
abstract class ModelSubject implements Subject {
  static final int IDS = 60;
  private static final int LENGTH_MAX = 300;

  private final Map<String, Map<Long, String>> rows = new TreeMap<>();
  private final Set<String> badRows = new HashSet<>();
  private long n;
  private int columnsWanted;
  private int columns;

  ModelSubject() {
    Tables.NAMES.forEach(table -> rows.put(table, new TreeMap<>()));
  }

  /** A row that is to be written, of which the model does not know yet. */
  record NewRow(long id, long n, int length, int columns) {
    String note() {
      return "x".repeat(length);
    }

    String json(String more) {
      StringBuilder json = new StringBuilder("{\"id\":" + id + ",\"n\":" + n + more);
      for (int column = 1; column <= columns; column++) {
        json.append(",\"extra").append(column).append("\":\"y\"");
      }
      return json.append(",\"note\":\"").append(note()).append("\"}").toString();
    }

    String csv() {
      return id + "," + n + ",\"" + note() + "\"\n";
    }
  }

  final NewRow newRow(SplittableRandom random, long id) {
    return new NewRow(id, ++n, random.nextInt(1, LENGTH_MAX), random.nextInt(columns + 1));
  }

  /** The row is written. */
  final void written(String table, NewRow row) {
    rowsOf(table).put(row.id(), row.n() + " " + row.length());
  }

  final void deleted(String table, long id) {
    rowsOf(table).remove(id);
  }

  final Map<Long, String> rowsOf(String table) {
    return rows.computeIfAbsent(table, _ -> new TreeMap<>());
  }

  final String textOf(NewRow row) {
    return row.n() + " " + row.length();
  }

  /** A text in place of a number, which no other bad row has. */
  final String newBadText() {
    String text = "bad-" + (badRows.size() + 1) + "-";
    badRows.add(text);
    return text;
  }

  /** The contracts that hold from now on. */
  final Map<String, Contract> contracts() {
    columns = columnsWanted;
    Map<String, Contract> contracts = new LinkedHashMap<>();
    for (String table : Tables.NAMES) {
      List<Column> all = new ArrayList<>();
      all.add(Column.notNull("id", Simple.BIGINT));
      all.add(Column.notNull("n", Simple.BIGINT));
      all.add(Column.nullable("note", Simple.VARCHAR));
      for (int column = 1; column <= columns; column++) {
        all.add(Column.nullable("extra" + column, Simple.VARCHAR));
      }
      contracts.put(table, new Contract(table, new Schema(all), List.of("id"), "", ""));
    }
    return contracts;
  }

  @Override
  public final void widen() {
    columnsWanted++;
  }

  @Override
  public final Map<String, Map<Long, String>> rows() {
    return rows;
  }

  @Override
  public final Set<String> badRows() {
    return badRows;
  }

  @Override
  public final long newest() {
    return n;
  }

  @Override
  public Sees sees() {
    return Sees.EVERY_CHANGE_SINCE_THE_FIRST;
  }
}
