package dev.freshet.engine.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.port.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
  /** Remembers tasks, and runs none. */
  private static final class IdleScheduler implements Scheduler {
    private final List<String> started = new ArrayList<>();
    private final List<String> cancelled = new ArrayList<>();

    @Override
    public Handle start(String name, Task task) {
      started.add(name);
      return new Handle() {
        @Override
        public void wake() {}

        @Override
        public boolean isDone() {
          return true;
        }

        @Override
        public Throwable failure() {
          return null;
        }

        @Override
        public void cancel() {
          cancelled.add(name);
        }

        @Override
        public boolean join(long millis) {
          return true;
        }
      };
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void givesResultsInTheOrderOfTheParts(int count) {
    try (Workers workers = Workers.of(Scheduler.threads(), WorkerSettings.of(count))) {
      for (int parts = 0; parts < 200; parts++) {
        assertThat(workers.map(parts, part -> part * part))
            .isEqualTo(IntStream.range(0, parts).mapToObj(part -> part * part).toList());
      }
    }
  }

  @Test
  void worksOnSeveralThreadsAtOnce() {
    try (Workers workers = Workers.of(Scheduler.threads(), WorkerSettings.of(3))) {
      CountDownLatch allThree = new CountDownLatch(3);
      List<Thread> threads =
          workers.map(
              3,
              _ -> {
                allThree.countDown();
                try {
                  allThree.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                return Thread.currentThread();
              });
      assertThat(threads).doesNotHaveDuplicates().contains(Thread.currentThread());
    }
  }

  @Test
  void takesPartsOfParts() {
    try (Workers workers = Workers.of(Scheduler.threads(), WorkerSettings.of(4))) {
      List<Integer> sums =
          workers.map(
              20,
              part -> workers.map(20, inner -> part * inner).stream().mapToInt(each -> each).sum());
      assertThat(sums).isEqualTo(IntStream.range(0, 20).mapToObj(part -> part * 190).toList());
    }
  }

  @Test
  void doesAllPartsOfTheCallerWhereNoTaskEverRuns() {
    IdleScheduler scheduler = new IdleScheduler();
    try (Workers workers = Workers.of(scheduler, WorkerSettings.of(3))) {
      assertThat(workers.map(1, part -> part)).containsExactly(0);
      assertThat(scheduler.started).isEmpty();
      assertThat(workers.map(4, _ -> Thread.currentThread()))
          .containsOnly(Thread.currentThread())
          .hasSize(4);
      assertThat(scheduler.started).containsExactly("worker 1", "worker 2");
    }
    assertThat(scheduler.cancelled).containsExactly("worker 1", "worker 2");
  }

  @Test
  void throwsWhatTheFirstFailedPartThrewWhenAllHaveEnded() {
    try (Workers workers = Workers.of(Scheduler.threads(), WorkerSettings.of(3))) {
      for (int round = 0; round < 50; round++) {
        AtomicInteger ended = new AtomicInteger();
        assertThatThrownBy(() ->
                workers.map(
                    30,
                    part -> {
                      ended.incrementAndGet();
                      if (part % 10 == 7) {
                        throw new IllegalStateException("part " + part);
                      }
                      return part;
                    }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("part 7");
        assertThat(ended).hasValue(30);
      }
      assertThat(workers.map(3, part -> part)).containsExactly(0, 1, 2);
    }
  }

  @Test
  void keepsAnInterruptForTheCaller() {
    try (Workers workers = Workers.of(Scheduler.threads(), WorkerSettings.of(2))) {
      Thread.currentThread().interrupt();
      assertThat(workers.map(50, part -> part)).hasSize(50);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void endsItsThreadsAndThenWorksWithoutThem() {
    Workers workers = Workers.of(Scheduler.threads(), WorkerSettings.of(3));
    List<Thread> others =
        workers.map(100, _ -> Thread.currentThread()).stream()
            .filter(thread -> !thread.equals(Thread.currentThread()))
            .toList();
    workers.close();
    assertThat(others).noneMatch(Thread::isAlive);
    assertThat(workers.map(5, _ -> Thread.currentThread())).containsOnly(Thread.currentThread());
  }

  @Test
  void sharesOnlyWhatIsWorthIt() {
    Workers four = Workers.of(Scheduler.threads(), WorkerSettings.of(4).withPartRows(100));
    assertThat(four.parts(0)).isEqualTo(1);
    assertThat(four.parts(199)).isEqualTo(1);
    assertThat(four.parts(200)).isEqualTo(2);
    assertThat(four.parts(1_000_000)).isEqualTo(16);
    assertThat(Workers.NONE.parts(1_000_000)).isEqualTo(1);
  }

  @Test
  void refusesNoWorkersAndTooMany() {
    assertThatThrownBy(() -> WorkerSettings.of(0)).hasMessageContaining("from one worker to 256");
    assertThatThrownBy(() -> WorkerSettings.of(257)).hasMessageContaining("from one worker to 256");
  }
}
