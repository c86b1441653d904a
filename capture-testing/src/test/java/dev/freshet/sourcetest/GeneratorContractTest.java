package dev.freshet.sourcetest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Source;
import dev.freshet.capture.generator.Dataset;
import dev.freshet.capture.generator.GeneratorSettings;
import dev.freshet.capture.generator.GeneratorSource;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.batch.Values;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What every source does, by made-up rows. */
class GeneratorContractTest extends SourceContract {
  private static final long EVENTS = 200;
  private static final long FIRST_MICROS = 1_700_000_000_000_000L;

  @Override
  protected SourceFixture fixture(Path directory) {
    return new Fixture();
  }

  /** Made-up rows up to a limit; afterwards the limit is raised. */
  private static final class Fixture implements SourceFixture {
    private final Dataset data = Dataset.of("orders", 7).orElseThrow();
    private long limit = EVENTS;

    @Override
    public WhenFull whenFull() {
      return WhenFull.WAITS;
    }

    @Override
    public Source source(Storage state) {
      return made();
    }

    GeneratorSource made() {
      return new GeneratorSource(
          new GeneratorSettings(
              "made",
              data,
              data.tables().stream().map(Dataset.Table::name).toList(),
              400,
              OptionalLong.of(limit),
              OptionalLong.of(FIRST_MICROS)));
    }

    @Override
    public void provide(Capture running) {
      // they come by themselves
    }

    @Override
    public void prepareMore() {
      limit += 20;
    }

    @Override
    public void provideMore(Capture running) {
      // the limit was raised
    }

    @Override
    public Map<String, List<String>> content() {
      return content(EVENTS);
    }

    @Override
    public Map<String, List<String>> moreContent() {
      return content(EVENTS + 20);
    }

    /** An order that changes its status. */
    @Override
    public Claim<RowHistory> rowHistory() {
      Map<String, List<String>> changes = new LinkedHashMap<>();
      Dataset.Table orders =
          data.tables().stream()
              .filter(table -> table.name().equals("orders"))
              .findFirst()
              .orElseThrow();
      for (long i = 0; i < EVENTS + 20; i++) {
        data.event(
            i,
            FIRST_MICROS + i * 2_500,
            (table, values) -> {
              if (table.equals("orders")) {
                TableChanges row =
                    TableChanges.inserts(
                        table, new BatchBuilder(orders.schema(), 1).row(1, values).build());
                changes
                    .computeIfAbsent(
                        orders.keyNames().getFirst() + "=" + values[0], _ -> new ArrayList<>())
                    .add(JsonText.row(row.rows(), 0));
              }
            });
      }
      return changes.entrySet().stream()
          .filter(entry -> entry.getValue().size() > 1)
          .findFirst()
          .<Claim<RowHistory>>map(
              entry -> new Claim.Made<>(new RowHistory("orders", entry.getKey(), entry.getValue())))
          .orElse(new Claim.NotMade<>("no order of these changes"));
    }

    @Override
    public Claim<Widened> widened() {
      return new Claim.NotMade<>("made-up tables have the same columns for ever");
    }

    private Map<String, List<String>> content(long events) {
      Map<String, Map<List<Object>, String>> tables = new TreeMap<>();
      Map<String, Dataset.Table> byName = new LinkedHashMap<>();
      data.tables().forEach(table -> byName.put(table.name(), table));
      for (long i = 0; i < events; i++) {
        data.event(
            i,
            FIRST_MICROS + i * 2_500,
            (table, values) -> {
              List<Object> key = new ArrayList<>();
              for (int column : byName.get(table).key()) {
                key.add(values[column]);
              }
              TableChanges row =
                  TableChanges.inserts(
                      table,
                      new BatchBuilder(byName.get(table).schema(), 1).row(1, values).build());
              tables
                  .computeIfAbsent(table, _ -> new LinkedHashMap<>())
                  .put(key, JsonText.row(row.rows(), 0));
            });
      }
      Map<String, List<String>> content = new TreeMap<>();
      tables.forEach((table, rows) -> content.put(table, rows.values().stream().sorted().toList()));
      return content;
    }

    @Override
    public int refused() {
      return 0;
    }

    @Override
    public void close() {
      // nothing is open
    }
  }

  /** Each of its rows comes once, in their order, wherever the process ended. */
  @Test
  void makesTheRowsOfAPausedTableWhenItIsResumed() throws InterruptedException {
    Fixture fixture = new Fixture();
    List<String> items = List.of("order_items");
    PausedTables paused = PausedTables.ofProcess();
    RecordingLog log = new RecordingLog();
    try (Capture capture = start(fixture, paused, log)) {
      log.await(() -> events(log) >= 20);
      paused.pause(items);
      capture.wake();
      assertThat(paused.awaitNoticed(30_000)).isTrue();
      log.await(() -> events(log) >= 120);
    }
    try (Capture capture = start(fixture, paused, log)) {
      log.await(() -> events(log) == EVENTS);
      assertThat(log.content().get("orders")).isEqualTo(fixture.content().get("orders"));
      assertThat(rows(log, "order_items")).hasSizeBetween(1, rows(log, "orders").size() / 2);
      paused.resume(items);
      capture.wake();
      log.await(() -> log.content().equals(fixture.content()));
    }

    RecordingLog unpaused = new RecordingLog();
    try (Capture _ = start(fixture, PausedTables.ofProcess(), unpaused)) {
      unpaused.await(() -> events(unpaused) == EVENTS);
    }
    for (int kept = log.size() - 2; kept <= log.size(); kept++) {
      RecordingLog killed = RecordingLog.ofFirst(log, kept);
      try (Capture _ = start(fixture, paused, killed)) {
        killed.await(() -> killed.content().equals(fixture.content()));
      }
      for (String table : List.of("customers", "orders", "order_items")) {
        assertThat(rows(killed, table)).isEqualTo(rows(unpaused, table));
      }
    }
  }

  private static Capture start(Fixture fixture, PausedTables paused, RecordingLog log) {
    Capture capture =
        fixture
            .made()
            .pausing(paused)
            .start(Scheduler.threads(), Clock.system(), log.resume(), log);
    log.follows(capture);
    return capture;
  }

  private static long events(RecordingLog log) {
    return log.all().stream().mapToLong(ChangeSet::transaction).max().orElse(0);
  }

  private static List<String> rows(RecordingLog log, String of) {
    List<String> rows = new ArrayList<>();
    for (ChangeSet changes : log.all()) {
      for (TableChanges table : changes.tables()) {
        for (int row = 0; row < table.rowCount() && table.table().equals(of); row++) {
          rows.add(JsonText.row(table.rows(), row));
        }
      }
    }
    return rows;
  }

  @Test
  void goesOnWithTheNextRowAtAnotherRate() {
    RecordingLog log = new RecordingLog();
    readTo(log, 100, 20);
    readTo(log, 1_000, 40);
    readTo(log, 10, 42);

    List<Long> ids = new ArrayList<>();
    List<Long> micros = new ArrayList<>();
    for (ChangeSet changes : log.all()) {
      for (TableChanges table : changes.tables()) {
        for (int row = 0; row < table.rowCount(); row++) {
          ids.add((Long) value(table, row, "id"));
          micros.add(
              ChronoUnit.MICROS.between(Instant.EPOCH, (Instant) value(table, row, "paid_at")));
        }
      }
    }
    assertThat(ids).hasSize(42).doesNotHaveDuplicates().isSorted();
    assertThat(micros.getFirst()).isEqualTo(FIRST_MICROS);
    assertThat(micros.get(20)).isEqualTo(FIRST_MICROS + 20 * 10_000);
    assertThat(micros.get(40)).isEqualTo(micros.get(20) + 20 * 1_000);
    assertThat(micros.get(41)).isEqualTo(micros.get(40) + 100_000);
  }

  private static Object value(TableChanges table, int row, String column) {
    int index = table.rows().schema().names().indexOf(column);
    return Values.read(table.rows().schema().type(index), table.rows().column(index), row);
  }

  private static void readTo(RecordingLog log, double rate, long limit) {
    GeneratorSettings settings =
        new GeneratorSettings(
            "made",
            Dataset.of("payments", 7).orElseThrow(),
            List.of("payments"),
            rate,
            OptionalLong.of(limit),
            OptionalLong.of(FIRST_MICROS));
    try (Capture capture =
        new GeneratorSource(settings)
            .start(Scheduler.threads(), Clock.system(), log.resume(), log)) {
      log.await(() -> capture.status().received().equals(Long.toString(limit)));
    }
  }

  @Test
  void everyKindOfDataFollowsFromSeedAndIndex() {
    for (String name : Dataset.NAMES) {
      List<String> once = rows(name, 3, 2_000);
      assertThat(rows(name, 3, 2_000)).as(name).isEqualTo(once).hasSizeGreaterThan(500);
      assertThat(rows(name, 4, 2_000)).as(name).isNotEqualTo(once);
    }
  }

  private static List<String> rows(String name, long seed, long events) {
    Dataset data = Dataset.of(name, seed).orElseThrow();
    Map<String, Dataset.Table> tables = new LinkedHashMap<>();
    data.tables().forEach(table -> tables.put(table.name(), table));
    List<String> rows = new ArrayList<>();
    for (long i = 0; i < events; i++) {
      data.event(
          i,
          FIRST_MICROS + i,
          (table, values) -> {
            new BatchBuilder(tables.get(table).schema(), 1).row(1, values); // of their types
            rows.add(table + List.of(values.length) + Arrays.toString(values));
          });
    }
    return rows;
  }

  @Test
  void ringsPassMoneyRoundAndMachinesWearOut() {
    List<String> ring =
        rows("payments", 3, 2_000).stream().filter(row -> row.endsWith("true]")).toList();
    assertThat(ring).hasSizeBetween(10, 80);
    assertThat(ring.size() % 4).isZero();
  }
}
