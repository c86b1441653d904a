package dev.freshet.capture.postgres;

import dev.freshet.core.batch.Values;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a reader of the log makes of it: tables by key. Also checks that nothing is repeated or
 * unknown; in a snapshot that went on after a crash rows may come again, as long as none is half
 * known.
 */
final class Replica {
  private final Map<String, Map<String, List<Object>>> tables = new HashMap<>();

  /** Parts without their end, by the name under which they came. */
  private final Map<String, List<ChangeSet>> parts = new HashMap<>();

  private boolean mayRepeat;

  static Replica of(List<ChangeSet> log) {
    Replica replica = new Replica();
    log.forEach(replica::add);
    return replica;
  }

  /** Of a log in which rows may come again, as {@link #add} of all. */
  static Replica ofRepeated(List<ChangeSet> log) {
    Replica replica = new Replica();
    replica.mayRepeat = true;
    log.forEach(replica::add);
    return replica;
  }

  void add(ChangeSet changes) {
    List<ChangeSet> open = parts.computeIfAbsent(changes.source(), _ -> new ArrayList<>());
    switch (changes.part()) {
      case RESTART -> open.clear();
      case MORE -> open.add(changes);
      case LAST -> {
        open.forEach(this::apply);
        open.clear();
        apply(changes);
      }
    }
  }

  /** Rows of a table by key, as boxed values. */
  Map<String, List<Object>> table(String name) {
    return tables.getOrDefault(name, Map.of());
  }

  private void apply(ChangeSet changes) {
    for (TableChanges table : changes.tables()) {
      Map<String, List<Object>> rows = tables.computeIfAbsent(table.table(), _ -> new TreeMap<>());
      for (int i = 0; i < table.rowCount(); i++) {
        apply(rows, table, i);
      }
    }
  }

  private void apply(Map<String, List<Object>> rows, TableChanges table, int i) {
    List<Object> row = new ArrayList<>(Arrays.asList(Values.readRow(table.rows(), i)));
    row.replaceAll(Replica::comparable);
    String key = key(table, row);
    Operation operation = table.operation(i);
    switch (operation) {
      case INSERT, SNAPSHOT -> {
        if (rows.put(key, row) != null && !mayRepeat) {
          throw new AssertionError(operation + " of a row that is there: " + key);
        }
      }
      case UPDATE -> {
        String oldKey = key;
        if (table.beforeRow()[i] >= 0) {
          oldKey = key(table, Arrays.asList(Values.readRow(table.before(), table.beforeRow()[i])));
        }
        List<Object> old = rows.remove(oldKey);
        boolean isPart = false;
        for (int c = 0; c < row.size(); c++) {
          isPart |= table.isMissing(c, i);
        }
        if (old == null && (isPart || !mayRepeat)) {
          throw new AssertionError("UPDATE of a row that is not there: " + oldKey);
        }
        for (int c = 0; c < row.size(); c++) {
          if (table.isMissing(c, i)) {
            row.set(c, old.get(c));
          }
        }
        rows.put(key, row);
      }
      case DELETE -> {
        if (rows.remove(key) == null && !mayRepeat) {
          throw new AssertionError("DELETE of a row that is not there: " + key);
        }
      }
      case TRUNCATE -> rows.clear();
    }
  }

  private static Object comparable(Object value) {
    return switch (value) {
      case null -> null;
      case byte[] bytes -> Arrays.toString(bytes);
      case List<?> list -> {
        List<Object> elements = new ArrayList<>();
        list.forEach(element -> elements.add(comparable(element)));
        yield elements;
      }
      default -> value;
    };
  }

  private static String key(TableChanges table, List<Object> row) {
    StringBuilder key = new StringBuilder();
    for (int c : table.keyColumns()) {
      key.append(row.get(c)).append('|');
    }
    return key.toString();
  }
}
