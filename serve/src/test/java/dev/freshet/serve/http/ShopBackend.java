package dev.freshet.serve.http;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.output.DeliveryGuarantee;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Decimal;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Engine;
import dev.freshet.engine.RelationTime;
import dev.freshet.engine.Snapshot;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Ingest;
import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.backend.RelationInfo;
import dev.freshet.serve.backend.SystemStatus;
import dev.freshet.serve.backend.SystemStatus.LakeStatus;
import dev.freshet.serve.backend.SystemStatus.LedgerStatus;
import dev.freshet.serve.backend.SystemStatus.LogStatus;
import dev.freshet.serve.backend.SystemStatus.OutputStatus;
import dev.freshet.serve.backend.SystemStatus.RelationStatus;
import dev.freshet.serve.backend.SystemStatus.SourceStatus;
import dev.freshet.serve.backend.SystemStatus.StepStatus;
import dev.freshet.sql.plan.Plan;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A shop's tables and models with made-up rows, changed only by {@link #step}. Thread-safe. */
final class ShopBackend implements Backend {
  volatile SystemStatus.ModelsStatus models = SystemStatus.ModelsStatus.NONE;
  static final long STARTED_MICROS = 1_795_519_800_000_000L;

  private final Map<String, RelationInfo> relations = new LinkedHashMap<>();
  private final Map<String, TreeMap<Long, Object[]>> rows = new LinkedHashMap<>();
  private final Map<String, Long> changes = new LinkedHashMap<>();
  private final Map<String, Double> rates = new LinkedHashMap<>();
  private final TreeSet<String> paused = new TreeSet<>();
  private final List<Feed> feeds = new CopyOnWriteArrayList<>();
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private long step = 100;
  private volatile double snapshotPercent = 100;
  private volatile long staleMillis;

  final FakeIngest ingest = new FakeIngest();

  private record Feed(String relation, ChangeListener listener) {}

  ShopBackend() {
    relation("customers", "bronze", "", "customer_id", "shop");
    relation("products", "bronze", "", "product_id", "shop");
    relation("orders", "bronze", "", "order_id", "shop");
    relation("order_items", "bronze", "", "order_id", "shop");
    relation("payments", "bronze", "", "payment_id", "shop");
    relation(
        "customers_clean", "silver", "Customers with a usable address", "customer_id", "customers");
    relation(
        "orders_clean",
        "silver",
        "Orders that count, with what the customer really pays",
        "order_id",
        "orders");
    relation(
        "order_lines",
        "silver",
        "What was ordered, line by line, with the product's name",
        "order_id",
        "order_items",
        "orders",
        "products");
    relation(
        "revenue_by_country",
        "gold",
        "What each country's customers order",
        "country_id",
        "orders_clean",
        "customers_clean");
    relation(
        "top_products", "gold", "The ten products that earn most", "product_id", "order_lines");
    relation(
        "customer_360",
        "gold",
        "Each customer with all that was ordered",
        "customer_id",
        "customers_clean",
        "orders_clean");
    relation("served_cities", "gold", "Where orders go, by channel", "city_id", "orders_clean");
    relation(
        "payment_mix",
        "gold",
        "How customers pay, and how much is refunded",
        "method_id",
        "payments");
    relation("assortment", "gold", "What each category offers", "category_id", "products");
    relation(
        "daily_activity",
        "gold",
        "How much happened on each day, by kind",
        "day_id",
        "orders",
        "payments",
        "customers");
    relation(
        "revenue_per_minute", "gold", "Orders and revenue of each minute", "minute_id", "orders");
    relations
        .keySet()
        .forEach(name -> {
          for (long id = 1; id <= 20; id++) {
            rows.get(name).put(id, row(id, id));
          }
        });
  }

  private void relation(
      String name, String layer, String description, String key, String... inputs) {
    Schema schema =
        Schema.of(
            Column.notNull(key, Simple.BIGINT),
            Column.notNull("name", Simple.VARCHAR),
            Column.nullable("note", Simple.VARCHAR),
            Column.notNull("amount", new Decimal(14, 2)),
            Column.notNull("share", Simple.DOUBLE),
            Column.notNull("is_active", Simple.BOOLEAN),
            Column.notNull("seen_on", Simple.DATE),
            Column.notNull("seen_at", Simple.TIMESTAMP_LTZ),
            Column.nullable("preferences", Simple.JSON),
            Column.notNull("tags", new DataType.Array(Simple.VARCHAR)));
    String sql =
        layer.equals("bronze")
            ? ""
            : "SELECT\n  "
                + key
                + ",\n  name,\n  SUM(amount * 1.19) AS amount -- with tax\nFROM "
                + inputs[0]
                + "\nWHERE status <> 'cancelled'\nGROUP BY "
                + key
                + ", name\n";
    relations.put(
        name,
        new RelationInfo(
            name,
            layer,
            description,
            schema,
            List.of(key),
            List.of(inputs),
            sql,
            "file:///var/freshet/shop/lake/" + layer + "/" + name));
    rows.put(name, new TreeMap<>());
    changes.put(name, 0L);
    rates.put(name, 0.0);
  }

  private static Object[] row(long id, long version) {
    String[] names = {
      "Lotte Berg", "Amara Okafor", "Jun Watanabe", "Inês Duarte", "Noah Lindqvist"
    };
    return new Object[] {
      id,
      names[(int) (id % names.length)],
      id % 3 == 0 ? null : "leave at door " + id,
      BigDecimal.valueOf(100 * id + version * 37, 2),
      version / 8.0,
      version % 4 != 0,
      LocalDate.of(2026, 11, 24).minusDays(id),
      Instant.ofEpochSecond(1_795_519_800L + version, 250_000_000),
      "{\"language\":\"pt\",\"news\":true}",
      List.of("new", "vip")
    };
  }

  /** Makes one step that puts {@code count} rows with new versions into a relation. */
  synchronized long step(String relation, long firstId, int count) {
    step++;
    Schema schema = relations.get(relation).schema();
    BatchBuilder batch = new BatchBuilder(schema, 2 * count);
    for (long id = firstId; id < firstId + count; id++) {
      Object[] old = rows.get(relation).put(id, row(id, step));
      if (old != null) {
        batch.row(-1, old);
      }
      batch.row(1, row(id, step));
    }
    changes.merge(relation, 2L * count, Long::sum);
    Batch built = batch.build();
    feeds.stream()
        .filter(feed -> feed.relation().equals(relation))
        .forEach(feed -> feed.listener().onStep(step, built));
    return step;
  }

  void rate(String relation, double perSecond) {
    rates.put(relation, perSecond);
  }

  void problem(String problem) {
    problems.add(problem);
  }

  void stale(long millis) {
    staleMillis = millis;
  }

  void snapshotPercent(double percent) {
    snapshotPercent = percent;
  }

  int openFeeds() {
    return feeds.size();
  }

  @Override
  public synchronized SystemStatus status() {
    List<RelationStatus> statuses = new ArrayList<>();
    for (RelationInfo info : relations.values()) {
      double rate = rates.get(info.name());
      statuses.add(
          new RelationStatus(
              info.name(),
              info.layer(),
              rows.get(info.name()).size(),
              changes.get(info.name()),
              rate,
              staleMillis,
              info.name().equals("orders_clean") ? 100 : 1_000,
              rate == 0 ? -1 : 4.2 + rate / 50,
              rate == 0 ? -1 : 18.5 + rate / 20,
              0,
              info.name().equals("payments") ? 3 : 0,
              info.layer().equals("bronze") ? 0 : 41_000L * rows.get(info.name()).size(),
              RelationStatus.NO_WATERMARK,
              0,
              0));
    }
    double received = rates.getOrDefault("orders", 0.0) * 3;
    SourceStatus source =
        new SourceStatus(
            "shop",
            "postgres",
            snapshotPercent < 100 ? "snapshot" : "streaming",
            "0/1A2B3C8",
            0,
            staleMillis,
            48_211,
            received,
            snapshotPercent,
            snapshotPercent < 100 ? 5400 : -1,
            "",
            List.of(),
            -1,
            List.of(),
            List.copyOf(paused));
    return new SystemStatus(
        "shop",
        step,
        STARTED_MICROS,
        problems.isEmpty(),
        problems,
        List.of(source),
        List.of(ingest.status()),
        List.of(
            new SystemStatus.ReconcileStatus(
                "shop", false, 4, 1, STARTED_MICROS, "0/1A2B3C8", step, 48_211, 0, 0, 2, "")),
        statuses,
        new LogStatus(0, step, step, 12_400_000),
        new LakeStatus("file:///var/freshet/shop/lake", step, 0, 41),
        List.of(
            new OutputStatus("lake", DeliveryGuarantee.TRANSACTIONAL, step),
            new OutputStatus("change feeds", DeliveryGuarantee.AT_LEAST_ONCE, step)),
        List.of(),
        new StepStatus(step, 4 * step, 1.4, 6.2),
        new LedgerStatus(48_211, 48_208, 3),
        models,
        Map.of(
            "checkpoint_step",
            64.0,
            "restarts_total",
            0.0,
            "task_retries_total",
            0.0,
            "disk_free_bytes",
            4e10,
            "disk_kept_free_bytes",
            2.68e8,
            "checkpoints_written",
            12.0,
            "checkpoints_damaged",
            0.0));
  }

  void endFeeds(FreshetException why) {
    feeds.forEach(feed -> feed.listener().onEnd(why));
  }

  @Override
  public List<Reconciled> reconcile(String source, List<String> tables, boolean repair) {
    Reconciled.Table payments =
        new Reconciled.Table(
            "payments",
            20,
            20,
            1,
            1,
            1,
            1,
            1,
            0,
            0,
            List.of(
                new Reconciled.Table.Row(Reconciled.Kind.MISSING, "{\"payment_id\":7}"),
                new Reconciled.Table.Row(Reconciled.Kind.EXTRA, "{\"payment_id\":27}")));
    Reconciled.Table mended =
        new Reconciled.Table("payments", 20, 19, 1, 1, 0, 0, 0, 0, 0, List.of());
    Reconciled.Comparison first =
        new Reconciled.Comparison("0/1A2B3C8", step, List.of(payments), 12, 40);
    Reconciled.Comparison after =
        new Reconciled.Comparison("0/1A2B4F0", step + 1, List.of(mended), 9, 31);
    return List.of(
        new Reconciled(
            source,
            first,
            repair ? Optional.of(new Reconciled.Repair(2, after)) : Optional.empty()));
  }

  @Override
  public synchronized TablesAfter onTables(
      String source, List<String> tables, TableOperation operation) {
    if (!source.equals("shop")) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND, "Cannot find source: " + source + ". There are: shop.");
    }
    switch (operation) {
      case PAUSE -> paused.addAll(tables);
      case RESUME -> tables.forEach(paused::remove);
      case RESNAPSHOT -> {}
    }
    return new TablesAfter(source, operation, tables, List.copyOf(paused), true);
  }

  @Override
  public Ingest ingest() {
    return ingest;
  }

  @Override
  public Applied apply() {
    return new Applied(
        step,
        List.of("fresh"),
        List.of("daily"),
        List.of(),
        List.of("gone"),
        List.of("old"),
        2,
        41);
  }

  @Override
  public List<RelationInfo> relations() {
    return List.copyOf(relations.values());
  }

  @Override
  public Snapshot snapshot() {
    return new StepOnly(step);
  }

  @Override
  public synchronized QueryResult query(String sql, int maxRows) {
    String name = sql.strip().replaceAll("(?is)^SELECT\\s+\\*\\s+FROM\\s+\"?(\\w+)\"?.*$", "$1");
    if (sql.contains("boom")) {
      throw new IllegalStateException("secret of the inside");
    }
    if (!relations.containsKey(name)) {
      throw new FreshetException(
          ErrorCode.SQL_INVALID,
          "Invalid SQL: no column revenu in revenue_by_country. Did you mean revenue?\n"
              + "  query, line 1, column 17\n\n"
              + "  1 | SELECT country, revenu FROM revenue_by_country\n"
              + "    |                 ^^^^^^");
    }
    BatchBuilder batch = new BatchBuilder(relations.get(name).schema(), 100);
    rows.get(name).values().stream().limit(maxRows).forEach(row -> batch.row(1, row));
    return new QueryResult(step, batch.build(), rows.get(name).size() > maxRows, 1_300_000);
  }

  @Override
  public synchronized QueryResult lookup(String relation, Map<String, String> key) {
    String column = relations.get(relation).key().getFirst();
    if (!key.keySet().equals(Set.of(column))) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          String.format(
              Locale.ROOT,
              "Invalid key for %s: %s. Its key is [%s].",
              relation,
              key.keySet(),
              column));
    }
    BatchBuilder batch = new BatchBuilder(relations.get(relation).schema(), 1);
    Object[] row = rows.get(relation).get(Long.parseLong(key.get(column)));
    if (row != null) {
      batch.row(1, row);
    }
    return new QueryResult(step, batch.build(), false, 90_000);
  }

  @Override
  public synchronized Subscription subscribe(String relation, From from, ChangeListener listener) {
    if (!relations.containsKey(relation)) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND, "Cannot find table: " + relation + ". There are: orders.");
    }
    if (from == From.SNAPSHOT) {
      listener.onStep(step, query("SELECT * FROM " + relation, 1_000_000).rows());
    }
    Feed feed = new Feed(relation, listener);
    feeds.add(feed);
    return () -> feeds.remove(feed);
  }

  /** A snapshot that knows its number only. */
  private record StepOnly(long step) implements Snapshot {
    private static final Schema STATE =
        Schema.of(
            Column.notNull("id", DataType.Simple.BIGINT),
            Column.nullable("note", DataType.Simple.VARCHAR));

    @Override
    public Keep keep(String relation) {
      if (!relations().contains(relation)) {
        throw new FreshetException(ErrorCode.NOT_FOUND, "There is no " + relation + ".");
      }
      return Keep.ALL;
    }

    @Override
    public Snapshot with(String relation, Batch rows) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long processingMicros() {
      return 0;
    }

    @Override
    public List<RelationTime> times() {
      return List.of();
    }

    @Override
    public List<String> relations() {
      return List.of("orders");
    }

    @Override
    public Schema schema(String relation) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int[] keyColumns(String relation) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long rowCount(String relation) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Batch scan(String relation) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void scan(String relation, Consumer<Batch> sink) {
      BatchBuilder rows = new BatchBuilder(STATE, 2);
      rows.row(1, 1L, "a");
      rows.row(2, 2L, "b");
      sink.accept(rows.build());
    }

    @Override
    public Batch lookup(String relation, Batch keys) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Batch errors(String view) {
      return Batch.empty(Engine.ERROR_SCHEMA);
    }

    @Override
    public Batch query(Plan plan) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Batch query(Plan plan, long rowsMax) {
      throw new UnsupportedOperationException();
    }
  }

  @Override
  public Replay planReplay(String model, String from) {
    if (!relations.containsKey(model)) {
      throw new FreshetException(ErrorCode.NOT_FOUND, "There is no " + model + ".");
    }
    return new Replay(List.of(model), OptionalLong.of(7), List.of("first line", "from " + from));
  }

  @Override
  public Replayed replay(String model, String from) {
    return new Replayed(planReplay(model, from), 100, 3, 1, 12);
  }

  @Override
  public Map<String, Origin> origins() {
    return Map.of("orders", new Origin("0011", OptionalLong.of(7)));
  }
}
