package dev.freshet.capture.http;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Pausable;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The source of rows that senders post. Its tables are what their contracts say: nothing else knows
 * their columns. Safe for all threads.
 */
public final class HttpSource implements Pausable {
  private final HttpSettings settings;
  private final List<String> tables;
  private final Map<String, Contract> contracts;
  private final Supplier<Storage> storage;
  private final BinaryBodies avro;
  private final Duration patience;
  private final PausedTables paused;
  private volatile @Nullable HttpCapture capture;

  /**
   * @param tables that are posted to
   * @param contracts of tables; those of others are passed over
   * @param storage keeps what the source remembers, below {@code sources/}; asked for at the start
   * @param avro decodes container files of Avro
   */
  public HttpSource(
      HttpSettings settings,
      List<String> tables,
      Map<String, Contract> contracts,
      Supplier<Storage> storage,
      BinaryBodies avro) {
    this(
        settings, tables, contracts, storage, avro, HttpCapture.PATIENCE, PausedTables.ofProcess());
  }

  /** As above, without Avro. */
  public HttpSource(
      HttpSettings settings,
      List<String> tables,
      Map<String, Contract> contracts,
      Supplier<Storage> storage) {
    this(settings, tables, contracts, storage, BinaryBodies.NONE);
  }

  /**
   * @param patience how long a request waits for the disk
   */
  HttpSource(
      HttpSettings settings,
      List<String> tables,
      Map<String, Contract> contracts,
      Supplier<Storage> storage,
      Duration patience) {
    this(
        settings,
        tables,
        contracts,
        storage,
        BinaryBodies.NONE,
        patience,
        PausedTables.ofProcess());
  }

  private HttpSource(
      HttpSettings settings,
      List<String> tables,
      Map<String, Contract> contracts,
      Supplier<Storage> storage,
      BinaryBodies avro,
      Duration patience,
      PausedTables paused) {
    this.settings = settings;
    this.tables = List.copyOf(tables);
    this.contracts = Map.copyOf(contracts);
    this.storage = storage;
    this.avro = avro;
    this.patience = patience;
    this.paused = paused;
  }

  /** The same, and it takes no rows of these tables. */
  public HttpSource pausing(PausedTables newPaused) {
    return new HttpSource(settings, tables, contracts, storage, avro, patience, newPaused);
  }

  /** Who posts to a table that is paused is told so, and keeps the rows. */
  @Override
  public PausedTables paused() {
    return paused;
  }

  @Override
  public String name() {
    return settings.name();
  }

  public List<String> tables() {
    return tables;
  }

  @Override
  public SourceCheck check(Resume resume) {
    List<SourceTable> found = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (String table : tables) {
      Contract contract = contracts.get(table);
      if (contract == null) {
        problems.add(
            new Problem(
                ErrorCode.SOURCE_MISCONFIGURED,
                "Cannot post to table "
                    + table
                    + " of source "
                    + name()
                    + ": nothing tells its columns.",
                "write contracts/"
                    + table
                    + ".yaml, such as: {key: [id], columns: {id: BIGINT, name: VARCHAR}}"));
        continue;
      }
      found.add(new SourceTable(table, table, 1, contract.schema(), contract.keyColumns()));
      notes.add("rows of " + table + " are posted to /v1/ingest/" + table);
    }
    return new SourceCheck(found, problems, notes);
  }

  @Override
  public Capture start(Scheduler scheduler, Clock clock, Resume resume, ChangeSink sink) {
    Map<String, TableBodies> decoders = new TreeMap<>();
    for (String table : tables) {
      Contract contract = contracts.get(table);
      if (contract != null) {
        decoders.put(table, new TableBodies(contract, settings, avro));
      }
    }
    KeysFile keysFile = new KeysFile(storage.get(), "sources/" + settings.name() + ".keys");
    HttpCapture started =
        HttpCapture.start(
            settings, decoders, keysFile, paused, scheduler, clock, resume, sink, patience);
    capture = started;
    return started;
  }

  /**
   * The running source.
   *
   * @throws FreshetException {@link ErrorCode#NOT_RUNNING} before its start
   */
  public HttpCapture capture() {
    HttpCapture running = capture;
    if (running == null) {
      throw new FreshetException(
          ErrorCode.NOT_RUNNING, "Cannot take rows yet: the project is being started.");
    }
    return running;
  }
}
