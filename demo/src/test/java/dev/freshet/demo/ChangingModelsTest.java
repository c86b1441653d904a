package dev.freshet.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.demo.shop.ShopDatabase;
import dev.freshet.demo.shop.ShopSchema;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.demo.shop.WorkloadOptions;
import dev.freshet.demo.verify.Verification;
import dev.freshet.demo.verify.VerificationReport;
import dev.freshet.lake.LakeReader;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Backend.Applied;
import dev.freshet.serve.backend.Backend.Subscription;
import dev.freshet.serve.backend.SystemStatus.ModelsStatus.Outcome;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project whose models change while it runs, over a PostgreSQL at work. */
class ChangingModelsTest {
  private static final String ORDERS_CLEAN = "models/silver/orders_clean.sql";
  private static final String CITIES = "models/gold/served_cities.sql";
  private static final String CHANNELS = "models/gold/channels.sql";

  @TempDir private Path folder;
  private Path project = Path.of("");
  private @Nullable ShopDatabase shop;

  @BeforeEach
  void startTheShop() throws Exception {
    project = folder.resolve("shop");
    copy(Path.of("../examples/shop"), project);
    shop =
        ShopDatabase.start(
            folder.resolve("postgres"), PostgresOptions.fast(), ShopSchema.Size.small(), 5);
  }

  @AfterEach
  void stopTheShop() {
    if (shop != null) {
      shop.close();
    }
  }

  private ShopDatabase shop() {
    assertThat(shop).isNotNull();
    return java.util.Objects.requireNonNull(shop);
  }

  private FreshetSystem start() {
    Project read = ProjectReader.read(project, Map.of(ShopDatabase.URL_VARIABLE, shop().url()), "");
    return FreshetSystem.start(
        read.with(read.settings().withState(project.resolve(".freshet")).withPort(0)));
  }

  private ShopWorkload workload(long seed) throws Exception {
    return ShopWorkload.start(shop(), WorkloadOptions.shop(seed, 200, Duration.ofSeconds(30)));
  }

  /** The model, and the query that PostgreSQL is asked in its place. */
  private void filterOrders() throws IOException {
    for (String file : List.of(ORDERS_CLEAN, "verify/silver/orders_clean.sql")) {
      replace(file, "status <> 'cancelled'", "status <> 'cancelled' AND total > 500");
    }
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(project.resolve(file), text);
  }

  private void replace(String file, String before, String after) throws IOException {
    String text = Files.readString(project.resolve(file));
    assertThat(text).contains(before);
    write(file, text.replace(before, after));
  }

  /** Every table and model equals PostgreSQL's answer, and the lake equals both. */
  private void prove(FreshetSystem system) throws Exception {
    try (Connection connection = shop().open()) {
      assertThat(Positions.await(system, Verification.position(connection), 60)).isTrue();
      Project read =
          ProjectReader.read(project, Map.of(ShopDatabase.URL_VARIABLE, shop().url()), "");
      VerificationReport report =
          Verification.verify(
              connection,
              new SystemContent(system.snapshot()),
              Questions.of(read, system.backend().relations()));
      assertThat(report.allEqual()).as(report.text()).isTrue();
    }
    // Nothing but empty steps follows now, so a later step of the lake holds the same.
    long step = system.snapshot().step();
    system.publish();
    assertThat(system.publishedStep()).isGreaterThanOrEqualTo(step);
    assertThat(
            new LakeComparison(
                    LakeReader.open(new LocalStorage(Path.of(system.lakeLocation()).getParent())),
                    system.backend().relations(),
                    system.snapshot())
                .differences())
        .isEqualTo("equal");
  }

  /** Adds up what a change feed tells. */
  private static final class Follower implements Backend.ChangeListener {
    private final Map<List<Object>, Long> rows = new HashMap<>();
    private @Nullable FreshetException end;
    private long step;

    @Override
    public synchronized void onStep(long newStep, Batch changes) {
      step = newStep;
      add(rows, changes);
    }

    @Override
    public synchronized void onEnd(FreshetException why) {
      end = why;
    }

    synchronized Map<List<Object>, Long> rows() {
      return new HashMap<>(rows);
    }

    synchronized long step() {
      return step;
    }

    synchronized @Nullable FreshetException end() {
      return end;
    }
  }

  private static void add(Map<List<Object>, Long> rows, Batch changes) {
    for (int row = 0; row < changes.rowCount(); row++) {
      List<Object> cells = Arrays.asList(Values.readRow(changes, row));
      rows.merge(cells, changes.weight(row), Long::sum);
      rows.remove(cells, 0L);
    }
  }

  private static Map<List<Object>, Long> content(FreshetSystem system, String relation) {
    Map<List<Object>, Long> rows = new HashMap<>();
    add(rows, system.snapshot().scan(relation));
    return rows;
  }

  @Test
  void changedModelsTakeTheirPlaceInOneStepWhileRowsComeIn() throws Exception {
    try (FreshetSystem system = start()) {
      prove(system);
      Follower orders = new Follower();
      Follower countries = new Follower();
      Follower cities = new Follower();
      Follower removed = new Follower();
      Backend backend = system.backend();
      try (Subscription _ = backend.subscribe("orders_clean", Backend.From.SNAPSHOT, orders);
          Subscription _ =
              backend.subscribe("revenue_by_country", Backend.From.SNAPSHOT, countries);
          Subscription _ = backend.subscribe("served_cities", Backend.From.SNAPSHOT, cities);
          Subscription _ = backend.subscribe("assortment", Backend.From.SNAPSHOT, removed)) {
        Applied applied;
        try (ShopWorkload workload = workload(6)) {
          filterOrders();
          replace(CITIES, "city, channel\nFROM", "city\nFROM");
          replace(CITIES, "key: [city, channel]", "key: [city]");
          write(CHANNELS, "SELECT channel, COUNT(*) AS n FROM orders GROUP BY channel");
          Files.delete(project.resolve("models/gold/assortment.sql"));
          applied = system.apply();
          workload.stop();
          assertThat(workload.await().rowChanges()).isPositive();
        }
        assertThat(applied.added()).containsExactly("channels");
        assertThat(applied.changed()).containsExactlyInAnyOrder("orders_clean", "served_cities");
        assertThat(applied.rebuilt())
            .containsExactlyInAnyOrder("customer_360", "revenue_by_country");
        assertThat(applied.removed()).containsExactly("assortment");
        assertThat(system.status().models().outcome()).isEqualTo(Outcome.APPLIED);
        prove(system);
        assertThat(orders.step()).isGreaterThanOrEqualTo(applied.step());
        assertThat(orders.rows()).isNotEmpty().isEqualTo(content(system, "orders_clean"));
        assertThat(countries.rows()).isNotEmpty().isEqualTo(content(system, "revenue_by_country"));
        assertThat(countries.end()).isNull();
        assertThat(cities.end())
            .hasMessage(
                "The feed ends: the columns of served_cities have changed. Subscribe again to get"
                    + " it with its new columns.");
        assertThat(removed.end())
            .hasMessage("The feed ends: the model assortment was removed from the project.");
        assertThat(backend.relations()).extracting("name").doesNotContain("assortment");
        assertThatThrownBy(() -> backend.query("SELECT * FROM assortment", 1))
            .isInstanceOf(FreshetException.class);
      }
      assertThat(lakeTables(system)).contains("gold.assortment", "gold.channels");
    }
    try (FreshetSystem system = start()) {
      prove(system);
      assertThat(lakeTables(system)).contains("gold.channels").doesNotContain("gold.assortment");
    }
  }

  private static Set<String> lakeTables(FreshetSystem system) {
    system.publish();
    return LakeReader.open(new LocalStorage(Path.of(system.lakeLocation()).getParent()))
        .tableNames();
  }

  @Test
  void whatIsWrongChangesNothing() throws Exception {
    try (FreshetSystem system = start()) {
      prove(system);
      List<String> relations = system.relations();
      long step = system.snapshot().step();
      assertThat(system.apply().step()).isEqualTo(step);
      String cities = Files.readString(project.resolve(CITIES));

      write(CHANNELS, "SELECT channel, COUNT(*) AS n FROM orders GROUP BY channel");
      replace(CITIES, "city IS NOT NULL", "citty IS NOT NULL");
      assertThatThrownBy(system::apply)
          .isInstanceOf(FreshetException.class)
          .hasMessageContaining("models/gold/served_cities.sql:8:7")
          .hasMessageContaining("Did you mean city?");
      assertThat(system.status().models().outcome()).isEqualTo(Outcome.REFUSED);
      assertThat(system.relations()).isEqualTo(relations);
      write(CITIES, cities);

      String source = Files.readString(project.resolve("sources/shop.yaml"));
      write("sources/shop.yaml", source + "snapshot-connections: 2\n");
      assertThatThrownBy(system::apply)
          .hasMessageContaining("Cannot apply a changed source while the project runs.")
          .hasMessageContaining("sources/shop.yaml:3:1");
      write("sources/shop.yaml", "# said otherwise, meaning the same\n" + source);

      String main = Files.readString(project.resolve("freshet.yaml"));
      write("freshet.yaml", main + "log: {retention: 3d}\n");
      assertThatThrownBy(system::apply)
          .hasMessageContaining("freshet.yaml: log.retention was PT168H");
      write("freshet.yaml", main);
      assertThat(system.relations()).isEqualTo(relations);

      assertThat(system.apply().added()).containsExactly("channels");
      prove(system);
    }
  }

  /** The folder is what counts, wherever a crash falls: here before the next checkpoint. */
  @Test
  void aCrashAfterwardsLosesNothing() throws Exception {
    try (FreshetSystem system = start()) {
      prove(system);
      filterOrders();
      write(CHANNELS, "SELECT channel, COUNT(*) AS n FROM orders GROUP BY channel");
      system.apply();
      prove(system);
      keepForLater();
    }
    crashTo();
    try (FreshetSystem system = start()) {
      prove(system);
    }
  }

  @Test
  void aModelOverMuchIsBuiltBesideAServingProjectAtItsStartToo() throws Exception {
    try (Connection connection = shop().open();
        var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE readings (id INTEGER PRIMARY KEY, sensor INTEGER NOT NULL, at TIMESTAMP NOT"
              + " NULL)");
      statement.execute(
          "INSERT INTO readings SELECT i, i % 500, TIMESTAMP '2026-11-24 09:00:00' + i *"
              + " INTERVAL '10 milliseconds' FROM generate_series(1, 100000) AS i");
    }
    replace(
        "sources/shop.yaml",
        "tables:\n",
        "tables:\n  - {name: public.readings, watermark: {column: at, delay: 1s, max-ahead: any}}\n");
    try (FreshetSystem system = start()) {
      prove(system);
    }
    write(
        "models/silver/sensors.sql", "SELECT sensor, COUNT(*) AS n FROM readings GROUP BY sensor");
    write("models/gold/busy.sql", "SELECT sensor FROM sensors WHERE n > 10");
    Map<List<Object>, Long> minutes;
    try (FreshetSystem system = start()) {
      await(system);
      prove(system);
      assertThat(system.relations()).contains("sensors", "busy");
      insert(system, 100_001, "09:00:30");
      // Late for a model that was there, not for one that comes now, nor when the log is read
      // again.
      insert(system, 100_004, "09:00:40");
      write(
          "models/gold/minutes.sql",
          """
          /*
          emit: final
          */
          SELECT window_end, COUNT(*) AS n
          FROM TABLE(TUMBLE(TABLE readings, DESCRIPTOR(at), INTERVAL '1' MINUTE))
          GROUP BY window_start, window_end
          """);
      system.apply();
      assertThat(content(system, "minutes")).hasSize(16);
      insert(system, 100_002, "09:00:31");
      insert(system, 100_003, "09:17:30");
      minutes = content(system, "minutes");
      assertThat(minutes).hasSize(17);
      system.publish();
      keepForLater();
    }
    crashTo();
    try (FreshetSystem system = start()) {
      assertThat(content(system, "minutes")).isEqualTo(minutes);
      assertThat(system.status().relations())
          .filteredOn(relation -> relation.name().equals("minutes"))
          .extracting("late")
          .containsExactly(1L);
    }
  }

  private void insert(FreshetSystem system, int id, String time) throws Exception {
    try (Connection connection = shop().open();
        var statement = connection.createStatement()) {
      statement.execute("INSERT INTO readings VALUES (" + id + ", 1, '2026-11-24 " + time + "')");
      assertThat(Positions.await(system, Verification.position(connection), 60)).isTrue();
    }
  }

  private void keepForLater() throws IOException {
    copy(project.resolve(".freshet"), folder.resolve("kept"));
  }

  /** The state as it was kept, of a process that never stopped well. */
  private void crashTo() throws IOException {
    Files.move(project.resolve(".freshet"), folder.resolve("stopped well"));
    Files.move(folder.resolve("kept"), project.resolve(".freshet"));
  }

  private static void await(FreshetSystem system) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (system.status().models().outcome() == Outcome.NONE) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
      Thread.yield();
    }
    assertThat(system.status().models().outcome())
        .as(system.status().models().message())
        .isEqualTo(Outcome.APPLIED);
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> all;
    try (Stream<Path> tree = Files.walk(from)) {
      all = tree.toList();
    }
    for (Path path : all) {
      Path target = to.resolve(from.relativize(path).toString());
      if (Files.isDirectory(path)) {
        Files.createDirectories(target);
      } else if (Files.exists(path)) {
        Files.copy(path, target);
      }
    }
  }
}
