package dev.freshet.bench.kill;

import dev.freshet.bench.harness.StartupCache;
import dev.freshet.bench.harness.Tally;
import dev.freshet.bench.numbered.Defect;
import dev.freshet.bench.numbered.DiskCrash;
import dev.freshet.bench.numbered.DiskCrash.Place;
import dev.freshet.bench.numbered.Ending;
import dev.freshet.bench.numbered.NumberedCheck;
import dev.freshet.bench.numbered.NumberedCheck.LogStart;
import dev.freshet.bench.numbered.NumberedProcess;
import dev.freshet.testing.files.FileTrees;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Kills of a process that writes to the library's database: in turn by SIGKILL at a random time,
 * and at each {@link Ending}: every place of its disk's calls and every named point. Each life
 * begins with what the one before has left. A life that has not come to its ending when the wait is
 * over is killed then, and counted: more than a tenth of them is a failure.
 */
final class DatabaseKills {
  private static final int LIVES_A_FOLDER = 40;
  private static final int START_KILL_PERCENT = 20;
  private static final int START_MILLIS_MAX = 400;
  private static final int WORK_MILLIS_MAX = 300;
  static final long WAIT_SECONDS = 120;

  /** At most one of so many lives may miss its point. */
  private static final long MISSED_ONE_OF = 10;

  private final Random random;
  private final Defect defect;
  private final long waitSeconds;
  private final Map<String, Integer> reached = new LinkedHashMap<>();
  private long kills;
  private long armed;
  private long acknowledged;

  /**
   * @param waitSeconds how long a process may take until it writes
   */
  DatabaseKills(Random random, Defect defect, long waitSeconds) {
    this.random = random;
    this.defect = defect;
    this.waitSeconds = waitSeconds;
  }

  void run(long times, StartupCache cache, Tally tally) throws Exception {
    while (kills < times) {
      try (WorkFolder folder = WorkFolder.create("freshet-prove-kill-")) {
        Path directory = folder.path().resolve("db");
        long lasting = 0;
        LogStart start = LogStart.WHOLE;
        for (int life = 0; life < LIVES_A_FOLDER && kills < times; life++) {
          Ending ending = ending();
          start = ending.letsTheLogForget() ? LogStart.FORGOTTEN : start;
          lasting = Math.max(lasting, live(cache, directory, ending, life == 0));
          NumberedCheck.Found found = look(directory, lasting, start);
          if (!found.wrong().isEmpty()) {
            tally.failed("kill " + kills + ": " + found.wrong());
            return; // what follows would fail for the same reason
          }
          lasting = found.last();
          tally.passed();
        }
      }
    }
    requireMeaning(times, tally);
    System.out.printf(
        "%d kills, %d of them at %d of %d places and points, %d that never came to theirs:"
            + "%n%s%n%d transactions acknowledged%n",
        kills,
        armed - missed(),
        reached.size(),
        Ending.names().size(),
        missed(),
        reached,
        acknowledged);
  }

  /** Lives that never came to the place or point at which they were to end, and were killed. */
  long missed() {
    return armed - reached.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Of a copy, so that the next process recovers from what the kill has left. */
  static NumberedCheck.Found look(Path directory, long lasting, LogStart start) throws IOException {
    try (WorkFolder folder = WorkFolder.create("freshet-prove-kill-look-")) {
      Path copy = folder.path().resolve("db");
      FileTrees.copy(directory, copy);
      return NumberedCheck.look(copy, lasting, start);
    }
  }

  /** Every second life ends at a place or point of its own, one after the other. */
  private Ending ending() {
    return kills % 2 == 0 ? Ending.ANY_TIME : Ending.of(kills / 2, random);
  }

  /** Runs a process to its end; returns the newest transaction that must last. */
  long live(StartupCache cache, Path directory, Ending ending, boolean isFirst) throws Exception {
    if (isTruncate(ending)) {
      tearTheLog(directory);
    }
    boolean mustWrite = true;
    try (NumberedProcess process = NumberedProcess.start(cache, directory, defect, ending)) {
      if (!(ending instanceof Ending.AnyTime)) {
        armed++;
        if (process.await(p -> !p.isAlive(), waitSeconds)) {
          reached.merge(ending.name(), 1, Integer::sum);
        }
      } else if (!isFirst && random.nextInt(100) < START_KILL_PERCENT) {
        mustWrite = false;
        TimeUnit.MILLISECONDS.sleep(random.nextInt(START_MILLIS_MAX));
      } else {
        process.await(p -> p.acknowledged() > 0, waitSeconds);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(WORK_MILLIS_MAX));
      }
      if (mustWrite && process.isAlive() && process.acknowledged() == 0) {
        throw new IllegalStateException(
            "the process wrote nothing for " + waitSeconds + " s: " + process.output());
      }
      process.kill();
      if (!process.isKilled()) {
        throw new IllegalStateException("the process ended by itself: " + process.output());
      }
      kills++;
      acknowledged += process.acknowledged();
      return process.lasting();
    }
  }

  /** What a write that was cut short leaves. */
  private static void tearTheLog(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("log"))) {
      Path last =
          files.filter(file -> file.toString().endsWith(".log")).sorted().toList().getLast();
      Files.write(last, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
    }
  }

  /** Only a torn tail is cut. */
  private static boolean isTruncate(Ending ending) {
    return ending instanceof Ending.AtDisk(DiskCrash(Place place, _))
        && (place == Place.BEFORE_TRUNCATE || place == Place.AFTER_TRUNCATE);
  }

  private void requireMeaning(long times, Tally tally) {
    List<String> missing = missing(times, reached.keySet());
    if (!missing.isEmpty()) {
      tally.failed("no process ever came to " + missing);
    }
    if (missesTooMany(missed(), armed)) {
      tally.failed(missed() + " of " + armed + " lives never came to their place or point");
    }
    if (acknowledged == 0) {
      tally.failed("no transaction was ever acknowledged");
    }
  }

  /** A life that never came to its point is a kill at any time, and shows less than it should. */
  static boolean missesTooMany(long missed, long armed) {
    return missed * MISSED_ONE_OF > armed;
  }

  /** A run that was never at a place proves nothing about it, once all had their turn. */
  static List<String> missing(long times, Set<String> reached) {
    List<String> missing = new ArrayList<>(Ending.names());
    missing.removeAll(reached);
    return times >= 2L * Ending.names().size() ? missing : List.of();
  }
}
