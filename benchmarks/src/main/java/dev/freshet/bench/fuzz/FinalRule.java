package dev.freshet.bench.fuzz;

import dev.freshet.bench.fuzz.FinalView.Input;
import dev.freshet.bench.fuzz.FinalView.Windows;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A final view by its definition: each change is judged by the watermark of what came before its
 * step, and what is in time goes into tables of DuckDB. The view is its rule over the rows there
 * whose time has come.
 */
final class FinalRule {
  private static final long NONE = Long.MIN_VALUE;

  private final FinalView view;
  private final String prefix;
  private final String plan;
  private final Map<String, Content> tables = new TreeMap<>();
  private long watermark = NONE;

  /** The rows of a table by key, and the greatest time that came. */
  private static final class Content {
    private final FuzzTable table;
    private final Map<Integer, List<String>> rows = new HashMap<>();
    private long latest = NONE;

    Content(FuzzTable table) {
      this.table = table;
    }

    long watermark() {
      return latest == NONE ? NONE : latest - table.delaySeconds().orElseThrow() * 1_000_000L;
    }
  }

  /**
   * @param prefix of the names of its tables
   * @param plan what Freshet makes of the view: it does not wait for a table whose rows cannot pass
   *     a condition that is never TRUE
   */
  FinalRule(FinalView view, String prefix, String plan, Statement duck) throws SQLException {
    this.view = view;
    this.prefix = prefix;
    this.plan = plan;
    for (int i = 0; i < view.inputs().size(); i++) {
      FuzzTable table = view.inputs().get(i).table();
      tables.put(table.name(), new Content(table));
      duck.execute("CREATE TABLE " + name(i) + " AS SELECT * FROM " + table.name());
      duck.execute("ALTER TABLE " + name(i) + " ADD COLUMN window_start TIMESTAMP");
      duck.execute("ALTER TABLE " + name(i) + " ADD COLUMN window_end TIMESTAMP");
    }
  }

  private String name(int input) {
    return prefix + "_" + input;
  }

  void apply(List<FuzzChange> step, Statement duck) throws SQLException {
    for (FuzzChange change : step) {
      Content content = tables.get(change.table().name());
      if (content == null) {
        continue;
      }
      List<String> old = content.rows.remove(change.key());
      if (old != null && !isFarAhead(change.table(), old)) {
        arrive(change.table(), change.key(), old, Change.DELETE, duck);
      }
      if (!change.values().isEmpty()) {
        content.rows.put(change.key(), change.values());
        if (isFarAhead(change.table(), change.values())) {
          continue;
        }
        arrive(change.table(), change.key(), change.values(), Change.INSERT, duck);
        Long time = time(change.values());
        content.latest = time == null ? content.latest : Math.max(content.latest, time);
      }
    }
    tables.values().stream()
        .filter(content -> isRead(content.table.name()))
        .mapToLong(Content::watermark)
        .min()
        .ifPresent(least -> watermark = Math.max(watermark, least));
  }

  private boolean isRead(String table) {
    return Pattern.compile("\\b" + table + "\\b").matcher(plan).find();
  }

  private enum Change {
    INSERT,
    DELETE
  }

  private void arrive(FuzzTable table, int key, List<String> values, Change change, Statement duck)
      throws SQLException {
    Long time = time(values);
    for (int i = 0; time != null && i < view.inputs().size(); i++) {
      Input input = view.inputs().get(i);
      if (!input.table().name().equals(table.name())) {
        continue;
      }
      for (long end : input.ends(time)) {
        if (!isOpen(input.windows(), end)) {
          continue;
        }
        duck.execute(
            change == Change.DELETE
                ? "DELETE FROM %s WHERE k = %d AND window_end = %s"
                    .formatted(name(i), key, literal(end))
                : "INSERT INTO %s VALUES (%d, %s, %s, %s)"
                    .formatted(
                        name(i),
                        key,
                        String.join(", ", values),
                        literal(input.start(end)),
                        literal(end)));
      }
    }
  }

  /** Of rows without windows, and of sessions, the end is their time. */
  private boolean isOpen(Windows windows, long end) {
    return switch (windows) {
      case NONE, SESSION -> end >= watermark;
      case TUMBLE, HOP, CUMULATE -> end > watermark;
    };
  }

  /** What the view must be now. */
  List<String> expected(Statement duck) throws SQLException {
    String sql = view.rule().replace("{watermark}", literal(Math.max(0, watermark)));
    for (int i = 0; i < view.inputs().size(); i++) {
      sql = sql.replace("{" + i + "}", closed(i) + " AS i" + i);
    }
    return Answers.ofDuckDb(duck, CaseRun.forDuckDb(sql));
  }

  private String closed(int i) {
    Input input = view.inputs().get(i);
    if (watermark == NONE) {
      return "(SELECT * FROM " + name(i) + " WHERE FALSE)";
    }
    return switch (input.windows()) {
      case TUMBLE, HOP, CUMULATE ->
          "(SELECT * FROM " + name(i) + " WHERE window_end <= " + literal(watermark) + ")";
      case NONE -> "(SELECT * FROM " + name(i) + " WHERE ts < " + literal(watermark) + ")";
      case SESSION -> sessions(input, name(i));
    };
  }

  private String sessions(Input input, String table) {
    String gap = "INTERVAL '" + input.sizeSeconds() + "' SECOND";
    String by = "PARTITION BY " + input.partition();
    List<String> columns = new ArrayList<>();
    input.table().all().forEach(column -> columns.add(column.name()));
    String all = String.join(", ", columns);
    String first =
        "SELECT %s, CASE WHEN ts - %s <= LAG(ts) OVER (%s ORDER BY ts) THEN 0 ELSE 1 END AS f FROM %s"
            .formatted(all, gap, by, table);
    String numbered =
        "SELECT %s, SUM(f) OVER (%s ORDER BY ts, f DESC ROWS UNBOUNDED PRECEDING) AS s FROM (%s) AS x1"
            .formatted(all, by, first);
    String windows =
        "SELECT %s, MIN(ts) OVER (%s, s) AS window_start, MAX(ts) OVER (%s, s) + %s AS window_end FROM (%s) AS x2"
            .formatted(all, by, by, gap, numbered);
    return "(SELECT * FROM (" + windows + ") AS x3 WHERE window_end < " + literal(watermark) + ")";
  }

  private static boolean isFarAhead(FuzzTable table, List<String> values) {
    return Kind.TIMESTAMP.value(values.getLast()) instanceof LocalDateTime at
        && table.isFarAhead(at);
  }

  private static @Nullable Long time(List<String> values) {
    Object time = Kind.TIMESTAMP.value(values.getLast());
    return time instanceof LocalDateTime at
        ? (Long) (at.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + at.getNano() / 1000)
        : null;
  }

  private static String literal(long micros) {
    return Kind.timestamp(
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000L),
            (int) Math.floorMod(micros, 1_000_000L) * 1000,
            ZoneOffset.UTC));
  }
}
