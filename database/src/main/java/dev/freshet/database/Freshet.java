package dev.freshet.database;

import dev.freshet.contracts.Gate;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Schema;
import dev.freshet.database.subscribe.ChangeListener;
import dev.freshet.database.subscribe.Subscriptions;
import dev.freshet.engine.OperatorStatistics;
import dev.freshet.engine.RelationTime;
import dev.freshet.engine.Snapshot;
import dev.freshet.engine.ViewBuild;
import dev.freshet.log.FreeSpace;
import dev.freshet.sql.Statement;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A database in this JVM, kept in one directory: tables, and views that always equal their query.
 *
 * <p>A write returns when it is durable and visible in all views. Each query is answered from the
 * state after one step, never from a mixture. Writers take turns; readers neither wait for writers
 * nor hold them up. Safe for all threads.
 *
 * <p>Errors are {@link FreshetException}s with a stable {@link ErrorCode}. After a write has failed
 * with {@link ErrorCode#COMMIT_OUTCOME_UNKNOWN}, the database still answers from its last state,
 * and has to be closed and opened again before it takes another write.
 */
public final class Freshet implements AutoCloseable {
  private final OpenParts parts;
  private final FreshetOptions options;
  private final Writer writer;

  /** Held by the one thread that writes. */
  private final ReentrantLock writing = new ReentrantLock(true);

  private volatile Published published;
  private volatile boolean closed;

  Freshet(OpenParts parts, FreshetOptions options, Writer writer) {
    this.parts = parts;
    this.options = options;
    this.writer = writer;
    this.published = parts.relations().publish();
    parts.pipeline().addListener(_ -> publish());
    parts.pipeline().addListener(parts.subscriptions());
    parts.pipeline().addListener(parts.checkpoints());
  }

  /** As {@link #open(Path, FreshetOptions)} with {@link FreshetOptions#DEFAULT}. */
  public static Freshet open(Path directory) {
    return open(directory, FreshetOptions.DEFAULT);
  }

  /**
   * Opens the database in a directory, or begins one there. What was answered before a crash is
   * there again.
   *
   * @throws FreshetException {@link ErrorCode#DIRECTORY_IN_USE} when it is open already, here or in
   *     another process; {@link ErrorCode#STORAGE_DAMAGED}, with the way out; {@link
   *     ErrorCode#FORMAT_UNKNOWN} for a directory of a newer Freshet
   */
  public static Freshet open(Path directory, FreshetOptions options) {
    Scheduler scheduler = Scheduler.threads();
    return Opening.open(
        new LocalStorage(directory),
        Clock.system(),
        scheduler,
        new Commits.OwnThread(scheduler),
        options);
  }

  /**
   * As {@link #open(Path, FreshetOptions)}, over other ports. Writes run on the caller's thread,
   * which must not be interrupted while it writes.
   */
  public static Freshet open(
      Storage storage, Clock clock, Scheduler scheduler, FreshetOptions options) {
    return Opening.open(storage, clock, scheduler, new Commits.Direct(), options);
  }

  /**
   * Runs a statement as a transaction of its own.
   *
   * <ul>
   *   <li>{@code CREATE TABLE}, with a PRIMARY KEY; {@code CREATE [MATERIALIZED] VIEW}; {@code
   *       DROP}
   *   <li>{@code INSERT}: a key that is there fails with {@link ErrorCode#ALREADY_EXISTS}, and
   *       nothing is applied; {@code UPDATE}; {@code DELETE}
   * </ul>
   *
   * @throws FreshetException {@link ErrorCode#SQL_SYNTAX}, {@link ErrorCode#SQL_INVALID} or {@link
   *     ErrorCode#SQL_UNSUPPORTED} with the place; {@link ErrorCode#CONTRACT_VIOLATED} or {@link
   *     ErrorCode#VALUE_INVALID} for values that a table does not take, {@link
   *     ErrorCode#ALREADY_EXISTS}, {@link ErrorCode#NOT_FOUND}: in all of these nothing was
   *     applied; {@link ErrorCode#TIMED_OUT} when other writers did not end in time
   */
  public WriteResult execute(String sql) {
    Optional<ViewBuild> build = Optional.empty();
    lock();
    try {
      Statement statement = published.statements().compile(sql);
      if (statement instanceof Statement.CreateView create) {
        build = definitionChanges().begin(create);
      }
      if (build.isEmpty()) {
        return execute(statement, sql);
      }
    } finally {
      writing.unlock();
    }
    return createView(sql, build.get());
  }

  /** Others write while a view is computed that reads much. */
  private WriteResult createView(String sql, ViewBuild build) {
    try {
      build.run();
    } catch (RuntimeException e) {
      locked(() -> {
        definitionChanges().abandon(build);
        return 0;
      });
      throw e;
    }
    return locked(() -> {
      try {
        Statement statement = published.statements().compile(sql);
        Check.that(statement instanceof Statement.CreateView, "a statement stays what it is");
        return definitionChanges()
            .create((Statement.CreateView) statement, sql, Optional.of(build));
      } finally {
        definitionChanges().abandon(build);
      }
    });
  }

  private WriteResult execute(Statement statement, String sql) {
    return switch (statement) {
      case Statement.CreateTable create -> definitionChanges().create(create.definition());
      case Statement.CreateView create -> definitionChanges().create(create, sql, Optional.empty());
      case Statement.Drop drop -> definitionChanges().drop(drop.definition());
      case Statement.Insert _,
          Statement.Update _,
          Statement.Delete _,
          Statement.Query _,
          Statement.Explain _ -> {
        Transaction transaction = new Transaction(this, published, () -> {});
        transaction.run(statement);
        yield transaction.commit();
      }
    };
  }

  /**
   * Answers a SELECT, or shows the plan of an {@code EXPLAIN SELECT}.
   *
   * @throws FreshetException {@link ErrorCode#SQL_SYNTAX}, {@link ErrorCode#SQL_INVALID} or {@link
   *     ErrorCode#SQL_UNSUPPORTED} with the place; {@link ErrorCode#VALUE_INVALID} when a row fails
   *     in an expression
   */
  public QueryResult query(String sql) {
    return Reading.query(readable(), sql, this::operatorsForQuery);
  }

  /**
   * The rows of a table or view with this key, without SQL. A view is looked up by the columns that
   * identify its rows, as far as they follow from its query, else by all columns.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when there is no such table or view
   */
  public QueryResult lookup(String relation, @Nullable Object... key) {
    return Reading.lookup(readable().snapshot(), relation, key);
  }

  /** The only row of a table with this key; errors as {@link #lookup}. */
  public Optional<Row> find(String table, @Nullable Object... key) {
    return lookup(table, key).stream().findFirst();
  }

  /**
   * All rows of a table or view at one step, in batches of bounded size: for relations too large
   * for one answer. Returns the step.
   */
  public long scan(String relation, Consumer<Batch> sink) {
    Snapshot snapshot = readable().snapshot();
    snapshot.scan(relation, sink);
    return snapshot.step();
  }

  /**
   * The rows that a view could not compute: why, and the row as JSON text. They are not in the view
   * until they are corrected or deleted.
   */
  public QueryResult errors(String view) {
    Snapshot snapshot = readable().snapshot();
    return new QueryResult(snapshot.step(), snapshot.errors(view));
  }

  /**
   * How far the tables with a WATERMARK and the views WITH ('emit' = 'final') have come, tables
   * first, and how many changes came too late for each view.
   */
  public List<RelationTime> watermarks() {
    return readable().snapshot().times();
  }

  /**
   * Makes a step without changes. By it time passes for tables that become idle when nobody writes:
   * call it now and then if final views should not wait for such tables.
   */
  public WriteResult heartbeat() {
    return locked(() -> new WriteResult(commit(List.of()), 0));
  }

  /**
   * Runs changes as one transaction: commits when the body returns, and throws all away when it
   * throws. Must not be used from inside of another transaction or of a listener.
   *
   * @throws FreshetException as {@link Transaction#commit}, and what the body throws; {@link
   *     ErrorCode#TIMED_OUT} when other writers did not end in time
   */
  public WriteResult transaction(Consumer<Transaction> body) {
    try (Transaction transaction = begin()) {
      body.accept(transaction);
      return transaction.commit();
    }
  }

  /**
   * Begins a transaction. All other writers wait until it is committed or closed: use it in a
   * {@code try} block.
   *
   * @throws FreshetException {@link ErrorCode#TIMED_OUT} when other writers did not end in time
   */
  public Transaction begin() {
    lock();
    return new Transaction(this, published, writing::unlock);
  }

  /**
   * Feeds the changes of a table or view to a listener, step by step, without gap or repeat; with
   * {@link Subscriptions.From#SNAPSHOT} first all rows that are there, before this returns. The
   * listener runs before the write that it hears of is answered, so it has to be quick; it may read
   * and must not write or wait for a writer. One that throws loses its feed.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND} when there is no such table or view
   */
  public Subscriptions.Subscription subscribe(
      String relation, Subscriptions.From from, ChangeListener listener) {
    return locked(() -> {
      GuardedListener guarded = new GuardedListener(relation, listener);
      Subscriptions.Subscription subscription =
          parts.subscriptions().subscribe(relation, from, guarded);
      guarded.startedWith(subscription::close);
      return subscription;
    });
  }

  /** The step that readers see. Each write moves it forward; the numbers have gaps. */
  public long step() {
    return readable().snapshot().step();
  }

  /** The names of all tables, in the order of their creation. */
  public List<String> tables() {
    return readable().definitions().tables().stream().map(table -> table.name()).toList();
  }

  /** The names of all views, in the order of their creation. */
  public List<String> views() {
    return readable().definitions().views().stream().map(view -> view.name()).toList();
  }

  /**
   * The columns of a table or view.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}
   */
  public Schema schema(String relation) {
    return readable().snapshot().schema(relation);
  }

  /**
   * The operators that keep a view up to date, as an indented text, each with its rows, state and
   * time.
   *
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}
   */
  public String explain(String view) {
    return locked(() -> parts.engine().explain(view));
  }

  /** What each operator has done since the opening, and what it holds in memory and on disk. */
  public List<OperatorStatistics> operators() {
    return locked(() -> parts.engine().statistics());
  }

  /** As {@link #operators}, also for a thread that is inside of a transaction or a listener. */
  List<OperatorStatistics> operatorsForQuery() {
    boolean inside = writing.isHeldByCurrentThread() || parts.commits().isCommitting();
    return inside ? parts.engine().statistics() : operators();
  }

  /**
   * Why the last checkpoint could not be written, such as a full disk; it is tried again. Nothing
   * is lost meanwhile, but the log grows and a restart takes longer.
   */
  public Optional<FreshetException> checkpointFailure() {
    return parts.checkpointTask().failure();
  }

  /**
   * What was found damaged of the checkpoints at the opening, a sentence each. Nothing is lost: the
   * newest one that is whole was taken, and the log read from there. But the disk wants looking
   * after.
   */
  public List<String> checkpointDamages() {
    return parts.engine().damages();
  }

  /**
   * Waits for the current writer, saves the state so that the next opening is quick, and lets go of
   * the directory. Feeds end. Calling it again does nothing.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    locked(() -> {
      closed = true;
      parts
          .subscriptions()
          .endAll(new FreshetException(ErrorCode.NOT_RUNNING, "The database was closed."));
      parts.close(writer.isFailed() ? OpenParts.Saving.SKIP : OpenParts.Saving.CHECKPOINT);
      return closed;
    });
  }

  private DefinitionChanges definitionChanges() {
    writer.refuseWhenFailed();
    return new DefinitionChanges(parts, writer, published.snapshot().step());
  }

  private void publish() {
    published = parts.relations().publish();
  }

  private Published readable() {
    requireOpen();
    return published;
  }

  private void requireOpen() {
    if (closed) {
      throw new FreshetException(
          ErrorCode.NOT_RUNNING,
          "Cannot use the database in "
              + parts.storage().root()
              + ": it is closed. Open it again with Freshet.open.");
    }
  }

  private <T> T locked(Supplier<T> work) {
    lock();
    try {
      return work.get();
    } finally {
      writing.unlock();
    }
  }

  private void lock() {
    requireOpen();
    if (writing.isHeldByCurrentThread() || parts.commits().isCommitting()) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot write here: this thread is inside of a transaction or a listener. In a"
              + " transaction use its own methods; from a listener hand over to another thread.");
    }
    boolean locked = false;
    try {
      locked = writing.tryLock(options.writeWait().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FreshetException(
          ErrorCode.TIMED_OUT, "Cannot write: interrupted while waiting for another writer.", e);
    }
    if (!locked) {
      throw new FreshetException(
          ErrorCode.TIMED_OUT,
          "Cannot write: another writer did not end within "
              + options.writeWait()
              + ". A transaction that was begun has to be committed or closed.");
    }
    if (closed) {
      writing.unlock();
      requireOpen();
    }
  }

  /** The gate of a table; to the thread that writes. */
  Gate gate(String table) {
    return parts.relations().gate(table);
  }

  /** Commits a transaction's changes; to the thread that writes. */
  long commit(List<TableChanges> changes) {
    writer.refuseWhenFailed();
    refuseWhenDiskIsShort();
    return parts.commits().call(() -> writer.commit(changes));
  }

  private void refuseWhenDiskIsShort() {
    FreeSpace space = parts.freeSpace();
    if (space.isShort()) {
      throw new FreshetException(
          ErrorCode.DISK_FULL,
          "Cannot write: the disk of "
              + parts.storage().root()
              + " has "
              + (space.bytes() >> 10)
              + " KiB free, and "
              + (space.keptBytes() >> 10)
              + " KiB are to stay free. Nothing was written. Free some space: writing then goes on.");
    }
  }

  void requireWriter() {
    if (!writing.isHeldByCurrentThread()) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot use the transaction here: it belongs to the thread that began it.");
    }
  }
}
