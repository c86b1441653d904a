package dev.freshet.kafka;

import dev.freshet.capture.SourceStatus;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts rows and bytes by table. Safe for all threads. */
final class Counters {
  private static final class Of {
    private final LongAdder rows = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final AtomicLong lag = new AtomicLong(-1);
  }

  private final Map<String, Of> tables = new TreeMap<>();

  Counters(Collection<String> names) {
    names.forEach(name -> tables.put(name, new Of()));
  }

  void add(String table, long rows, long refused, long bytes) {
    Of of = tables.get(table);
    if (of != null) {
      of.rows.add(rows);
      of.refused.add(refused);
      of.bytes.add(bytes);
    }
  }

  /**
   * @param lags messages that wait, by table; -1 where it is not known
   */
  void lags(Map<String, Long> lags) {
    tables.forEach((name, of) -> {
      @Nullable Long lag = lags.get(name);
      of.lag.set(lag == null ? -1 : lag);
    });
  }

  List<SourceStatus.Table> tables() {
    return tables.entrySet().stream()
        .map(each -> {
          Of of = each.getValue();
          return new SourceStatus.Table(
              each.getKey(), of.rows.sum(), of.refused.sum(), of.bytes.sum(), of.lag.get());
        })
        .toList();
  }
}
