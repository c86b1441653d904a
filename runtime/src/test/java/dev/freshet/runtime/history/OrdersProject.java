package dev.freshet.runtime.history;

import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.database.checkpoint.CheckpointSettings;
import dev.freshet.database.step.PipelineSettings;
import dev.freshet.engine.Snapshot;
import dev.freshet.engine.hash.RowKind;
import dev.freshet.engine.hash.StateHash;
import dev.freshet.engine.workers.WorkerSettings;
import dev.freshet.lake.LakeOptions;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.EmbeddedLog;
import dev.freshet.log.embedded.LogSettings;
import dev.freshet.log.embedded.RetentionPolicy;
import dev.freshet.runtime.dataflow.Dataflow;
import dev.freshet.runtime.dataflow.DataflowSettings;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.ResolvedProject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A project with a model of each kind, over changes that a test makes. */
public final class OrdersProject {
  /** A log of which nothing is forgotten. */
  public static final LogSettings WHOLE = LogSettings.DEFAULT;

  /** A log that forgets at once what a start does not need. */
  public static final LogSettings FORGETTING =
      LogSettings.DEFAULT.withSegmentBytes(2_000).withRetention(RetentionPolicy.NOTHING);

  private static final LocalDateTime START = LocalDateTime.parse("2026-11-24T09:00:00");

  private final Path directory;

  public OrdersProject(Path directory) throws IOException {
    this.directory = directory;
    write("freshet.yaml", "name: shop\nstate: state\n");
    write(
        "sources/shop.yaml",
        """
        kind: postgres
        url: postgres://localhost/shop
        tables:
          - name: public.orders
            watermark: {column: ordered_at, delay: 4s}
          - {name: public.clicks, keep: none}
        """);
    write(
        "contracts/orders.yaml",
        "key: [id]\ncolumns:\n  id: BIGINT\n  ordered_at: TIMESTAMP\n  amount: BIGINT\n");
    write("contracts/clicks.yaml", "key: [id]\ncolumns:\n  id: BIGINT\n  page: BIGINT\n");
    write("models/silver/shares.sql", "SELECT id, amount, 1000 / amount AS share FROM orders\n");
    write(
        "models/gold/amounts.sql",
        "SELECT amount, COUNT(*) AS orders, SUM(share) AS shares FROM shares GROUP BY amount\n");
    write(
        "models/gold/minutes.sql",
        """
        /*
        emit: final
        */
        SELECT window_start, window_end, COUNT(*) AS orders, SUM(amount) AS amount
        FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end
        """);
    write("models/gold/pages.sql", "SELECT page, COUNT(*) AS clicks FROM clicks GROUP BY page\n");
    tax(20);
    write("models/gold/taxes.sql", "SELECT id, TAX(amount) AS tax FROM orders\n");
  }

  public void write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** Writes the function that one of the models calls, always as the same version. */
  public void tax(int percent) throws IOException {
    write(
        "functions/Tax.java",
        """
        import dev.freshet.core.function.ScalarFunction;

        public final class Tax extends ScalarFunction {
          public long eval(long amount) {
            return amount * %d;
          }

          @Override
          public String version() {
            return "1";
          }
        }
        """
            .formatted(percent));
  }

  public Project read() {
    return ProjectReader.read(directory, Map.of(), "");
  }

  public ResolvedProject resolved() {
    return ResolvedProject.of(read());
  }

  /** What the project, as it is by now, comes to over the whole log of {@code state}. */
  public Map<String, List<StateHash>> fromTheStart() throws IOException {
    Path log = directory.resolve("other/log");
    Files.createDirectories(log);
    try (Stream<Path> files = Files.list(directory.resolve("state/log"))) {
      for (Path file : files.toList()) {
        Files.copy(file, log.resolve(file.getFileName()));
      }
    }
    try (Run run = run("other", 500, 1, WHOLE)) {
      run.run();
      return run.hashes();
    }
  }

  /** One run of the process; closing it without saving is what a kill leaves. */
  public Run run(String state, int stepRows, int workers, LogSettings log) {
    return new Run(directory.resolve(state), resolved(), stepRows, workers, log);
  }

  /** What runs. */
  public static final class Run implements AutoCloseable {
    private final ResolvedProject project;
    private final EmbeddedLog log;
    private final Dataflow dataflow;

    private Run(
        Path state, ResolvedProject project, int stepRows, int workers, LogSettings settings) {
      this.project = project;
      LocalStorage storage = new LocalStorage(state);
      log = EmbeddedLog.open(storage, "log", Clock.system(), settings);
      dataflow =
          Dataflow.open(
              storage,
              Clock.system(),
              Scheduler.threads(),
              log,
              project.tables(),
              project.models(),
              new DataflowSettings(
                  new PipelineSettings(stepRows, Duration.ofMillis(250)),
                  LakeOptions.defaults(),
                  Duration.ofHours(1),
                  new CheckpointSettings(Duration.ofHours(1), 2),
                  1L << 24,
                  WorkerSettings.of(workers).withPartRows(4)));
    }

    public Dataflow dataflow() {
      return dataflow;
    }

    public EmbeddedLog log() {
      return log;
    }

    public ResolvedProject project() {
      return project;
    }

    /** Appends transactions: orders that come, change and go, some late; and clicks. */
    public void append(SplittableRandom random, int transactions) {
      for (int i = 0; i < transactions; i++) {
        long end = log.endOffset();
        append(
            random.nextInt(4) == 0
                ? clicks(end, random)
                : orders(end, random, 1 + random.nextInt(4)));
        if (i % 10 == 9) {
          log.flush();
        }
      }
    }

    private TableChanges orders(long at, SplittableRandom random, int count) {
      BatchBuilder rows = new BatchBuilder(contract(0).schema(), count);
      byte[] operations = new byte[count];
      for (int i = 0; i < count; i++) {
        boolean goes = random.nextInt(5) == 0;
        operations[i] = (goes ? Operation.DELETE : Operation.INSERT).code();
        LocalDateTime time = START.plusSeconds(at * 2 - random.nextInt(90));
        rows.row(1, (long) random.nextInt(60), time, (long) random.nextInt(7));
      }
      return changes("orders", rows.build(), operations);
    }

    private TableChanges clicks(long at, SplittableRandom random) {
      BatchBuilder rows = new BatchBuilder(contract(1).schema(), 1);
      rows.row(1, at, (long) random.nextInt(3));
      return changes("clicks", rows.build(), new byte[] {Operation.INSERT.code()});
    }

    private Contract contract(int index) {
      return project.tables().get(index);
    }

    /** Appends an order. */
    public void appendOrder(long id, LocalDateTime time, long amount) {
      BatchBuilder rows = new BatchBuilder(contract(0).schema(), 1);
      rows.row(1, id, time, amount);
      append(changes("orders", rows.build(), new byte[] {Operation.INSERT.code()}));
    }

    private void append(TableChanges changes) {
      long now =
          ChronoUnit.MICROS.between(
              Instant.EPOCH, START.plusSeconds(2 * log.endOffset()).toInstant(ZoneOffset.UTC));
      ChangeSet set =
          new ChangeSet("shop", new byte[8], now, now, 1, ChangeSet.Part.LAST, List.of(changes));
      log.append(LogRecord.of(set, new ByteWriter(256)));
    }

    /** Makes steps of all that was appended. */
    public void run() {
      log.flush();
      while (dataflow.pipeline().run() instanceof Next.Now) {
        // one step after the other
      }
    }

    public Snapshot snapshot() {
      return dataflow.engine().snapshot();
    }

    /** Of rows and of those that fail, by table and model. */
    public Map<String, List<StateHash>> hashes() {
      return OrdersProject.hashes(snapshot());
    }

    @Override
    public void close() {
      dataflow.close();
      log.close();
    }
  }

  public static Map<String, List<StateHash>> hashes(Snapshot snapshot) {
    Map<String, List<StateHash>> hashes = new LinkedHashMap<>();
    for (String relation : snapshot.relations()) {
      hashes.put(
          relation,
          List.of(
              StateHash.of(snapshot, relation, RowKind.CONTENT),
              StateHash.of(snapshot, relation, RowKind.ERRORS)));
    }
    return hashes;
  }

  private static TableChanges changes(String table, Batch rows, byte[] operations) {
    boolean[][] missing = new boolean[rows.schema().columnCount()][];
    Arrays.fill(missing, Vector.NO_NULLS);
    int[] before = new int[operations.length];
    Arrays.fill(before, -1);
    return new TableChanges(
        table,
        1,
        new int[] {0},
        operations,
        rows,
        missing,
        before,
        Batch.empty(rows.schema()),
        List.of());
  }
}
