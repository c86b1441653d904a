package dev.freshet.sourcetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Installable.Change;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.jdbc.Connector;
import dev.freshet.capture.trigger.TriggerSettings;
import dev.freshet.capture.trigger.TriggerSource;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.Operation;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every source does, and what sources by triggers do, whatever their database. */
abstract class TriggerContract extends SourceContract {
  static final String ORDERS = OrdersFixture.TABLE;
  private static int fixtures;

  abstract Database newDatabase(String name);

  @Override
  protected final Fixture fixture(Path directory) {
    return new Fixture(newDatabase("t" + fixtures++));
  }

  static TriggerSource source(Database database, String... tables) {
    return source(database.connector(), tables);
  }

  static TriggerSource source(Connector connector, String... tables) {
    return source(
        connector,
        TriggerSettings.changeTableOf("shop"),
        Arrays.stream(tables).map(table -> table(table, table)).toList());
  }

  /** Of another project, whose source has the same name. */
  static TriggerSource sourceOfAnother(Database database, String changeTable) {
    return source(database.connector(), changeTable, List.of(table(ORDERS, ORDERS)));
  }

  static TriggerSettings.Table table(String origin, String name) {
    return new TriggerSettings.Table(origin, name, List.of());
  }

  static TriggerSource source(
      Connector connector, String changeTable, List<TriggerSettings.Table> tables) {
    return new TriggerSource(
        new TriggerSettings("shop", "a test", tables, changeTable, Duration.ofMillis(10)),
        connector);
  }

  static void install(TriggerSource source) {
    source.run(source.statements(Change.INSTALL));
  }

  static Capture start(Source source, RecordingLog log) {
    Capture capture = source.start(Scheduler.threads(), Clock.system(), log.resume(), log);
    log.follows(capture);
    return capture;
  }

  /** The table with its triggers. */
  static final class Fixture extends OrdersFixture {
    Fixture(Database database) {
      super(database);
      widen();
    }

    @Override
    void widen() {
      install(TriggerContract.source(database, ORDERS));
    }

    /** What it is told is deleted. */
    @Override
    public Source source(Storage state) {
      return new Untold(TriggerContract.source(database, ORDERS), offers);
    }
  }

  /** They wait in the change table, over a restart, and come as they were made. */
  @Test
  void leavesThePausedTablesChangesWhereTheyAre() throws InterruptedException {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    database.sql("CREATE TABLE parcels (id INT PRIMARY KEY, n INT)");
    install(source(database, ORDERS, "parcels"));
    PausedTables paused = PausedTables.ofProcess();
    TriggerSource source = source(database, ORDERS, "parcels").pausing(paused);
    RecordingLog log = new RecordingLog();
    String changes = TriggerSettings.changeTableOf("shop");
    try (Capture running = start(source, log)) {
      log.await(() -> log.content().containsKey(ORDERS));
      paused.pause(List.of(ORDERS));
      running.wake();
      assertThat(paused.awaitNoticed(10_000)).isTrue();
      database.sql(
          "UPDATE orders SET item = 'b' WHERE id = 1",
          "INSERT INTO parcels VALUES (1, 1)",
          "UPDATE orders SET item = 'c' WHERE id = 1",
          "DELETE FROM orders WHERE id = 2");
      log.await(() -> log.content().containsKey("parcels"));
      new RecordingLog().await(() -> database.count(changes) == 3);
    }
    try (Capture running = start(source, log)) {
      database.sql("INSERT INTO parcels VALUES (2, 2)");
      log.await(() -> log.content().get("parcels").size() == 2);
      assertThat(log.content().get(ORDERS)).hasSize(2);
      assertThat(log.history(ORDERS, "id=1")).hasSize(1);

      paused.resume(List.of(ORDERS));
      running.wake();
      log.await(() -> log.content().get(ORDERS).size() == 1);
      assertThat(log.history(ORDERS, "id=1").stream().map(row -> row.substring(15, 18)))
          .containsExactly("\"a\"", "\"b\"", "\"c\"");
      new RecordingLog().await(() -> database.count(changes) == 0);
    } finally {
      fixture.close();
    }
  }

  /** Ids are given before commits: the row of the longer transaction has the lower one. */
  @Test
  void findsARowThatWasCommittedLate() throws SQLException {
    Fixture fixture = fixture(Path.of(""));
    RecordingLog log = new RecordingLog();
    try (Capture _ = start(source(fixture.database, ORDERS), log);
        Connection slow = fixture.database.connector().open();
        Statement statement = slow.createStatement()) {
      slow.setAutoCommit(false);
      statement.execute("INSERT INTO orders (id, item, amount) VALUES (20, 'late', NULL)");
      fixture.database.sql("INSERT INTO orders (id, item, amount) VALUES (21, 'early', NULL)");
      log.await(() -> has(log, "early"));
      assertThat(has(log, "late")).isFalse();
      slow.commit();
      log.await(() -> has(log, "late"));
      log.await(() -> fixture.database.count("freshet_shop_changes") == 0);
    } finally {
      fixture.close();
    }
  }

  private static boolean has(RecordingLog log, String text) {
    return log.content().getOrDefault(ORDERS, List.of()).toString().contains(text);
  }

  @Test
  void deletesWhatTheLogHasForGoodAndNothingElse() {
    Fixture fixture = fixture(Path.of(""));
    RecordingLog log = new RecordingLog();
    try {
      try (Capture capture =
          fixture.source(null).start(Scheduler.threads(), Clock.system(), log.resume(), log)) {
        log.await(() -> has(log, "a"));
        fixture.database.sql("INSERT INTO orders (id, item, amount) VALUES (20, 'new', NULL)");
        log.await(() -> has(log, "new"));
        assertThat(capture.status().state()).isEqualTo(State.STREAMING);
      }
      assertThat(fixture.database.count("freshet_shop_changes WHERE op = 'i'")).isEqualTo(1);
      int before = log.size();
      try (Capture _ = start(source(fixture.database, ORDERS), log)) {
        log.await(() -> fixture.database.count("freshet_shop_changes") == 0);
      }
      assertThat(log.size()).isEqualTo(before);
    } finally {
      fixture.close();
    }
  }

  @Test
  void writesAChangedKeyAsDeleteAndInsert() {
    Fixture fixture = fixture(Path.of(""));
    RecordingLog log = new RecordingLog();
    try (Capture _ = start(source(fixture.database, ORDERS), log)) {
      log.await(() -> has(log, "a"));
      fixture.database.sql("UPDATE orders SET id = 100 WHERE id = 1");
      log.await(() -> has(log, "100"));
      assertThat(log.history(ORDERS, "id=1")).endsWith("delete");
      assertThat(log.content().get(ORDERS)).hasSize(2);
    } finally {
      fixture.close();
    }
  }

  @Test
  void keepsTheRowBeforeAnUpdate() {
    Fixture fixture = fixture(Path.of(""));
    RecordingLog log = new RecordingLog();
    try (Capture _ = start(source(fixture.database, ORDERS), log)) {
      log.await(() -> has(log, "a"));
      fixture.database.sql("UPDATE orders SET item = 'z' WHERE id = 1");
      log.await(() -> has(log, "z"));
      var changes = log.all().getLast().tables().getFirst();
      assertThat(changes.operation(0)).isEqualTo(Operation.UPDATE);
      assertThat(changes.beforeRow()[0]).isZero();
      assertThat(changes.before().rowCount()).isEqualTo(1);
    } finally {
      fixture.close();
    }
  }

  /** Changes that no trigger saw come with the table, which is read anew. */
  @Test
  void namesWhatIsMissingAndReadsAnewWhatWasMissed() {
    Fixture fixture = fixture(Path.of(""));
    TriggerSource source = source(fixture.database, ORDERS);
    RecordingLog log = new RecordingLog();
    try {
      try (Capture _ = start(source, log)) {
        log.await(() -> has(log, "a"));
      }
      List<String> removal = source.statements(Change.UNINSTALL);
      assertThat(removal).isNotEmpty();
      source.run(removal);
      assertThat(source.statements(Change.UNINSTALL)).isEmpty();
      fixture.database.sql("DELETE FROM orders WHERE id = 1");
      List<Problem> problems = source.check(log.resume()).problems();
      assertThat(problems.toString())
          .contains("change table", "freshet source install shop", "CREATE TABLE", "orders");
      install(source);
      assertThat(source.check(log.resume()).problems()).isEmpty();
      assertThat(source.statements(Change.INSTALL)).isEmpty();
      try (Capture _ = start(source, log)) {
        log.await(() -> log.content().get(ORDERS).size() == 1);
      }
    } finally {
      fixture.close();
    }
  }

  @Test
  void takesATableThatIsAddedLater() {
    Fixture fixture = fixture(Path.of(""));
    RecordingLog log = new RecordingLog();
    try {
      try (Capture _ = start(source(fixture.database, ORDERS), log)) {
        log.await(() -> has(log, "a"));
      }
      fixture.database.sql(
          "CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(10))",
          "INSERT INTO items VALUES (1, 'pen')");
      TriggerSource both = source(fixture.database, ORDERS, "items");
      assertThat(both.check(log.resume()).problems()).hasSize(1);
      install(both);
      int before = log.size();
      try (Capture _ = start(both, log)) {
        log.await(() -> log.content().containsKey("items"));
        fixture.database.sql("INSERT INTO items VALUES (2, 'ink')");
        log.await(() -> log.content().get("items").size() == 2);
      }
      long orders =
          log.all().subList(before, log.size()).stream()
              .flatMap(changes -> changes.tables().stream())
              .filter(table -> table.table().equals(ORDERS))
              .count();
      assertThat(orders).as("nothing of the other table comes again").isZero();
    } finally {
      fixture.close();
    }
  }

  /** A change of it would be read for one of the two, and the other would miss it. */
  @Test
  void refusesATableThatIsTakenUnderTwoNames() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    String written = database.name() + ".orders";
    String message =
        "Cannot capture table "
            + written
            + ": source shop takes it twice, as orders and as copies.";
    TriggerSource twice =
        source(
            database.connector(),
            TriggerSettings.changeTableOf("shop"),
            List.of(table(ORDERS, ORDERS), table(written, "copies")));
    RecordingLog log = new RecordingLog();
    try (Capture capture = start(twice, log)) {
      log.await(() -> capture.status().state() == State.FAILED);
      assertThat(capture.status().lastError()).startsWith(message);
      assertThat(log.size()).isZero();
      assertThat(twice.check(Resume.FROM_NOTHING).problems())
          .singleElement()
          .satisfies(problem -> assertThat(problem.message()).startsWith(message));
      assertThatThrownBy(() -> twice.statements(Change.INSTALL)).hasMessageStartingWith(message);
      assertThat(twice.statements(Change.UNINSTALL)).isNotEmpty();
    } finally {
      fixture.close();
    }
  }

  @Test
  void letsOneReadAtATime() {
    Fixture fixture = fixture(Path.of(""));
    RecordingLog log = new RecordingLog();
    RecordingLog other = new RecordingLog();
    try (Capture _ = start(source(fixture.database, ORDERS), log)) {
      log.await(() -> has(log, "a"));
      try (Capture second = start(source(fixture.database, ORDERS), other)) {
        other.await(() -> second.status().lastError().contains("another Freshet reads it"));
        assertThat(other.size()).isZero();
      }
    } finally {
      fixture.close();
    }
  }

  /** All rows of a transaction come together, also of one that needs several change sets. */
  @Test
  void cutsALargeTransactionIntoParts() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    TriggerSource source = source(database, ORDERS);
    RecordingLog log = new RecordingLog(); // it does not tell what is durable
    try {
      try (Capture _ = source.start(Scheduler.threads(), Clock.system(), log.resume(), log)) {
        log.await(() -> has(log, "a"));
        database.sql(
            "INSERT INTO orders (id, item, amount) SELECT i, 'many', 1 FROM ("
                + database.numbers()
                + ") n");
        log.await(() -> log.content().get(ORDERS).size() == 11_002);
      }
      List<Part> parts = log.all().stream().map(ChangeSet::part).toList();
      assertThat(parts).contains(Part.MORE);
      goesOnAfterHalfATransaction(
          database, source, RecordingLog.ofFirst(log, parts.indexOf(Part.MORE) + 1));
    } finally {
      fixture.close();
    }
  }

  private static void goesOnAfterHalfATransaction(
      Database database, TriggerSource source, RecordingLog half) {
    Resume resume = new Resume.After(half.read(half.size() - 1).position(), Part.MORE, List.of());
    try (Capture capture = source.start(Scheduler.threads(), Clock.system(), resume, half)) {
      half.follows(capture);
      half.await(() -> half.content().get(ORDERS).size() == 11_002);
      assertThat(half.all().stream().map(ChangeSet::part)).contains(Part.RESTART);
      half.await(() -> database.count("freshet_shop_changes") == 0);
    }
  }

  /** Their sources have the same name, and capture the same table. */
  @Test
  void keepsTheTriggersOfTwoProjectsApart() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    String longest = "freshet_öäü_" + "x".repeat(45);
    TriggerSource first = source(database, ORDERS);
    TriggerSource second = sourceOfAnother(database, "freshet_dev_changes");
    TriggerSource third = sourceOfAnother(database, longest);
    try {
      for (TriggerSource each : List.of(second, third)) {
        install(each);
        assertThat(each.statements(Change.INSTALL)).isEmpty();
      }
      assertThat(first.check(Resume.FROM_NOTHING).problems()).isEmpty();
      database.sql("INSERT INTO orders (id, item, amount) VALUES (20, 'for all', NULL)");
      for (String changes : List.of("freshet_shop_changes", "freshet_dev_changes", longest)) {
        assertThat(database.count(changes + " WHERE op = 'i'")).as(changes).isEqualTo(1);
      }
      second.run(second.statements(Change.UNINSTALL));
      assertThat(first.check(Resume.FROM_NOTHING).problems()).isEmpty();
    } finally {
      fixture.close();
    }
  }

  /** Its changes were thrown away meanwhile, so it is read whole; the same after a crash. */
  @Test
  void readsAnewATableThatWasLeftOutForAWhile() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    RecordingLog log = new RecordingLog();
    try {
      TriggerSource both = itemsReadOnce(database, log);
      database.sql("INSERT INTO items VALUES (2)");
      int before = log.size();
      log.full(true);
      try (Capture _ = start(source(database, ORDERS), log)) {
        log.await(() -> log.turnedAway() > 2);
        assertThat(database.count("freshet_shop_changes"))
            .as("the log does not have yet that the table is left out")
            .isEqualTo(1);
        log.full(false);
        log.await(() -> database.count("freshet_shop_changes") == 0);
      }
      assertThat(log.size()).isEqualTo(before + 1);
      try (Capture _ = start(both, log)) {
        log.await(() -> log.content().get("items").size() == 2);
      }
    } finally {
      fixture.close();
    }
  }

  /** A source of two tables, which has read both; none of their changes waits. */
  private static TriggerSource itemsReadOnce(Database database, RecordingLog log) {
    database.sql("CREATE TABLE items (id INT PRIMARY KEY)", "INSERT INTO items VALUES (1)");
    TriggerSource both = source(database, ORDERS, "items");
    install(both);
    try (Capture _ = start(both, log)) {
      log.await(() -> log.content().size() == 2);
      log.await(() -> database.count("freshet_shop_changes") == 0);
    }
    return both;
  }

  /** What is durable is not told: so the log may still lose that the table is left out. */
  @Test
  void keepsChangesOfATableThatIsLeftOutUntilTheLogHasThat() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    RecordingLog log = new RecordingLog();
    try {
      itemsReadOnce(database, log);
      try (Capture _ =
          fixture.source(null).start(Scheduler.threads(), Clock.system(), log.resume(), log)) {
        database.sql("INSERT INTO items VALUES (2)");
        database.sql("INSERT INTO orders (id, item, amount) VALUES (20, 'seen', NULL)");
        log.await(() -> has(log, "seen"));
        database.sql("INSERT INTO items VALUES (3)");
        database.sql("INSERT INTO orders (id, item, amount) VALUES (21, 'later', NULL)");
        log.await(() -> has(log, "later"));
        assertThat(database.count("freshet_shop_changes WHERE op = 'i'")).isEqualTo(4);
      }
    } finally {
      fixture.close();
    }
  }

  @Test
  void readsAnewAnotherTableBehindTheSameName() {
    Fixture fixture = fixture(Path.of(""));
    Database database = fixture.database;
    RecordingLog log = new RecordingLog();
    database.sql(
        "CREATE TABLE archive (id INT PRIMARY KEY, item VARCHAR(20), amount DECIMAL(10, 2), at TIME)",
        "INSERT INTO archive (id, item) VALUES (7, 'old')");
    TriggerSource both = source(database, ORDERS, "archive");
    TriggerSource other =
        source(
            database.connector(),
            TriggerSettings.changeTableOf("shop"),
            List.of(table("archive", ORDERS)));
    install(both);
    try {
      try (Capture _ = start(both, log)) {
        log.await(() -> log.content().size() == 2);
      }
      try (Capture _ = start(other, log)) {
        log.await(() ->
            log.content()
                .get(ORDERS)
                .equals(List.of("{\"id\":7,\"item\":\"old\",\"amount\":null,\"at\":null}")));
      }
    } finally {
      fixture.close();
    }
  }
}
