package dev.freshet.kafka;

import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.ChangeSink.Answer;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.ErrorFamily;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.core.port.Scheduler.Next;
import dev.freshet.core.retry.Backoff;
import dev.freshet.kafka.message.TableMessages;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Connects, reads, offers, tells the group; begins anew after each failure.
 *
 * <pre>
 *   connect --found where to read--> read --failure, or other topics--> (wait) --> connect
 * </pre>
 *
 * <p>Topics of a table that is paused are other topics: none of theirs is asked for, so nothing
 * that becomes of them keeps the others from being read.
 */
final class ReadTask implements Scheduler.Task {
  private static final long FULL_RETRY_MILLIS = 100;

  /** How often it is asked whether there is something to read now. */
  private static final long EMPTY_RETRY_MILLIS = 200;

  private static final long SECOND_NANOS = 1_000_000_000L;

  private final KafkaCapture capture;
  private final KafkaSettings settings;
  private final Map<String, TableMessages> tables;
  private final Counters counters;
  private final PausedTables paused;
  private final ChangeSink sink;
  private final Clock clock;
  private final DecodeAhead ahead;
  private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10));

  /** For what time alone does not mend. */
  private final Backoff patience = new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(5));

  private KafkaPosition position;
  private boolean isFirst;

  /** Tables whose topics are not among those that are read. */
  private Set<String> leftAlone = Set.of();

  private Map<TopicPartition, Long> divergent = Map.of();
  private volatile @Nullable Reading reading;
  private final Queue<ChangeSet> kept = new ArrayDeque<>();
  private @Nullable KafkaPosition committed;
  private long secondNanos;
  private boolean sinkFailed;

  /**
   * @param position of the log; {@link KafkaPosition#START} when it has nothing of this source
   */
  ReadTask(
      KafkaCapture capture,
      KafkaSettings settings,
      Map<String, TableMessages> tables,
      Counters counters,
      PausedTables paused,
      ChangeSink sink,
      Clock clock,
      DecodeAhead ahead,
      KafkaPosition position,
      boolean isFirst) {
    this.capture = capture;
    this.settings = settings;
    this.tables = tables;
    this.counters = counters;
    this.paused = paused;
    this.sink = sink;
    this.clock = clock;
    this.ahead = ahead;
    this.position = position;
    this.isFirst = isFirst;
  }

  @Override
  public Next run() {
    try {
      if (capture.isClosed()) {
        end();
        return Next.DONE;
      }
      if (!deliver(kept)) {
        return Next.afterMillis(FULL_RETRY_MILLIS);
      }
      Reading open = reading;
      return open == null ? connect() : read(open);
    } catch (WakeupException e) {
      return Next.NOW;
    } catch (OffsetOutOfRangeException e) {
      divergent = e instanceof LogTruncationException truncated ? offsets(truncated) : Map.of();
      release();
      return Next.afterMillis(backoff.nextMillis()); // connecting finds out what is lost
    } catch (FreshetException | KafkaException e) {
      return failed(KafkaErrors.of("read", settings, e));
    } catch (RuntimeException | Error e) {
      return failed(new FreshetException(ErrorCode.INVARIANT_BROKEN, "Failed to capture: " + e, e));
    }
  }

  private static Map<TopicPartition, Long> offsets(LogTruncationException e) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (TopicPartition partition : e.partitions()) {
      OffsetAndMetadata at = e.divergentOffsets().get(partition);
      offsets.put(partition, at == null ? -1 : at.offset());
    }
    return offsets;
  }

  private Next failed(FreshetException e) {
    if (e.code().family() == ErrorFamily.BUG) {
      e.printStackTrace(); // the status has only its message, which tells nobody where it lies
    }
    if (sinkFailed) {
      capture.failed(State.FAILED, String.valueOf(e.getMessage()));
      release();
      throw e; // the log may have taken the changes: they must not be offered again
    }
    release();
    boolean helps = e.code().retry() == ErrorCode.Retry.HELPS;
    capture.failed(helps ? State.WAITING_TO_RETRY : State.FAILED, String.valueOf(e.getMessage()));
    return Next.afterMillis(helps ? backoff.nextMillis() : patience.nextMillis());
  }

  private Next connect() {
    capture.enter(State.CONNECTING);
    Set<String> wanted = paused.now();
    paused.noticed(wanted); // all that was read is delivered
    leftAlone = isFirst ? Set.of() : wanted; // else it would not be known where they begin
    try (Admin admin = Clients.admin(settings)) {
      Topics topics = new Topics(settings, admin);
      Topics.Found found = topics.find(leftAlone);
      List<String> missing = KafkaCheck.needed(settings, found.missing(), wanted);
      if (!missing.isEmpty()) {
        throw KafkaCheck.missing(settings, missing);
      }
      Beginnings.Found begin =
          new Beginnings(settings, topics).find(found, position, isFirst, divergent);
      divergent = Map.of();
      capture.lost(begin.lost());
      if (isFirst || !begin.position().equals(position)) {
        // From where each partition is read must be known after a restart, too, before any message
        // came: its messages may then be gone, or the start another.
        long now = clock.wallMicros();
        kept.add(
            new ChangeSet(
                settings.name(), begin.position().toBytes(), now, now, 0, Part.LAST, List.of()));
      }
      position = begin.position();
      isFirst = false;
      reading = new Reading(settings, found, position, tables, counters, clock, ahead);
    }
    capture.enter(State.STREAMING);
    return Next.NOW;
  }

  private Next read(Reading open) {
    if (!paused.now().equals(leftAlone) || capture.hasOtherTopics(open.topics())) {
      release();
      return Next.NOW;
    }
    everySecond(open);
    if (open.isEmpty()) {
      return Next.afterMillis(EMPTY_RETRY_MILLIS);
    }
    try {
      open.poll();
    } finally {
      kept.addAll(open.ready());
      open.ready().clear();
      position = open.position();
    }
    backoff.reset();
    patience.reset();
    capture.reads(position);
    return deliver(kept) ? Next.NOW : Next.afterMillis(FULL_RETRY_MILLIS);
  }

  /** Offers what there is; returns whether the log has taken all. */
  private boolean deliver(Queue<ChangeSet> changes) {
    for (ChangeSet next = changes.peek(); next != null; next = changes.peek()) {
      Answer answer;
      try {
        answer = sink.offer(next);
      } catch (RuntimeException | Error e) {
        sinkFailed = true;
        throw e;
      }
      if (answer == Answer.FULL) {
        return false; // nothing more is read until then, so the broker keeps it
      }
      changes.remove();
      capture.delivered(next);
    }
    return true;
  }

  private void everySecond(Reading open) {
    long now = clock.nanos();
    if (now - secondNanos < SECOND_NANOS) {
      return;
    }
    secondNanos = now;
    counters.lags(open.lags());
    KafkaPosition durable = capture.durable();
    if (!durable.equals(committed)) {
      open.commit(
          durable,
          problem -> {
            capture.groupProblem(problem);
            committed = problem.isEmpty() ? durable : null; // else it is sent again
          });
    }
  }

  /** Ends a wait for messages. Safe for all threads. */
  void wakeup() {
    Reading open = reading;
    if (open != null) {
      open.wakeup();
    }
  }

  private void release() {
    Reading open = reading;
    reading = null;
    if (open != null) {
      open.close();
    }
    committed = null; // the next one may have topics of which the group was told nothing
  }

  private void end() {
    Reading open = reading;
    reading = null;
    if (open != null) {
      open.closeWith(capture.durable());
    }
    capture.enter(State.STOPPED);
  }
}
