package dev.freshet.bench.sourceload;

import dev.freshet.capture.Capture;
import dev.freshet.capture.ChangeSink;
import dev.freshet.capture.Resume;
import dev.freshet.capture.Source;
import dev.freshet.capture.SourceStatus.State;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.Operation;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.sourcetest.RecordingLog;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One source through several lives, under a load that goes on. A life ends after a random number of
 * change sets, for which the log has no room any more then; what was not acknowledged by then the
 * log may lose. The next life goes on from what is left. One thread owns it.
 */
final class Lives {
  private static final int LIVES_MAX = 8;
  private static final int CHANGE_SETS_MAX = 10;
  private static final int LOOK_MILLIS = 5;

  /** What was taken away on purpose does not come. */
  private static final Duration WAIT_FOR_WHAT_IS_LOST = Duration.ofSeconds(10);

  private final Subject subject;
  private final SplittableRandom random;
  private final Planted planted;
  private final Duration patience;
  private final Scheduler scheduler = Scheduler.threads();
  private RecordingLog log = new RecordingLog();
  private int deaths;
  private int lostEnds;
  private int refusals;
  private int widened;

  /**
   * What was tested.
   *
   * @param failure empty when all held
   */
  record Outcome(
      String failure,
      int deaths,
      int lostEnds,
      int refusals,
      int widened,
      int changeSets,
      int parts,
      int badRows,
      Map<Operation, Integer> operations) {}

  /**
   * @param patience for the rows that a life is to have; a source that is slower has stalled
   */
  Lives(Subject subject, SplittableRandom random, Planted planted, Duration patience) {
    this.subject = subject;
    this.random = random;
    this.planted = planted;
    this.patience = patience;
  }

  Outcome run() throws SQLException, InterruptedException {
    write(random.nextInt(20));
    int lives = 2 + random.nextInt(LIVES_MAX - 1);
    String failure = "";
    for (int life = 0; life < lives && failure.isEmpty(); life++) {
      failure = liveAndDie();
    }
    if (failure.isEmpty()) {
      failure = liveToTheEnd();
    }
    Replay replay = replay();
    return new Outcome(
        failure,
        deaths,
        lostEnds,
        refusals,
        widened,
        log.size(),
        replay.parts(),
        subject.badRows().size(),
        replay.operations());
  }

  private Replay replay() {
    return Replay.of(log.all(), subject);
  }

  private void write(int transactions) throws SQLException {
    for (int i = 0; i < transactions; i++) {
      subject.write(random);
    }
  }

  /** The log as a source puts change sets into it. */
  private final class Sink implements ChangeSink {
    private final long room;
    private final boolean isLast;
    private final SplittableRandom acknowledges = random.split();
    private long taken;
    private int acknowledgedSize;
    private int turnedAway;
    private boolean hasDefect;
    private @Nullable Capture capture;

    /** What came last and is not known to be durable. */
    private byte @Nullable [] newest;

    Sink(long room, boolean isLast) {
      this.room = room;
      this.isLast = isLast;
    }

    synchronized void follows(Capture running) {
      capture = running;
    }

    @Override
    public synchronized Answer offer(ChangeSet changes) {
      if (taken >= room) {
        turnedAway++;
        return Answer.FULL;
      }
      taken++;
      if (isLast && !hasDefect && changes.part() == Part.LAST && hasNewRows(changes)) {
        hasDefect = true;
        switch (planted) {
          case NOTHING, FORGETS_ITS_PLACE -> {}
          case LOSES_A_CHANGE_SET -> {
            return Answer.TAKEN;
          }
          case REPEATS_A_CHANGE_SET -> log.offer(changes);
        }
      }
      log.offer(changes);
      newest = changes.position();
      Capture running = capture;
      if (running != null && changes.part() == Part.LAST && acknowledges.nextInt(3) > 0) {
        acknowledgedSize = log.size();
        running.acknowledged(changes.position());
      }
      return Answer.TAKEN;
    }

    private static boolean hasNewRows(ChangeSet changes) {
      return changes.tables().stream()
          .anyMatch(table -> {
            for (int row = 0; row < table.rowCount(); row++) {
              Operation operation = table.operation(row);
              if (operation == Operation.INSERT || operation == Operation.UPDATE) {
                return true;
              }
            }
            return false;
          });
    }

    /** All that came is durable. */
    synchronized void acknowledgeAll() {
      Capture running = capture;
      byte[] position = newest;
      if (running != null && position != null) {
        acknowledgedSize = log.size();
        newest = null;
        running.acknowledged(position);
      }
    }

    synchronized int turnedAway() {
      return turnedAway;
    }

    synchronized int acknowledgedSize() {
      return acknowledgedSize;
    }
  }

  private Capture start(Sink sink) {
    Source source = subject.source();
    if (log.size() > 0) { // as the runtime does: parts without their end are void
      long now = Clock.system().wallMicros();
      log.offer(new ChangeSet(source.name(), new byte[0], now, now, 0, Part.RESTART, List.of()));
    }
    Capture capture = source.start(scheduler, Clock.system(), resume(sink), sink);
    sink.follows(capture);
    subject.started(capture);
    return capture;
  }

  private Resume resume(Sink sink) {
    return sink.isLast && planted == Planted.FORGETS_ITS_PLACE
        ? RecordingLog.ofFirst(log, log.size() / 2).resume()
        : log.resume();
  }

  /** Waits a moment; a commit of the log may be over then. */
  private void look(Sink sink) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    if (subject.waitsForAcknowledgement() && random.nextInt(4) == 0) {
      sink.acknowledgeAll();
    }
  }

  private String liveAndDie() throws SQLException, InterruptedException {
    int sizeBefore = log.size();
    Sink sink = new Sink(random.nextInt(CHANGE_SETS_MAX), false);
    try (Capture capture = start(sink)) {
      write(random.nextInt(10));
      if (random.nextInt(3) == 0) {
        subject.widen();
        widened++;
        write(1 + random.nextInt(3));
      }
      long deadline = System.nanoTime() + patience.toNanos();
      while (sink.turnedAway() == 0 && !subject.haveCome(replay().rows())) {
        if (capture.status().state() == State.FAILED) {
          return "the source failed: " + capture.status().lastError();
        }
        if (System.nanoTime() > deadline) {
          return "the source stalled, a life did not get its rows: " + capture.status();
        }
        look(sink);
      }
    }
    deaths++;
    refusals += sink.turnedAway() > 0 ? 1 : 0;
    loseTheEnd(Math.max(sizeBefore, sink.acknowledgedSize()));
    return "";
  }

  /** What is not acknowledged may not be on disk. */
  private void loseTheEnd(int kept) {
    int size = kept + random.nextInt(log.size() - kept + 1);
    if (size < log.size()) {
      lostEnds++;
      log = RecordingLog.ofFirst(log, size);
    }
  }

  private String liveToTheEnd() throws SQLException, InterruptedException {
    Sink sink = new Sink(Long.MAX_VALUE, true);
    try (Capture capture = start(sink)) {
      write(random.nextInt(10));
      // What comes now is streamed, whether the first rows had been read before or not.
      if (!awaitRows(capture, sink, subject.writeLast())) {
        return "the last rows did not come: " + capture.status();
      }
      write(2 + random.nextInt(10));
      if (!awaitRows(capture, sink, subject.writeLast())) {
        return "the last rows did not come: " + capture.status();
      }
      return judge(replay());
    }
  }

  private boolean awaitRows(Capture capture, Sink sink, Map<String, List<String>> last)
      throws InterruptedException {
    Duration wait = planted == Planted.LOSES_A_CHANGE_SET ? WAIT_FOR_WHAT_IS_LOST : patience;
    long deadline = System.nanoTime() + wait.toNanos();
    while (!replay().has(last)) {
      if (capture.status().state() == State.FAILED || System.nanoTime() > deadline) {
        return false;
      }
      look(sink);
    }
    return true;
  }

  private String judge(Replay replay) throws SQLException {
    List<String> problems = new ArrayList<>(replay.problems());
    if (!replay.rows().equals(subject.rows())) {
      problems.add("the log has " + replay.rows() + ", the origin " + subject.rows());
    }
    problems.addAll(replay.wrongRefusals(subject.badRows()));
    problems.addAll(subject.problems());
    if (subject.sees() != Subject.Sees.ROWS_THAT_ARE) {
      List<Long> missing = replay.missing(subject.newest());
      if (!missing.isEmpty()) {
        problems.add("changes " + missing + " did not come");
      }
    }
    return String.join("; ", problems);
  }
}
