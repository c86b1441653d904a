package dev.freshet.deliver.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.deliver.Rows;
import dev.freshet.deliver.SinkInput;
import dev.freshet.deliver.SinkPosition;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PostgresSinkTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("country", Simple.VARCHAR), Column.nullable("orders", Simple.BIGINT));
  private static final Schema NULLABLE_KEY =
      Schema.of(
          Column.nullable("country", Simple.VARCHAR), Column.nullable("orders", Simple.BIGINT));

  @TempDir private static Path home;
  private static EmbeddedPostgres server;

  @BeforeAll
  static void startTheServer() {
    server = EmbeddedPostgres.start(home, PostgresOptions.fast());
  }

  @AfterAll
  static void stopTheServer() {
    server.close();
  }

  @AfterEach
  void dropAll() throws SQLException {
    execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }

  private static PostgresSink sink(Schema schema, int... key) {
    return sink("shop", "revenue", "public.revenue", server.port(), schema, key);
  }

  private static PostgresSink sink(
      String project, String name, String table, int port, Schema schema, int... key) {
    return new PostgresSink(
        new PostgresSettings(
            "postgres://postgres@127.0.0.1:" + port + "/postgres",
            server.password(),
            table,
            Duration.ofSeconds(20)),
        new SinkInput(project, name, "revenue", schema, key));
  }

  private static SinkPosition at(long step) {
    return new SinkPosition("g", step);
  }

  private static Rows rows(Batch... batches) {
    return consumer -> Arrays.stream(batches).forEach(consumer);
  }

  private static BatchBuilder changes() {
    return new BatchBuilder(SCHEMA, 4);
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      StringBuilder out = new StringBuilder();
      while (rows.next()) {
        out.append(out.isEmpty() ? "" : ";");
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          out.append(i == 1 ? "" : ",").append(rows.getString(i));
        }
      }
      return out.toString();
    }
  }

  private static String all() throws SQLException {
    return query("SELECT * FROM revenue ORDER BY country NULLS LAST");
  }

  /** Each finds that nothing is there yet. */
  @Test
  void openSideBySideWhereNoSinkHasBeen() throws Exception {
    for (int round = 0; round < 3; round++) {
      dropAll();
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Optional<SinkPosition>>> opened = new ArrayList<>();
      try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
        for (int i = 0; i < 6; i++) {
          String table = "t" + i;
          opened.add(
              threads.submit(() -> {
                try (PostgresSink sink =
                    sink("shop", table, "public." + table, server.port(), SCHEMA, 0)) {
                  start.await();
                  return sink.open();
                }
              }));
        }
        start.countDown();
        for (Future<Optional<SinkPosition>> each : opened) {
          assertThat(each.get()).isEmpty();
        }
      }
    }
  }

  @Test
  void createsTheTableAndKeepsItEqualToWhatItIsGiven() throws SQLException {
    try (PostgresSink sink = sink(SCHEMA, 0)) {
      assertThat(sink.check()).isEqualTo("reachable, table public.revenue will be created");
      assertThat(sink.open()).isEmpty();
      sink.replace(at(5), rows(changes().row(1, "DE", 1).row(1, "FR", 2).build()));
      assertThat(all()).isEqualTo("DE,1;FR,2");

      sink.write(
          at(5),
          at(7),
          rows(
              changes().row(-1, "DE", 1).row(1, "DE", 3).row(1, "GB", 1).build(),
              changes().row(-1, "FR", 2).row(-1, "GB", 1).row(1, "GB", null).build()));
      assertThat(all()).isEqualTo("DE,3;GB,null");
      assertThat(sink.open()).contains(at(7));
      assertThat(query("SELECT project, sink, written_table, step FROM freshet_sinks"))
          .isEqualTo("shop,revenue,public.revenue,7");
      assertThat(sink.check()).isEqualTo("reachable, table public.revenue fits");
    }
  }

  @Test
  void replacesOnlyRowsThatDiffer() throws SQLException {
    try (PostgresSink sink = sink(SCHEMA, 0)) {
      sink.open();
      sink.replace(
          at(5), rows(changes().row(1, "DE", 1).row(1, "FR", 2).row(1, "IT", null).build()));
      String before = query("SELECT country, xmin FROM revenue WHERE country IN ('DE', 'IT')");
      sink.replace(
          new SinkPosition("h", 9),
          rows(
              changes().row(1, "DE", 1).row(1, "IT", null).build(),
              changes().row(1, "GB", 4).build()));
      assertThat(all()).isEqualTo("DE,1;GB,4;IT,null");
      assertThat(query("SELECT country, xmin FROM revenue WHERE country IN ('DE', 'IT')"))
          .isEqualTo(before);
      assertThat(sink.open()).contains(new SinkPosition("h", 9));
      sink.replace(at(10), rows());
      assertThat(all()).isEmpty();
    }
  }

  @Test
  void writesNothingTwiceThoughAnotherWriterIsThere() throws SQLException {
    try (PostgresSink first = sink(SCHEMA, 0);
        PostgresSink second = sink(SCHEMA, 0)) {
      first.open();
      first.replace(at(5), rows());
      second.open();
      second.write(at(5), at(6), rows(changes().row(1, "DE", 1).build()));
      assertThatThrownBy(() -> first.write(at(5), at(6), rows(changes().row(1, "FR", 1).build())))
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("no longer at that step");
    }
    try (PostgresSink again = sink(SCHEMA, 0)) {
      assertThat(again.open()).contains(at(6));
      assertThat(all()).isEqualTo("DE,1");
    }
  }

  @Test
  void looksUpACommitWhoseOutcomeIsUnknown() throws Exception {
    try (CutLine line = new CutLine(server.port());
        PostgresSink sink = sink("shop", "revenue", "revenue", line.port(), SCHEMA, 0)) {
      sink.open();
      sink.replace(at(5), rows());
      for (CutLine.Cut cut : List.of(CutLine.Cut.BEFORE_COMMIT, CutLine.Cut.AFTER_COMMIT)) {
        line.cutAt(cut);
        assertThatThrownBy(() -> sink.write(at(5), at(6), rows(changes().row(1, "DE", 1).build())))
            .asInstanceOf(
                org.assertj.core.api.InstanceOfAssertFactories.type(FreshetException.class))
            .returns(ErrorCode.COMMIT_OUTCOME_UNKNOWN, FreshetException::code);
        assertThat(line.isWhole()).isTrue();
        boolean isThere = cut == CutLine.Cut.AFTER_COMMIT;
        assertThat(sink.open()).contains(at(isThere ? 6 : 5));
        assertThat(all()).isEqualTo(isThere ? "DE,1" : "");
      }
    }
  }

  @Test
  void takesAllTypesAsTheyAre() throws SQLException {
    Schema schema =
        Schema.of(
            Column.notNull("id", Simple.UUID),
            Column.nullable("flag", Simple.BOOLEAN),
            Column.nullable("tiny", Simple.TINYINT),
            Column.nullable("small", Simple.SMALLINT),
            Column.nullable("whole", Simple.INTEGER),
            Column.nullable("real", Simple.REAL),
            Column.nullable("double", Simple.DOUBLE),
            Column.nullable("price", new DataType.Decimal(30, 4)),
            Column.nullable("name", Simple.VARCHAR),
            Column.nullable("bytes", Simple.BINARY),
            Column.nullable("day", Simple.DATE),
            Column.nullable("at", Simple.TIME),
            Column.nullable("local", Simple.TIMESTAMP),
            Column.nullable("instant", Simple.TIMESTAMP_LTZ),
            Column.nullable("json", Simple.JSON),
            Column.nullable("tags", new DataType.Array(Simple.VARCHAR)),
            Column.nullable("sums", new DataType.Array(new DataType.Decimal(9, 2))),
            Column.nullable("nested", new DataType.Array(new DataType.Array(Simple.INTEGER))),
            Column.nullable("map", new DataType.Map(Simple.VARCHAR, Simple.BIGINT)));
    Object[] nulls = new Object[schema.columnCount()];
    nulls[0] = new UUID(0, 2);
    Batch batch =
        new BatchBuilder(schema, 2)
            .row(
                1,
                new UUID(0, 1),
                true,
                1,
                2,
                3,
                0.1f,
                Double.POSITIVE_INFINITY,
                new BigDecimal("12345678901234567890.1234"),
                "+1 'it''s' \"x\\y\"",
                new byte[] {0, -1},
                LocalDate.of(12026, 1, 2),
                LocalTime.of(1, 2, 3, 4_000),
                LocalDateTime.of(2026, 1, 2, 3, 4),
                Instant.parse("2026-01-02T03:04:05.000006Z"),
                "{\"a\": [1]}",
                Arrays.asList("a\"b", "c\\d", null, "NULL", ""),
                List.of(new BigDecimal("1.50")),
                List.of(List.of(1, 2), List.of()),
                Map.of("k", 7))
            .row(1, nulls)
            .build();
    try (PostgresSink sink = sink(schema, 0)) {
      sink.open();
      sink.replace(at(1), rows(batch));
      sink.write(at(1), at(2), rows(batch));
      assertThat(sink.check()).endsWith("fits");
    }
    assertThat(query("SELECT * FROM revenue ORDER BY id"))
        .isEqualTo(
            "00000000-0000-0000-0000-000000000001,t,1,2,3,0.1,Infinity,12345678901234567890.1234,"
                + "+1 'it''s' \"x\\y\",\\x00ff,12026-01-02,01:02:03.000004,2026-01-02 03:04:00,"
                + "2026-01-02 03:04:05.000006+00,{\"a\": [1]},"
                + "{\"a\\\"b\",\"c\\\\d\",NULL,\"NULL\",\"\"},{1.50},[[1, 2], []],{\"k\": 7};"
                + "00000000-0000-0000-0000-000000000002"
                + ",null".repeat(schema.columnCount() - 1));
  }

  @Test
  void takesKeysThatAreNull() throws SQLException {
    try (PostgresSink sink = sink(NULLABLE_KEY, 0)) {
      sink.open();
      sink.replace(
          at(1), rows(changes().row(1, null, 1).row(1, "DE", 1).build().withSchema(NULLABLE_KEY)));
      sink.write(
          at(1),
          at(2),
          rows(changes().row(1, null, 2).row(-1, "DE", 1).build().withSchema(NULLABLE_KEY)));
      assertThat(all()).isEqualTo("null,2");
      sink.write(at(2), at(3), rows(changes().row(-1, null, 2).build().withSchema(NULLABLE_KEY)));
      assertThat(all()).isEmpty();
      sink.replace(at(4), rows(changes().row(1, null, 2).build().withSchema(NULLABLE_KEY)));
      sink.replace(at(5), rows(changes().row(1, null, 3).build().withSchema(NULLABLE_KEY)));
      assertThat(all()).isEqualTo("null,3");
    }
  }

  @Test
  void beginsAnewWhenItsTableWasDropped() throws SQLException {
    try (PostgresSink sink = sink(SCHEMA, 0)) {
      sink.open();
      sink.replace(at(5), rows());
      execute("DROP TABLE revenue");
      assertThat(sink.open()).isEmpty();
    }
  }

  @Test
  void writesToATableThatFits() throws SQLException {
    execute(
        "CREATE TABLE revenue (id serial, orders numeric, country varchar(2) NOT NULL UNIQUE,"
            + " noted_at timestamptz NOT NULL DEFAULT now())");
    try (PostgresSink sink = sink(SCHEMA, 0)) {
      sink.open();
      sink.replace(at(5), rows(changes().row(1, "DE", 1).build()));
      assertThat(query("SELECT country, orders FROM revenue")).isEqualTo("DE,1");
      assertThatThrownBy(() -> sink.write(at(5), at(6), rows(changes().row(1, "DEU", 1).build())))
          .hasMessageContaining("value too long for type character varying(2)")
          .hasMessageContaining("22001");
    }
  }

  @Test
  void namesAllThatDoesNotFit() throws SQLException {
    execute("CREATE TABLE revenue (country integer, other text NOT NULL)");
    try (PostgresSink sink = sink(SCHEMA, 0)) {
      assertThatThrownBy(sink::check)
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("Cannot write to table public.revenue")
          .hasMessageContaining("column country is integer and would have to be text")
          .hasMessageContaining("it has no column orders")
          .hasMessageContaining("column other is NOT NULL without a default")
          .hasMessageContaining("no primary key or unique index on exactly [country]")
          .hasMessageContaining("ALTER TABLE \"public\".\"revenue\"")
          .hasMessageContaining("ADD PRIMARY KEY (\"country\")");
      assertThatThrownBy(sink::open).hasMessageContaining("it has no column orders");
    }
  }

  @Test
  void refusesATableThatAnotherSinkWrites() {
    try (PostgresSink sink = sink(SCHEMA, 0);
        PostgresSink other = sink("another", "r", "public.revenue", server.port(), SCHEMA, 0)) {
      sink.open();
      sink.replace(at(5), rows());
      assertThatThrownBy(other::check)
          .hasMessageContaining("sink revenue of project shop writes it");
      assertThatThrownBy(other::open).hasMessageContaining("DELETE FROM public.freshet_sinks");
    }
  }

  @Test
  void saysWhyItCannotConnectAndNeverThePassword() {
    SinkInput input = new SinkInput("shop", "revenue", "revenue", SCHEMA, new int[] {0});
    String there = "@127.0.0.1:" + server.port();
    assertThatThrownBy(() -> check("postgres://postgres:secret" + there + "/postgres", input))
        .hasMessageContaining("Cannot log in to PostgreSQL as postgres@127.0.0.1")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(
            () -> check("postgres://postgres:" + server.password() + there + "/none", input))
        .hasMessageContaining("database \"none\" does not exist");
    assertThatThrownBy(() -> check("postgres://postgres:secret@127.0.0.1:1/postgres", input))
        .hasMessageContaining("cannot be reached")
        .hasMessageNotContaining("secret");
    for (String wrong :
        List.of("jdbc:postgresql://h/d", "postgres://h/d", "postgres://u:secret@h")) {
      assertThatThrownBy(() -> check(wrong, input))
          .hasMessageContaining("Invalid PostgreSQL URL")
          .hasMessageNotContaining("secret");
    }
  }

  private static String check(String url, SinkInput input) {
    PostgresSettings settings = new PostgresSettings(url, "", "revenue", Duration.ofSeconds(5));
    try (PostgresSink sink = new PostgresSink(settings, input)) {
      return sink.check();
    }
  }

  @Test
  void refusesTheCharacterThatPostgresDoesNotTake() {
    try (PostgresSink sink = sink(SCHEMA, 0)) {
      sink.open();
      assertThatThrownBy(() -> sink.replace(at(1), rows(changes().row(1, "a\0b", 1).build())))
          .hasMessageContaining("column country has the character U+0000");
    }
  }
}
