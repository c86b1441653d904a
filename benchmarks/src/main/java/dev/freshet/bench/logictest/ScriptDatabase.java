package dev.freshet.bench.logictest;

import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.database.Freshet;
import dev.freshet.database.FreshetOptions;
import dev.freshet.database.QueryResult;
import dev.freshet.database.Row;
import dev.freshet.database.Transaction;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Freshet database that takes the scripts' statements. Three things are written differently for
 * it:
 *
 * <ul>
 *   <li>FLOAT and REAL are 64 bits wide in SQLite, which is DOUBLE.
 *   <li>UNIQUE is left out: Freshet has no constraint but the key, and no script breaks one.
 *   <li>A table without PRIMARY KEY, as {@code t}, becomes a table {@code t_rows} with a number for
 *       each row, and a view {@code t} of all its other columns.
 * </ul>
 *
 * <p>Its files are in memory, since the scripts have hundreds of thousands of statements. One
 * thread owns it.
 */
final class ScriptDatabase implements AutoCloseable {
  private static final Pattern CREATE =
      Pattern.compile("(?is)CREATE\\s+TABLE\\s+(\\w+)\\s*\\((.*)\\)\\s*");
  private static final Pattern INSERT =
      Pattern.compile("(?is)INSERT\\s+INTO\\s+(\\w+)\\s*(\\([^)]*\\))?\\s*VALUES\\s*(.*)");
  private static final Pattern INSERT_SELECT =
      Pattern.compile("(?is)INSERT\\s+INTO\\s+(\\w+)\\s+(SELECT\\b.*)");
  private static final Pattern CHANGE =
      Pattern.compile("(?is)(UPDATE|DELETE\\s+FROM)\\s+(\\w+)(.*)");
  private static final Pattern DROP = Pattern.compile("(?is)DROP\\s+TABLE\\s+(\\w+)\\s*");
  private static final Pattern KEY =
      Pattern.compile(
          "(?is)(\\w+)\\s+\\w+(?:\\s+NOT\\s+NULL)?\\s+PRIMARY\\s+KEY|PRIMARY\\s+KEY\\s*\\(([^)]*)\\)");
  private static final Pattern DEFINITION =
      Pattern.compile("(?is)\\s*(CREATE|DROP)\\s+(TABLE|VIEW)\\b");
  private static final String SUFFIX = "_rows";

  private final Freshet freshet;

  /** Tables without a key of their own, with how many rows they got. */
  private final Map<String, Long> keyless = new LinkedHashMap<>();

  /** The keys that tables have of their own. */
  private final Map<String, List<String>> keys = new HashMap<>();

  /** INSERTs that wait for the next statement or query, to be one step. */
  private final List<String> waiting = new ArrayList<>();

  ScriptDatabase() {
    Clock clock = Clock.system();
    this.freshet =
        Freshet.open(
            new SimulatedStorage(new SimulatedClock(), new Trace(), 1),
            clock,
            Scheduler.threads(),
            FreshetOptions.DEFAULT);
  }

  Freshet freshet() {
    return freshet;
  }

  /** Whether a statement creates or drops a table or view. */
  static boolean isDefinition(String sql) {
    return DEFINITION.matcher(sql).lookingAt();
  }

  /** The positions of a table's key columns. */
  int[] key(String table) {
    List<String> names = keys.getOrDefault(lower(table), List.of());
    List<String> all = freshet.schema(table).names().stream().map(ScriptDatabase::lower).toList();
    return names.isEmpty() ? new int[] {0} : names.stream().mapToInt(all::indexOf).toArray();
  }

  /** Runs a statement of a script; errors are Freshet's. */
  void execute(String sql) {
    Matcher insert = INSERT.matcher(sql);
    if (insert.matches()) {
      waiting.add(insert(sql, insert));
      return;
    }
    flush();
    Matcher select = INSERT_SELECT.matcher(sql);
    if (select.matches() && keyless.containsKey(lower(select.group(1)))) {
      insertAll(select.group(1), select.group(2));
      return;
    }
    Matcher create = CREATE.matcher(sql);
    if (create.matches()) {
      create(create.group(1), columns(create.group(2)));
      return;
    }
    Matcher drop = DROP.matcher(sql);
    if (drop.matches() && keyless.remove(lower(drop.group(1))) != null) {
      freshet.execute("DROP VIEW " + drop.group(1));
      freshet.execute("DROP TABLE " + drop.group(1) + SUFFIX);
      return;
    }
    Matcher change = CHANGE.matcher(sql);
    if (change.matches() && keyless.containsKey(lower(change.group(2)))) {
      freshet.execute(change.group(1) + " " + change.group(2) + SUFFIX + change.group(3));
      return;
    }
    freshet.execute(sql);
  }

  QueryResult query(String sql) {
    flush();
    return freshet.query(sql);
  }

  /** Runs what waits. */
  void flush() {
    if (waiting.isEmpty()) {
      return;
    }
    List<String> inserts = List.copyOf(waiting);
    waiting.clear();
    try (Transaction transaction = freshet.begin()) {
      inserts.forEach(transaction::execute);
      transaction.commit();
    }
  }

  private void create(String table, String columns) {
    if (columns.toUpperCase(Locale.ROOT).contains("PRIMARY KEY")) {
      freshet.execute("CREATE TABLE " + table + "(" + columns + ")");
      Matcher key = KEY.matcher(columns);
      if (key.find()) {
        String named = key.group(1) != null ? key.group(1) : key.group(2);
        keys.put(lower(table), List.of(lower(named).strip().split("\\s*,\\s*")));
      }
      return;
    }
    String rows = table + SUFFIX;
    freshet.execute("CREATE TABLE " + rows + "(row_number_ BIGINT PRIMARY KEY, " + columns + ")");
    List<String> names = freshet.schema(rows).names();
    freshet.execute(
        "CREATE VIEW "
            + table
            + " AS SELECT "
            + String.join(", ", names.subList(1, names.size()))
            + " FROM "
            + rows);
    keyless.put(lower(table), 0L);
  }

  private void insertAll(String table, String query) {
    long[] number = {keyless.getOrDefault(lower(table), 0L)};
    QueryResult rows = freshet.query(query);
    freshet.transaction(tx -> {
      for (Row row : rows) {
        @Nullable Object[] values = row.values();
        @Nullable Object[] numbered = new @Nullable Object[values.length + 1];
        numbered[0] = ++number[0];
        System.arraycopy(values, 0, numbered, 1, values.length);
        tx.insert(table + SUFFIX, numbered);
      }
    });
    keyless.put(lower(table), number[0]);
  }

  private String insert(String sql, Matcher insert) {
    String table = insert.group(1);
    Long rows = keyless.get(lower(table));
    if (rows == null) {
      return sql;
    }
    String columns = insert.group(2);
    StringBuilder numbered = new StringBuilder("INSERT INTO " + table + SUFFIX);
    if (columns != null) {
      numbered.append("(row_number_, ").append(columns.substring(1));
    }
    numbered.append(" VALUES ");
    String values = insert.group(3);
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < values.length(); i++) {
      char c = values.charAt(i);
      numbered.append(c);
      if (c == '\'') {
        quoted = !quoted;
      } else if (!quoted && c == '(' && depth++ == 0) {
        numbered.append(++rows).append(", ");
      } else if (!quoted && c == ')') {
        depth--;
      }
    }
    keyless.put(lower(table), rows);
    return numbered.toString();
  }

  private static String columns(String sqlite) {
    return sqlite
        .replaceAll("(?i)\\b(FLOAT|REAL)\\b", "DOUBLE")
        .replaceAll("(?i)\\s+UNIQUE\\b", "");
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    freshet.close();
  }
}
