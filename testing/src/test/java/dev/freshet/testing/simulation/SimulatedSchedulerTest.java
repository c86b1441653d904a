package dev.freshet.testing.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.port.Scheduler;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedSchedulerTest {
  private final SimulatedClock clock = new SimulatedClock();
  private final Trace trace = new Trace();
  private final SimulatedScheduler scheduler = new SimulatedScheduler(clock, trace, 1);

  @Test
  void drawsTheOrderFromTheSeed() {
    Set<String> orders = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      String order = order(seed);
      assertThat(order(seed)).isEqualTo(order);
      orders.add(order);
    }
    assertThat(orders).containsExactlyInAnyOrder("aabb", "abab", "abba", "baab", "baba", "bbaa");
  }

  private static String order(int seed) {
    SimulatedClock clock = new SimulatedClock();
    Trace trace = new Trace();
    SimulatedScheduler scheduler = new SimulatedScheduler(clock, trace, seed);
    StringBuilder order = new StringBuilder();
    for (String name : new String[] {"a", "b"}) {
      int[] runs = new int[1];
      scheduler.start(
          name,
          () -> {
            order.append(name);
            return ++runs[0] == 2 ? Scheduler.Next.DONE : Scheduler.Next.NOW;
          });
    }
    scheduler.runUntil(() -> scheduler.running().isEmpty(), 10);
    return order.toString();
  }

  @Test
  void jumpsToTheTimeAtWhichATaskWantsToRun() {
    int[] runs = new int[1];
    scheduler.start(
        "sleeper",
        () -> ++runs[0] == 2 ? Scheduler.Next.DONE : Scheduler.Next.afterMillis(3_600_000));
    scheduler.runUntil(() -> runs[0] == 2, 10);
    assertThat(clock.nanos()).isEqualTo(3_600_000_000_000L);
  }

  @Test
  void runsAWaitingTaskWhenWoken() {
    int[] runs = new int[1];
    Scheduler.Handle handle =
        scheduler.start(
            "waiter",
            () -> {
              runs[0]++;
              return Scheduler.Next.WHEN_WOKEN;
            });
    scheduler.run(10);
    assertThat(runs[0]).isEqualTo(1);
    handle.wake();
    scheduler.run(10);
    assertThat(runs[0]).isEqualTo(2);
    handle.cancel();
    assertThat(handle.isDone()).isFalse();
    scheduler.run(10);
    assertThat(handle.isDone()).isTrue();
    assertThat(runs[0]).isEqualTo(2);
  }

  @Test
  void doesNotLoseAWakeDuringARun() {
    int[] runs = new int[1];
    Scheduler.Handle[] handle = new Scheduler.Handle[1];
    handle[0] =
        scheduler.start(
            "self",
            () -> {
              if (++runs[0] == 1) {
                handle[0].wake();
              }
              return Scheduler.Next.WHEN_WOKEN;
            });
    scheduler.run(10);
    assertThat(runs[0]).isEqualTo(2);
  }

  @Test
  void reportsADeadlock() {
    scheduler.start("waiter", () -> Scheduler.Next.WHEN_WOKEN);
    assertThatThrownBy(() -> scheduler.runUntil(() -> false, 100))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("deadlock after 1 steps")
        .hasMessageContaining("waiter (waiting)");
  }

  @Test
  void reportsALivelock() {
    scheduler.start("spinner", () -> Scheduler.Next.NOW);
    assertThatThrownBy(() -> scheduler.runUntil(() -> false, 100))
        .hasMessageContaining("no end after 100 steps");
  }

  @Test
  void keepsWhatATaskThrew() throws Exception {
    Scheduler.Handle handle =
        scheduler.start(
            "thrower",
            () -> {
              throw new IllegalStateException("planned");
            });
    assertThat(handle.join(1_000)).isTrue();
    assertThat(handle.failure()).hasMessage("planned");
  }

  @Test
  void tellsDifferentRunsApart() {
    Trace a = new Trace();
    Trace b = new Trace();
    a.add("x", 1);
    a.add("y", 2);
    b.add("y", 2);
    b.add("x", 1);
    assertThat(a.hash()).isNotEqualTo(b.hash());
    assertThat(a.count()).isEqualTo(2);
  }
}
