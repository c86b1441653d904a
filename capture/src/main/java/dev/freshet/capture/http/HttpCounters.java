package dev.freshet.capture.http;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests and rows. Safe for all threads. */
final class HttpCounters {
  private final Map<String, Rows> tables = new TreeMap<>();
  private final LongAdder requests = new LongAdder();
  private final LongAdder repeated = new LongAdder();

  record Rows(LongAdder accepted, LongAdder refused) {}

  HttpCounters(Collection<String> names) {
    names.forEach(name -> tables.put(name, new Rows(new LongAdder(), new LongAdder())));
  }

  Rows of(String table) {
    return Objects.requireNonNull(tables.get(table));
  }

  LongAdder requests() {
    return requests;
  }

  LongAdder repeated() {
    return repeated;
  }

  HttpStatistics statistics(
      long waitingBytes, long waitingBytesMax, long overloaded, long keys, long keysSeconds) {
    return new HttpStatistics(
        tables.entrySet().stream()
            .map(table ->
                new HttpStatistics.Table(
                    table.getKey(),
                    table.getValue().accepted().sum(),
                    table.getValue().refused().sum()))
            .toList(),
        requests.sum(),
        repeated.sum(),
        overloaded,
        waitingBytes,
        waitingBytesMax,
        keys,
        keysSeconds);
  }
}
