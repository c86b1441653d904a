package dev.freshet.engine.oracle;

import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Schema;
import dev.freshet.core.type.Watermark;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * A final view by its definition: each change is judged by the watermark of what came before its
 * change set, and goes into the windows of its row that are open. A window's rows are the plain
 * query's over what went into the window.
 */
public final class FinalCase {
  private final Map<String, Table> tables = new HashMap<>();
  private final Function<Map<String, ZSet>, ZSet> plain;
  private final LongFunction<List<Long>> windows;
  private final Kind kind;
  private final TreeMap<Long, Map<String, ZSet>> open = new TreeMap<>();
  private final ZSet closed = new ZSet();
  private final Map<String, ZSet> onTime = new HashMap<>();
  private long watermark = Long.MIN_VALUE;
  private long late;
  private long ahead;

  /** How rows belong to windows. */
  public enum Kind {
    WINDOWS,
    SESSIONS
  }

  /** The content of a table by key, and how far it has come. */
  private static final class Table {
    private final Watermark declared;
    private final int time;
    private final Map<Object, List<Object>> rows = new HashMap<>();

    /** The keys of rows that were too far ahead when they came. */
    private final Set<Object> aside = new HashSet<>();

    private long latest = Long.MIN_VALUE;
    private long heard = Long.MIN_VALUE;
    private long now = Long.MIN_VALUE;
    private boolean idle;

    Table(Watermark declared, Schema schema) {
      this.declared = declared;
      this.time = schema.indexOf(declared.column());
    }

    boolean isAhead(List<Object> row) {
      return declared.isGuarded()
          && row.get(time) != null
          && micros(row.get(time)) > now + declared.aheadMicros();
    }

    long watermark() {
      return latest == Long.MIN_VALUE ? latest : latest - declared.delayMicros();
    }
  }

  /**
   * @param plain gives the window's end in its first column
   * @param windows the ends of the windows of a time
   */
  public FinalCase(
      Function<Map<String, ZSet>, ZSet> plain, LongFunction<List<Long>> windows, Kind kind) {
    this.plain = plain;
    this.windows = windows;
    this.kind = kind;
  }

  public void table(String name, Schema schema, Watermark declared) {
    tables.put(name, new Table(declared, schema));
  }

  public void pass(long micros) {
    for (Table table : tables.values()) {
      table.now = Math.max(table.now, micros);
      table.heard = table.heard == Long.MIN_VALUE ? table.now : table.heard;
      table.idle |= table.now - table.heard >= table.declared.idleMicros();
    }
    update();
  }

  private void update() {
    List<Table> active = tables.values().stream().filter(table -> !table.idle).toList();
    long next =
        active.isEmpty()
            ? tables.values().stream().mapToLong(Table::watermark).max().orElseThrow()
            : active.stream().mapToLong(Table::watermark).min().orElseThrow();
    watermark = Math.max(watermark, next);
  }

  /** Takes changes of a table whose key is its first column. */
  public void apply(TableChanges changes) {
    Table table = tables.get(changes.table());
    for (int i = 0; i < changes.rowCount(); i++) {
      List<Object> row = ZSet.row(changes.rows(), i);
      List<Object> old = table.rows.remove(row.getFirst());
      if (old != null && table.aside.remove(row.getFirst())) {
        ahead++;
      } else if (old != null) {
        arrive(changes.table(), old, -1);
      }
      table.heard = table.now;
      table.idle = false;
      if (changes.operation(i) != Operation.DELETE) {
        table.rows.put(row.getFirst(), row);
        if (table.isAhead(row)) {
          table.aside.add(row.getFirst());
          ahead++;
          continue;
        }
        arrive(changes.table(), row, 1);
        if (row.get(table.time) != null) {
          table.latest = Math.max(table.latest, micros(row.get(table.time)));
        }
      }
    }
  }

  private void arrive(String table, List<Object> row, long weight) {
    Object time = row.get(tables.get(table).time);
    if (time == null) {
      return;
    }
    if (kind == Kind.SESSIONS) {
      if (micros(time) >= watermark) {
        onTime.computeIfAbsent(table, _ -> new ZSet()).add(row, weight);
      } else {
        late++;
      }
      return;
    }
    boolean any = false;
    for (long end : windows.apply(micros(time))) {
      if (end > watermark) {
        any = true;
        open.computeIfAbsent(end, _ -> new HashMap<>())
            .computeIfAbsent(table, _ -> new ZSet())
            .add(row, weight);
      }
    }
    late += any ? 0 : 1;
  }

  /** What the view gives now. */
  public ZSet expected() {
    update();
    if (kind == Kind.SESSIONS) {
      ZSet expected = new ZSet();
      plain
          .apply(onTime)
          .weights()
          .forEach((row, weight) -> {
            if (micros(row.getFirst()) < watermark) {
              expected.add(row, weight);
            }
          });
      return expected;
    }
    while (!open.isEmpty() && open.firstKey() <= watermark) {
      var window = open.pollFirstEntry();
      plain
          .apply(window.getValue())
          .weights()
          .forEach((row, weight) -> {
            if (micros(row.getFirst()) == window.getKey()) {
              closed.add(row, weight);
            }
          });
    }
    return closed;
  }

  public long watermark() {
    return watermark;
  }

  public long late() {
    return late;
  }

  public long ahead() {
    return ahead;
  }

  static long micros(Object time) {
    LocalDateTime value = (LocalDateTime) time;
    return value.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + value.getNano() / 1000;
  }

  /** A TIMESTAMP cell. */
  public static Object time(long micros) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L),
        (int) Math.floorMod(micros, 1_000_000L) * 1000,
        ZoneOffset.UTC);
  }

  /** The ends of the windows of a size, one of which ends with each step. */
  public static List<Long> ends(long time, long step, long size) {
    List<Long> ends = new ArrayList<>();
    for (long end = Math.floorDiv(time, step) * step + step; end <= time + size; end += step) {
      ends.add(end);
    }
    return ends;
  }
}
