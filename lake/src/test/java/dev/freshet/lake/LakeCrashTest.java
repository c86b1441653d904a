package dev.freshet.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.testing.simulation.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Power cuts and failing calls at any call to the storage. After each, the tables hold exactly what
 * they held after the published step, all of the same step.
 */
class LakeCrashTest {
  private static final LakeOptions OPTIONS = new LakeOptions(2, 2, 100);
  private static final int STEPS = 4;
  private static final int SAMPLES = 12;

  @Test
  void survivesAPowerCutAtAnyCall() {
    long seed = System.nanoTime();
    System.out.println("LakeCrashTest seed " + seed);
    long calls = new Run(seed).toTheEnd();
    for (long cut : someOf(calls, seed)) {
      Run run = new Run(seed);
      run.storage.cutIn(cut);
      try {
        run.toTheEnd();
      } catch (CuttingStorage.PowerCut e) {
        run.storage.restart();
      }
      run.recoverAndCheck("cut at call " + cut + ", seed " + seed);
      run.toTheEnd();
      run.recoverAndCheck("after cut at call " + cut + ", seed " + seed);
    }
  }

  @Test
  void losesNothingWhenACallFails() {
    long seed = System.nanoTime();
    System.out.println("LakeCrashTest seed " + seed);
    Run whole = new Run(seed);
    whole.toTheEnd();
    long calls = whole.storage.disk().calls();
    for (long failure : someOf(calls, seed)) {
      Run run = new Run(seed);
      run.storage.disk().failCall(failure, Fault.values()[(int) (failure % Fault.values().length)]);
      run.toTheEndInSpiteOfFailures();
      run.recoverAndCheck("failure at call " + failure + ", seed " + seed);
      assertThat(run.published).as("failure at call " + failure).isEqualTo(STEPS);
    }
  }

  /** Also what a failed publish takes back may fail, and the publish after it. */
  @Test
  void losesNothingWhenManyCallsFail() {
    long seed = System.nanoTime();
    System.out.println("LakeCrashTest seed " + seed);
    for (int sample = 0; sample < SAMPLES; sample++) {
      Run run = new Run(seed + sample);
      run.storage.disk().failRandomly(0.02);
      run.toTheEndInSpiteOfFailures();
      run.storage.disk().forgetFaults();
      run.recoverAndCheck("many failures, seed " + (seed + sample));
      run.toTheEnd();
      run.recoverAndCheck("after many failures, seed " + (seed + sample));
    }
  }

  /** Calls at which something happens: a sample, or all with {@code -Dlake.crash.all=true}. */
  private static long[] someOf(long calls, long seed) {
    return Boolean.getBoolean("lake.crash.all")
        ? LongStream.rangeClosed(1, calls).toArray()
        : new Random(seed).longs(SAMPLES, 1, calls + 1).toArray();
  }

  /** Two keyed tables that change together, and a bag; one publish per step. */
  private static final class Run {
    final CuttingStorage storage;
    private final List<Batch> first = new ArrayList<>();
    private final List<Batch> second = new ArrayList<>();
    private final Map<Long, List<String>> firstRows = new TreeMap<>();
    private final Map<Long, List<String>> secondRows = new TreeMap<>();
    long published;

    Run(long seed) {
      Random random = new Random(seed);
      storage = new CuttingStorage(seed);
      TestModel firstModel = new TestModel(random, 12);
      TestModel secondModel = new TestModel(random, 6);
      firstRows.put(0L, List.of());
      secondRows.put(0L, List.of());
      for (long step = 1; step <= STEPS; step++) {
        first.add(firstModel.change(8));
        second.add(secondModel.change(3));
        firstRows.put(step, firstModel.rows());
        secondRows.put(step, secondModel.rows());
      }
    }

    /** Opens the lake, publishes what is left, and returns the calls that it took. */
    long toTheEnd() {
      Writer writer = new Writer();
      for (long step = writer.lake.publishedStep() + 1; step <= STEPS; step++) {
        writer.publish(step);
      }
      return storage.calls();
    }

    /** As a caller does it that tries again. */
    void toTheEndInSpiteOfFailures() {
      Writer writer = null;
      for (int attempt = 0; attempt < 20 && published < STEPS; attempt++) {
        try {
          writer = writer == null ? new Writer() : writer;
          writer.publish(published + 1);
        } catch (FreshetException e) {
          boolean isUnknown = e.code() == ErrorCode.COMMIT_OUTCOME_UNKNOWN;
          if (writer != null && (isUnknown || writer.lake.publishedStep() != published)) {
            writer = null;
          }
        }
      }
    }

    void recoverAndCheck(String when) {
      long step = Lake.open(storage, OPTIONS).publishedStep();
      LakeReader reader = LakeReader.open(storage);
      assertThat(step).as(when).isGreaterThanOrEqualTo(published);
      if (step > 0) {
        assertThat(TestRows.of(reader, "gold.first"))
            .as(when)
            .containsExactlyInAnyOrderElementsOf(firstRows.get(step));
        assertThat(TestRows.of(reader, "gold.second"))
            .as(when)
            .containsExactlyInAnyOrderElementsOf(secondRows.get(step));
        assertThat(TestRows.of(reader, "gold.bag"))
            .as(when)
            .containsExactlyInAnyOrderElementsOf(secondRows.get(step));
      }
      published = step;
    }

    private final class Writer {
      private final Lake lake = Lake.open(storage, OPTIONS);
      private final LakeTable firstTable = lake.keyed("gold.first", LakeTest.SCHEMA, new int[] {0});
      private final LakeTable secondTable =
          lake.keyed("gold.second", LakeTest.SCHEMA, new int[] {0});
      private final LakeTable bag = lake.bag("gold.bag", LakeTest.SCHEMA);
      private long staged = lake.publishedStep();

      void publish(long step) {
        while (staged < step) {
          staged++;
          lake.stage(staged, firstTable, first.get((int) staged - 1));
          lake.stage(staged, secondTable, second.get((int) staged - 1));
          lake.stage(staged, bag, second.get((int) staged - 1));
        }
        lake.publish(step, Map.of());
        published = step;
      }
    }
  }
}
