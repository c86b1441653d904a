package dev.freshet.kafka;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceStatus;
import dev.freshet.capture.SourceStatus.SnapshotProgress;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.kafka.message.TableMessages;
import dev.freshet.kafka.registry.SchemaRegistry;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** A running source of topics. Safe for all threads. */
final class KafkaCapture implements Capture {
  private static final long CLOSE_MILLIS = 10_000;
  private static final int PARTITIONS_NAMED_MAX = 8;

  private final KafkaSettings settings;
  private final Counters counters;
  private final @Nullable SchemaRegistry registry;
  private final PausedTables paused;
  private volatile State state = State.CONNECTING;
  private volatile String error = "";
  private volatile String lost = "";
  private volatile String groupProblem = "";
  private volatile String topicsProblem = "";
  private volatile KafkaPosition received;
  private volatile KafkaPosition durable;
  private volatile long lastCommitMicros;
  private volatile boolean closed;
  private volatile Topics.@Nullable Found found;
  private @Nullable ReadTask task;
  private @Nullable DecodeAhead ahead;
  private Scheduler.@Nullable Handle reader;
  private Scheduler.@Nullable Handle looker;

  private KafkaCapture(
      KafkaSettings settings,
      Counters counters,
      @Nullable SchemaRegistry registry,
      PausedTables paused,
      KafkaPosition position) {
    this.settings = settings;
    this.counters = counters;
    this.registry = registry;
    this.paused = paused;
    this.received = position;
    this.durable = position;
  }

  /**
   * @param tables by name
   */
  static KafkaCapture start(
      KafkaSettings settings,
      Map<String, TableMessages> tables,
      @Nullable SchemaRegistry registry,
      PausedTables paused,
      Scheduler scheduler,
      Clock clock,
      Resume resume,
      ChangeSink sink) {
    boolean isFirst = !(resume instanceof Resume.After);
    KafkaPosition position =
        resume instanceof Resume.After after
            ? KafkaPosition.read(after.position())
            : KafkaPosition.START;
    Counters counters = new Counters(tables.keySet());
    KafkaCapture capture = new KafkaCapture(settings, counters, registry, paused, position);
    DecodeAhead ahead = new DecodeAhead(scheduler, settings.name());
    capture.ahead = ahead;
    ReadTask task =
        new ReadTask(
            capture, settings, tables, counters, paused, sink, clock, ahead, position, isFirst);
    capture.task = task;
    capture.reader = scheduler.start("source " + settings.name(), task);
    capture.looker = scheduler.start("topics of " + settings.name(), () -> capture.look());
    return capture;
  }

  /** Looks for new topics and partitions, and for such as were made anew. */
  private Next look() {
    if (closed) {
      return Next.DONE;
    }
    if (state == State.STREAMING) {
      try (Admin admin = Clients.admin(settings)) {
        found = new Topics(settings, admin).find(paused.now());
        topicsProblem = "";
      } catch (FreshetException | KafkaException e) {
        FreshetException problem = KafkaErrors.of("look for new topics", settings, e);
        topicsProblem = String.valueOf(problem.getMessage());
      }
    }
    return Next.afterMillis(settings.discover().toMillis());
  }

  /** Whether the broker has other topics and partitions than those that are read. */
  boolean hasOtherTopics(Topics.Found read) {
    Topics.Found seen = found;
    found = null;
    return seen != null
        && (!seen.partitions().equals(read.partitions()) || !seen.ids().equals(read.ids()));
  }

  void enter(State newState) {
    state = newState;
    if (newState == State.STREAMING) {
      error = "";
    }
  }

  void failed(State newState, String message) {
    error = message;
    state = newState;
  }

  void reads(KafkaPosition position) {
    received = position;
  }

  void delivered(ChangeSet changes) {
    lastCommitMicros = changes.sourceMicros();
  }

  void lost(List<String> what) {
    if (!what.isEmpty()) {
      lost = "Messages are missing, as when-lost allows: " + String.join("; ", what) + ".";
    }
  }

  void groupProblem(String problem) {
    groupProblem = problem;
  }

  KafkaPosition durable() {
    return durable;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void acknowledged(byte[] position) {
    durable = KafkaPosition.read(position);
  }

  @Override
  public SourceStatus status() {
    List<SourceStatus.Table> tables = counters.tables();
    return new SourceStatus(
        state,
        text(received),
        text(durable),
        -1,
        tables.stream().mapToLong(table -> table.rows() + table.refused()).sum(),
        tables.stream().mapToLong(SourceStatus.Table::bytes).sum(),
        lastCommitMicros,
        SnapshotProgress.NONE,
        Stream.of(error, topicsProblem, lost, groupProblem)
            .filter(problem -> !problem.isEmpty())
            .findFirst()
            .orElse(""),
        tables);
  }

  private static String text(KafkaPosition position) {
    int count = position.next().size();
    return count <= PARTITIONS_NAMED_MAX
        ? position.toString()
        : count
            + " partitions, "
            + position.next().values().stream().mapToLong(KafkaPosition.Next::offset).sum()
            + " messages";
  }

  @Override
  public void wake() {
    Scheduler.Handle running = reader;
    if (running != null) {
      running.wake();
    }
  }

  @Override
  public void close() {
    closed = true;
    ReadTask reads = task;
    if (reads != null) {
      reads.wakeup();
    }
    end(reader);
    end(looker);
    DecodeAhead decoder = ahead;
    if (decoder != null) {
      decoder.close();
    }
    if (registry != null) {
      registry.close();
    }
  }

  private static void end(Scheduler.@Nullable Handle task) {
    if (task == null) {
      return;
    }
    task.wake();
    try {
      task.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
