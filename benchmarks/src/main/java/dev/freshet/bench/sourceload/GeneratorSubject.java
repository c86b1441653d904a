package dev.freshet.bench.sourceload;

import dev.freshet.bench.sourceload.Replay.Row;
import dev.freshet.capture.Source;
import dev.freshet.capture.generator.Dataset;
import dev.freshet.capture.generator.GeneratorSettings;
import dev.freshet.capture.generator.GeneratorSource;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.TableChanges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Made-up rows of a seed, up to a limit that is higher in each life. What they are to be is made
 * beside it, in one piece.
 */
final class GeneratorSubject implements Subject {
  private static final long FIRST_MICROS = 1_700_000_000_000_000L;
  private static final double MICROS = 1e6;
  private static final int EVENTS_MAX = 120;

  private final SplittableRandom random;
  private final Dataset data;
  private final double rate;
  private final Map<String, Made> made = new TreeMap<>();
  private long events;
  private long n;

  /**
   * What a table is to have.
   *
   * @param changes by their texts, of which no two are the same
   * @param ids by the texts of keys
   */
  private record Made(
      Dataset.Table table,
      Map<String, Row> changes,
      Map<String, Long> ids,
      Map<Long, String> rows) {
    void add(long n, Object... values) {
      String text = JsonText.row(new BatchBuilder(table.schema(), 1).row(1, values).build(), 0);
      List<Object> key = new ArrayList<>();
      for (int column : table.key()) {
        key.add(values[column]);
      }
      // A row without a key is one for itself.
      String keyText = key.isEmpty() ? "row " + ids.size() : key.toString();
      long id = ids.computeIfAbsent(keyText, _ -> (long) ids.size());
      changes.put(text, new Row(id, n, text));
      rows.put(id, text);
    }
  }

  GeneratorSubject(SplittableRandom random) {
    this.random = random.split();
    this.data =
        Dataset.of(Dataset.NAMES.get(random.nextInt(Dataset.NAMES.size())), random.nextInt(1_000))
            .orElseThrow();
    this.rate = List.of(500, 1_000, 4_000, 20_000).get(random.nextInt(4));
    for (Dataset.Table table : data.tables()) {
      made.put(table.name(), new Made(table, new HashMap<>(), new HashMap<>(), new TreeMap<>()));
    }
  }

  @Override
  public Source source() {
    long end = events + 1 + random.nextInt(EVENTS_MAX);
    for (; events < end; events++) {
      long micros = FIRST_MICROS + Math.round(events * MICROS / rate);
      data.event(events, micros, this::make);
    }
    return new GeneratorSource(
        new GeneratorSettings(
            "made", data, tables(), rate, OptionalLong.of(end), OptionalLong.of(FIRST_MICROS)));
  }

  private void make(String table, Object... values) {
    Objects.requireNonNull(made.get(table)).add(++n, values);
  }

  @Override
  public List<String> tables() {
    return data.tables().stream().map(Dataset.Table::name).toList();
  }

  @Override
  public Replay.Reading reading() {
    return this::read;
  }

  private List<Row> read(TableChanges changes) {
    Map<String, Row> known = Objects.requireNonNull(made.get(changes.table())).changes();
    Batch batch = changes.rows();
    List<Row> read = new ArrayList<>(changes.rowCount());
    for (int row = 0; row < changes.rowCount(); row++) {
      String text = JsonText.row(batch, row);
      read.add(known.getOrDefault(text, new Row(-1, -1, text)));
    }
    return read;
  }

  /** They come by themselves. */
  @Override
  public void write(SplittableRandom random) {}

  /** Made-up tables have the same columns for ever. */
  @Override
  public void widen() {}

  @Override
  public Map<String, List<String>> writeLast() {
    Map<String, List<String>> last = new TreeMap<>();
    rows().forEach((table, of) -> last.put(table, List.copyOf(of.values())));
    return last;
  }

  @Override
  public Map<String, Map<Long, String>> rows() {
    Map<String, Map<Long, String>> rows = new TreeMap<>();
    made.forEach((table, of) -> rows.put(table, of.rows()));
    return rows;
  }

  @Override
  public long newest() {
    return n;
  }

  @Override
  public Sees sees() {
    return Sees.EVERY_CHANGE_SINCE_THE_FIRST;
  }

  @Override
  public void close() {}
}
