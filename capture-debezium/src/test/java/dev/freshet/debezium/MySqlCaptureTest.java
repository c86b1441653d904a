package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.type.Column;
import dev.freshet.debezium.DebeziumSource.Pace;
import dev.freshet.mariadb.MariaDbServer;
import dev.freshet.sourcetest.RecordingLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Against a real MariaDB. */
@EnabledIf("serverIsHere")
@Timeout(150)
class MySqlCaptureTest {
  @TempDir private Path folder;
  private final Scheduler scheduler = Scheduler.threads();
  private final RecordingLog log = new RecordingLog();
  private String database = "";

  static boolean serverIsHere() {
    return MariaDbServer.isHere();
  }

  @BeforeEach
  void makeDatabase() {
    database = SharedServer.newDatabase();
  }

  @AfterEach
  void dropDatabase() {
    execute("DROP DATABASE " + database);
  }

  private void execute(String... statements) {
    List<String> all = new ArrayList<>(List.of("USE " + database));
    all.addAll(List.of(statements));
    SharedServer.get().execute(all.toArray(String[]::new));
  }

  private DebeziumSource source(String... tables) {
    return source(Pace.USUAL, tables);
  }

  private DebeziumSource source(Pace pace, String... tables) {
    return DebeziumSource.ofMySql(
        SharedServer.settings(database, tables),
        SharedServer.NO_DRIVERS,
        () -> new LocalStorage(folder),
        pace);
  }

  private Capture start(RecordingLog into, String... tables) {
    return start(into, into.resume(), tables);
  }

  private Capture start(RecordingLog into, Resume resume, String... tables) {
    return start(source(tables), into, resume);
  }

  private Capture start(DebeziumSource source, RecordingLog into, Resume resume) {
    Capture capture = source.start(scheduler, Clock.system(), resume, into);
    into.follows(capture);
    return capture;
  }

  private void awaitRows(int count) {
    log.await(() -> log.all().stream().mapToInt(ChangeSet::rowCount).sum() >= count);
  }

  private List<TableChanges> changes(String table) {
    return log.all().stream()
        .flatMap(changes -> changes.tables().stream())
        .filter(changes -> changes.table().equals(table))
        .toList();
  }

  @Test
  void takesATransactionWholeWithAllItsTables() {
    execute("CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (id INT PRIMARY KEY)");
    execute("INSERT INTO a VALUES (0)");
    try (Capture _ = start(log, "*")) {
      awaitRows(1);
      execute(
          "BEGIN",
          "INSERT INTO a VALUES (1)",
          "INSERT INTO b VALUES (1)",
          "DELETE FROM a WHERE id = 0",
          "COMMIT");
      awaitRows(4);
    }

    ChangeSet transaction = log.read(1);
    assertThat(transaction.part()).isEqualTo(Part.LAST);
    assertThat(transaction.transaction()).isPositive();
    assertThat(transaction.tables()).extracting(TableChanges::table).containsExactly("a", "b");
    assertThat(transaction.tables().getFirst().operation(0)).isEqualTo(Operation.INSERT);
    assertThat(transaction.tables().getFirst().operation(1)).isEqualTo(Operation.DELETE);
  }

  @Test
  void deliversALargeTransactionInPartsAndGoesOnAfterAHalf() {
    execute("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (0, 0)");
    try (Capture _ = start(log, "t")) {
      awaitRows(1);
      execute("INSERT INTO t SELECT seq, seq FROM seq_1_to_25000");
      awaitRows(25_001);
    }
    assertThat(log.all())
        .extracting(ChangeSet::part)
        .containsExactly(Part.LAST, Part.MORE, Part.MORE, Part.LAST);

    RecordingLog half = RecordingLog.ofFirst(log, 3);
    Resume.After after = new Resume.After(half.read(2).position(), Part.MORE, List.of());
    try (Capture _ = start(half, after, "t")) {
      half.await(() -> half.content().containsKey("t") && half.content().get("t").size() == 25_001);
    }
    assertThat(half.read(3).part()).isEqualTo(Part.RESTART);
    assertThat(half.content()).isEqualTo(log.content());
  }

  @Test
  void takesKeyChangesDeletesAndTruncates() {
    execute("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2)");
    try (Capture _ = start(log, "t")) {
      awaitRows(2);
      execute("UPDATE t SET id = 3 WHERE id = 1", "DELETE FROM t WHERE id = 2");
      awaitRows(5);
      assertThat(log.content().get("t")).containsExactly("{\"id\":3,\"v\":1}");
      execute("TRUNCATE TABLE t", "INSERT INTO t VALUES (9, 9)");
      awaitRows(7);
    }
    List<TableChanges> all = changes("t");
    assertThat(all.get(all.size() - 2).operation(0)).isEqualTo(Operation.TRUNCATE);
    assertThat(all.getLast().operation(0)).isEqualTo(Operation.INSERT);

    RecordingLog killed = RecordingLog.ofFirst(log, log.size() - 1);
    try (Capture _ = start(killed, "t")) {
      killed.await(() -> killed.size() == log.size());
    }
    assertThat(killed.read(killed.size() - 1).tables().getFirst().operation(0))
        .as("the truncate is not repeated")
        .isEqualTo(Operation.INSERT);
  }

  @Test
  void followsChangesOfColumns() {
    execute("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1)");
    try (Capture _ = start(log, "t")) {
      awaitRows(1);
      execute(
          "ALTER TABLE t ADD COLUMN w VARCHAR(10)",
          "INSERT INTO t VALUES (2, 2, 'two')",
          "ALTER TABLE t RENAME COLUMN v TO u",
          "INSERT INTO t VALUES (3, 3, 'three')",
          "ALTER TABLE t DROP COLUMN w",
          "INSERT INTO t VALUES (4, 4)");
      awaitRows(4);
    }
    assertThat(changes("t")).extracting(TableChanges::schemaVersion).containsExactly(1, 2, 3, 4);
    assertThat(changes("t"))
        .extracting(changes -> changes.rows().schema().names())
        .containsExactly(
            List.of("id", "v"),
            List.of("id", "v", "w"),
            List.of("id", "u", "w"),
            List.of("id", "u"));

    // What changed while nobody read is followed from where the log ends.
    for (int kept = 1; kept < log.size(); kept++) {
      RecordingLog killed = RecordingLog.ofFirst(log, kept);
      try (Capture _ = start(killed, "t")) {
        killed.await(() -> killed.size() == log.size());
      }
      assertThat(killed.content()).isEqualTo(log.content());
    }
  }

  @Test
  void hasTheSameTypesAndValuesInSnapshotStreamAndCheck() {
    execute(
        """
        CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY,
          a TINYINT, au TINYINT UNSIGNED, s SMALLINT, su SMALLINT UNSIGNED, m MEDIUMINT,
          mu MEDIUMINT UNSIGNED, i INT NOT NULL, iu INT UNSIGNED, b BIGINT, f FLOAT, d DOUBLE,
          n DECIMAL(10,2), n30 DECIMAL(30,5), n45 DECIMAL(45,2), bo BOOLEAN, b1 BIT(1), b5 BIT(5),
          dt DATE, ti TIME, ti6 TIME(6), dt0 DATETIME, dt6 DATETIME(6), ts TIMESTAMP NULL,
          ts6 TIMESTAMP(6) NULL, y YEAR, c CHAR(5), v VARCHAR(20), tx TEXT, e ENUM('x','y'),
          st SET('p','q'), j JSON, bi BINARY(3), vb VARBINARY(10), bl BLOB, u UUID, p POINT)\
        """,
        insert(-1));
    DebeziumSource source = source("t");
    SourceTable checked = source.check(Resume.FROM_NOTHING).tables().getFirst();
    try (Capture _ = start(log, "t")) {
      awaitRows(1);
      execute(insert(7));
      awaitRows(2);
    }
    TableChanges snapshot = changes("t").getFirst();
    TableChanges stream = changes("t").getLast();
    assertThat(snapshot.rejected()).isEmpty();
    assertThat(describe(snapshot.rows().schema().columns()))
        .isEqualTo(describe(checked.schema().columns()));
    assertThat(stream.rows().schema()).isEqualTo(snapshot.rows().schema());
    assertThat(stream.schemaVersion()).isEqualTo(1);
    List<String> content = log.content().get("t");
    String first = content.getFirst();
    assertThat(first.replaceFirst("\"id\":[^,]*", ""))
        .isEqualTo(content.getLast().replaceFirst("\"id\":[^,]*", ""))
        .contains(
            "\"ts6\":\"2026-01-31T10:00:00.123456Z\"", "\"n45\":\"", "\"ti6\":\"10:11:12.500\"");
  }

  /** The binary log leaves zeros out at the end of what has a fixed length. */
  @Test
  void takesUuidsAndBytesWithZerosAtTheirEnds() {
    String table = "CREATE TABLE t (id INT PRIMARY KEY, u UUID NOT NULL, b BINARY(4) NOT NULL)";
    List<String> uuids =
        List.of(
            "00000000-0000-0000-0000-000000000000",
            "123e4567-e89b-12d3-a456-426614170000",
            "00112233-4455-4677-8899-aabbccddee00",
            "018f0000-0000-7000-8000-0000000000ff",
            "ffffffff-ffff-ffff-ffff-ffffffffffff");
    execute(table, "INSERT INTO t VALUES (0, UUID(), x'01')");
    try (Capture _ = start(log, "t")) {
      awaitRows(1);
      for (int i = 0; i < uuids.size(); i++) {
        execute("INSERT INTO t VALUES (" + (i + 1) + ", '" + uuids.get(i) + "', x'0a000000')");
      }
      awaitRows(uuids.size() + 1);
    }
    for (int i = 0; i < uuids.size(); i++) {
      assertThat(log.content().get("t"))
          .contains("{\"id\":" + (i + 1) + ",\"u\":\"" + uuids.get(i) + "\",\"b\":\"CgAAAA==\"}");
    }
  }

  @Test
  void takesDatesOfZerosAsNothingOrAsTheFirstDay() {
    execute(
        "SET SESSION sql_mode = ''",
        "CREATE TABLE t (id INT PRIMARY KEY, a DATE, b DATE NOT NULL, c DATETIME NOT NULL)",
        "INSERT INTO t VALUES (1, '0000-00-00', '0000-00-00', '0000-00-00')");
    try (Capture _ = start(log, "t")) {
      awaitRows(1);
      execute(
          "SET SESSION sql_mode = ''",
          "INSERT INTO t VALUES (2, '0000-00-00', '0000-00-00', '0000-00-00')");
      awaitRows(2);
    }
    String rest = ",\"a\":null,\"b\":\"1970-01-01\",\"c\":\"1970-01-01T00:00:00\"}";
    assertThat(log.content().get("t")).containsExactly("{\"id\":1" + rest, "{\"id\":2" + rest);
  }

  @Test
  void encryptsTheConnectionOfAUserWhoMustHaveIt() {
    execute(
        "CREATE TABLE t (id INT PRIMARY KEY)",
        "INSERT INTO t VALUES (1)",
        "CREATE USER secret@'%' IDENTIFIED BY 'pw' REQUIRE SSL",
        "GRANT ALL ON *.* TO secret@'%'");
    try {
      MySqlSettings plain =
          SharedServer.settingsOf(
              "mariadb://secret@127.0.0.1:" + SharedServer.get().port() + "/" + database,
              "pw",
              "t");
      MySqlSettings encrypted =
          new MySqlSettings(
              plain.name(),
              plain.url(),
              plain.password(),
              plain.tables(),
              MySqlSettings.Tls.REQUIRED,
              plain.serverId(),
              plain.properties());
      assertThat(of(plain).check(Resume.FROM_NOTHING).problems()).hasSize(1);
      try (Capture capture =
          of(encrypted).start(scheduler, Clock.system(), Resume.FROM_NOTHING, log)) {
        log.follows(capture);
        awaitRows(1);
        execute("INSERT INTO t VALUES (2)");
        awaitRows(2);
      }
    } finally {
      execute("DROP USER secret@'%'");
    }
  }

  private DebeziumSource of(MySqlSettings settings) {
    return DebeziumSource.ofMySql(
        settings, SharedServer.NO_DRIVERS, () -> new LocalStorage(folder));
  }

  /** Each has metrics of its own, for whose names a second one would wait a minute. */
  @Test
  void runsBesideAnotherSourceOfTheSameServer() {
    execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    MySqlSettings first = SharedServer.settings(database, "t");
    MySqlSettings second =
        new MySqlSettings(
            "other",
            first.url(),
            first.password(),
            first.tables(),
            first.tls(),
            first.serverId(),
            first.properties());
    RecordingLog others = new RecordingLog();
    try (Capture _ = start(log, "t");
        Capture other = of(second).start(scheduler, Clock.system(), Resume.FROM_NOTHING, others)) {
      others.follows(other);
      awaitRows(1);
      others.await(() -> others.size() == 1);
      execute("INSERT INTO t VALUES (2)");
      awaitRows(2);
      others.await(() -> others.size() == 2);
    }
  }

  private static String describe(List<Column> columns) {
    return String.join(
        "\n",
        columns.stream()
            .map(column -> column.name() + " " + column.type().sql() + " " + column.nullability())
            .toList());
  }

  private static String insert(long id) {
    return "INSERT INTO t VALUES ("
        + Long.toUnsignedString(id)
        + ", -1, 255, -2, 65535, -3, 16777215, -4, 4294967295, -5, 1.5, 2.25, 3.25, 1234567890.12345,"
        + " 123.45, 1, b'1', b'10101', '2026-01-31', '10:11:12', '10:11:12.5', '2026-01-31 10:00:00',"
        + " '2026-01-31 10:00:00.123456', '2026-01-31 10:00:00', '2026-01-31 10:00:00.123456', 2026,"
        + " 'abc', 'Grüße', 'text', 'y', 'p,q', '{\"a\": 1}', x'610000', x'010200', x'00ff00',"
        + " '123e4567-e89b-12d3-a456-426614174000', POINT(1, 2))";
  }

  @Test
  void connectsAnewWhenTheServerWasAway() throws IOException {
    execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    Pace pace = new Pace(Pace.USUAL.heartbeat(), Duration.ofSeconds(7));
    try (Capture capture = start(source(pace, "t"), log, Resume.FROM_NOTHING)) {
      awaitRows(1);
      execute("INSERT INTO t VALUES (2)");
      awaitRows(2);
      SharedServer.get().kill();
      await(capture, state -> state == State.WAITING_TO_RETRY);
      assertThat(capture.status().lastError()).contains("MariaDB at 127.0.0.1:");
      SharedServer.get().start();
      execute("INSERT INTO t VALUES (3)");
      awaitRows(3);
      await(capture, state -> state == State.STREAMING);
    }
    assertThat(log.all().stream().mapToInt(ChangeSet::rowCount).sum()).isEqualTo(3);
    assertThat(log.content().get("t")).hasSize(3);
  }

  private void await(Capture capture, Predicate<State> isSo) {
    log.await(() -> isSo.test(capture.status().state()));
  }

  @Test
  void movesItsPositionWhileOtherTablesChange() {
    execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    execute("CREATE TABLE other (id INT PRIMARY KEY)");
    Pace pace = new Pace(Duration.ofSeconds(2), Pace.USUAL.silence());
    try (Capture _ = start(source(pace, "t"), log, Resume.FROM_NOTHING)) {
      awaitRows(1);
      execute("INSERT INTO other VALUES (1)");
      log.await(() -> log.size() == 2);
    }
    assertThat(log.read(1).tables()).isEmpty();
    assertThat(log.read(1).part()).isEqualTo(Part.LAST);
  }
}
