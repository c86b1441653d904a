package dev.freshet.runtime.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.deliver.SinkInput;
import dev.freshet.deliver.SinkPosition;
import dev.freshet.deliver.http.HttpSettings;
import dev.freshet.deliver.http.HttpSink;
import dev.freshet.testing.property.Draws;
import dev.freshet.testing.property.Property;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.SimulatedStorage;
import dev.freshet.testing.simulation.Trace;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("unit", Simple.BIGINT), Column.notNull("note", Simple.VARCHAR));
  private static final Outbox.Limits SMALL = new Outbox.Limits(120, 400, 3);
  private static final long MANY_BYTES = 1L << 30;
  private static final long ANY = Long.MAX_VALUE;

  private final SimulatedClock clock = new SimulatedClock();
  private SimulatedStorage storage = new SimulatedStorage(clock, new Trace(), 1);

  private Outbox outbox(long bytesMax) {
    return new Outbox(storage, "sinks/s", clock, bytesMax, SMALL);
  }

  private SinkPosition begun(Outbox outbox, long step) {
    outbox.prepare();
    SinkPosition at = outbox.begin("g" + step, step, "model");
    assertThat(outbox.seek(at)).isTrue();
    return at;
  }

  /** Where nothing changes for the sink. */
  private static boolean isQuiet(long unit) {
    return unit / 10 % 3 == 2;
  }

  /** The units (from, to], each a row of its own, but for the quiet ones. */
  private static Batch units(long from, long to) {
    BatchBuilder rows = new BatchBuilder(SCHEMA, 4);
    for (long unit = from + 1; unit <= to; unit++) {
      if (!isQuiet(unit)) {
        rows.row(1, unit, "x".repeat((int) (unit % 60)));
      }
    }
    return rows.build();
  }

  private static List<Long> units(OutboxGroup group) {
    List<Long> units = new ArrayList<>();
    group
        .changes()
        .forEach(batch -> {
          for (int row = 0; row < batch.rowCount(); row++) {
            units.add((Long) dev.freshet.core.batch.Values.readRow(batch, row)[0]);
          }
        });
    return units;
  }

  /** A world in which a unit of change stands at each offset, and steps cut it anyhow. */
  private final class World {
    private final Draws draws;
    private Outbox outbox;
    private long step = 10;
    private long checkpoint = 10;
    private SinkPosition sink;
    private final List<Long> received = new ArrayList<>();
    private int crashes;

    World(Draws draws) {
      this.draws = draws;
      storage = new SimulatedStorage(clock, new Trace(), draws.seed());
      outbox = outbox(MANY_BYTES);
      sink = begun(outbox, step);
    }

    void step(long stepMax) {
      long next = Math.min(stepMax, step + draws.between(1, 12));
      Batch changes = units(step, next);
      if (changes.isEmpty()) {
        outbox.onStep(next);
      } else {
        outbox.onStep(next, changes, SCHEMA);
      }
      step = next;
    }

    void deliver() {
      Optional<OutboxGroup> group = outbox.next(draws.between(1, 30), ANY, SCHEMA);
      group.ifPresent(changes -> {
        received.addAll(units(changes));
        sink = new SinkPosition(sink.generation(), changes.mark().step());
        if (draws.chance(0.8)) { // else the process dies before it has noted that
          outbox.delivered(changes);
        } else {
          crash();
        }
      });
    }

    void saveCheckpoint() {
      checkpoint = Math.max(checkpoint, Math.min(step, outbox.durableStep()));
    }

    void crash() {
      crashes++;
      storage.crash(draws.random());
      outbox = outbox(MANY_BYTES);
      long held = outbox.open("model", checkpoint, ANY).orElseThrow();
      assertThat(held).isGreaterThanOrEqualTo(sink.step());
      step = checkpoint;
      while (step < held) {
        step(held);
      }
      assertThat(outbox.seek(sink)).isTrue();
    }

    void finish() {
      outbox.flush();
      for (Optional<OutboxGroup> next = outbox.next(1_000, ANY, SCHEMA);
          next.isPresent();
          next = outbox.next(1_000, ANY, SCHEMA)) {
        received.addAll(units(next.get()));
        outbox.delivered(next.get());
        sink = new SinkPosition(sink.generation(), next.get().mark().step());
      }
      assertThat(outbox.rowsBehind()).isZero();
      assertThat(outbox.bytesBehind()).isZero();
    }
  }

  @Test
  void givesEachChangeOnceWhereverThePowerIsCut() {
    int[] crashes = new int[1];
    Property.of("an outbox under power cuts", 60)
        .check(draws -> {
          World world = new World(draws);
          for (int action = 0; action < 60; action++) {
            switch (draws.weighted(8, 4, 6, 3, 1)) {
              case 0 -> world.step(ANY);
              case 1 -> world.outbox.flush();
              case 2 -> world.deliver();
              case 3 -> world.saveCheckpoint();
              default -> world.crash();
            }
          }
          world.finish();
          List<Long> all = new ArrayList<>();
          for (long unit = 11; unit <= world.step; unit++) {
            if (!isQuiet(unit)) {
              all.add(unit);
            }
          }
          assertThat(world.received).isEqualTo(all);
          crashes[0] += world.crashes;
        });
    assertThat(crashes[0]).isGreaterThan(60);
  }

  @Test
  void letsNoCheckpointGetAheadOfWhatIsDurable() {
    Outbox outbox = outbox(MANY_BYTES);
    assertThat(outbox.durableStep()).isEqualTo(ANY);
    begun(outbox, 5);

    outbox.onStep(6, units(5, 6), SCHEMA);
    outbox.onStep(7);
    assertThat(outbox.durableStep()).isEqualTo(5);
    outbox.flush();
    assertThat(outbox.durableStep()).isEqualTo(7);
    outbox.onStep(8);
    assertThat(outbox.durableStep()).isEqualTo(7);
    outbox.close();
    assertThat(outbox(MANY_BYTES).open("model", 8, ANY)).as("step 8 would be missing").isEmpty();
  }

  @Test
  void givesUpWhatIsTooMuchAndHoldsCheckpointsUntilThatIsDurable() {
    Outbox outbox = outbox(2_000);
    SinkPosition at = begun(outbox, 0);
    for (long step = 1; outbox.state() == Outbox.State.RECORDING; step++) {
      outbox.onStep(step, units(step - 1, step), SCHEMA);
      outbox.flush();
    }
    assertThat(outbox.lostWhy()).contains("2000 bytes of changes waited");
    assertThat(outbox.durableStep()).isLessThan(ANY);
    assertThat(outbox.next(10, ANY, SCHEMA)).isEmpty();
    assertThat(outbox.seek(at)).isFalse();

    outbox.clear();
    assertThat(outbox.durableStep()).isEqualTo(ANY);
    outbox.wipe();
    assertThat(storage.list("sinks/s/log")).isEmpty();
    assertThat(outbox(2_000).open("model", 0, ANY)).isEmpty();
    begun(outbox, 40);
    outbox.onStep(41, units(40, 41), SCHEMA);
    outbox.flush();
    assertThat(units(outbox.next(10, ANY, SCHEMA).orElseThrow())).containsExactly(41L);
  }

  @Test
  void goesOnForTheSameModelAndTheSameInputOnly() {
    Outbox outbox = outbox(MANY_BYTES);
    begun(outbox, 3);
    outbox.onStep(4, units(3, 4), SCHEMA);
    outbox.close();

    assertThat(outbox(MANY_BYTES).open("model", 0, 2)).isEmpty();
    outbox = outbox(MANY_BYTES);
    begun(outbox, 3);
    outbox.close();
    assertThat(outbox(MANY_BYTES).open("another model", 0, ANY)).isEmpty();
    assertThat(outbox(MANY_BYTES).open("model", 0, ANY)).isEmpty();
  }

  @Test
  void knowsASinkThatIsElsewhere() {
    Outbox outbox = outbox(MANY_BYTES);
    SinkPosition at = begun(outbox, 3);
    outbox.onStep(5, units(3, 5), SCHEMA);
    outbox.onStep(9, units(5, 9), SCHEMA);
    outbox.flush();

    assertThat(outbox.seek(new SinkPosition("another", 5))).isFalse();
    assertThat(outbox.seek(new SinkPosition(at.generation(), 2))).isFalse();
    assertThat(outbox.seek(new SinkPosition(at.generation(), 7))).as("in a step").isFalse();
    assertThat(outbox.seek(new SinkPosition(at.generation(), 10))).isFalse();
    assertThat(outbox.seek(new SinkPosition(at.generation(), 5))).isTrue();
    assertThat(outbox.rowsBehind()).isEqualTo(4);
    assertThat(units(outbox.next(100, ANY, SCHEMA).orElseThrow())).containsExactly(6L, 7L, 8L, 9L);
  }

  @Test
  void whatAnEarlierProcessDeliveredDoesNotCountAsWaiting() {
    Outbox outbox = outbox(2_000);
    SinkPosition at = begun(outbox, 0);
    assertThat(outbox.seek(at)).isTrue();
    for (long step = 1; step <= 400; step++) {
      outbox.onStep(step, units(step - 1, step), SCHEMA);
      outbox.flush();
      outbox.next(10, ANY, SCHEMA).ifPresent(outbox::delivered);
    }
    assertThat(outbox.state()).as(outbox.lostWhy()).isEqualTo(Outbox.State.RECORDING);
    outbox.close();

    outbox = outbox(2_000);
    assertThat(outbox.open("model", 0, ANY)).hasValue(400);
    outbox.onStep(401, units(400, 401), SCHEMA);
    assertThat(outbox.state()).as(outbox.lostWhy()).isEqualTo(Outbox.State.RECORDING);
    assertThat(outbox.seek(new SinkPosition(at.generation(), 400))).isTrue();
    assertThat(outbox.rowsBehind()).isEqualTo(1);
  }

  /** A task that was long with its receiver comes back to a folder that is another process's. */
  @Test
  void deletesNothingWhenItIsClosed() {
    Outbox outbox = outbox(MANY_BYTES);
    begun(outbox, 3);
    outbox.onStep(5, units(3, 5), SCHEMA);
    outbox.flush();
    outbox.lose("what it has does not go on with what is held");
    outbox.close();

    for (Runnable late : List.<Runnable>of(outbox::clear, outbox::wipe, outbox::prepare)) {
      assertThatThrownBy(late::run).hasMessageContaining("closed");
    }
    assertThat(outbox(MANY_BYTES).open("model", 0, ANY)).hasValue(5);
  }

  /** Steps say nothing of a model that is computed beside them. */
  @Test
  void doesNotGoOnForAModelThatIsComputedLater() {
    Outbox outbox = outbox(MANY_BYTES);
    begun(outbox, 3);
    outbox.close();
    assertThat(resumed(Set.of("another"))).hasValue(3);
    assertThat(resumed(Set.of("users"))).isEmpty();
    assertThat(resumed(Set.of())).as("for good").isEmpty();
  }

  private OptionalLong resumed(Set<String> later) {
    SinkInput input = new SinkInput("p", "s", "users", SCHEMA, new int[0]);
    HttpSettings settings =
        new HttpSettings(URI.create("http://127.0.0.1:1/"), Map.of(), 1, Duration.ofSeconds(1));
    HttpSink sink = new HttpSink(settings, input);
    try (SinkFeed feed =
        new SinkFeed(input, "http", sink, storage, clock, MANY_BYTES, _ -> "model")) {
      return feed.resume(later, Map.of(), 0, ANY);
    }
  }

  @Test
  void refusesAfterAStartASinkThatIsFurtherThanItWas() {
    Outbox outbox = outbox(MANY_BYTES);
    SinkPosition at = begun(outbox, 3);
    outbox.onStep(5, units(3, 5), SCHEMA);
    outbox.close();
    outbox = outbox(MANY_BYTES);
    assertThat(outbox.open("model", 0, ANY)).hasValue(5);
    outbox.onStep(8, units(5, 8), SCHEMA);
    outbox.flush();

    assertThat(outbox.seek(new SinkPosition(at.generation(), 8)))
        .as("steps of another history of the same state")
        .isFalse();
    assertThat(outbox.seek(at)).isTrue();
  }

  @Test
  void endsAGroupWhereItEndedBefore() {
    Outbox outbox = outbox(MANY_BYTES);
    begun(outbox, 0);
    for (long step = 1; step <= 9; step++) {
      outbox.onStep(step, units(step - 1, step), SCHEMA);
    }
    outbox.flush();
    OutboxGroup group = outbox.next(1_000, 4, SCHEMA).orElseThrow();
    assertThat(group.mark().step()).isEqualTo(4);
    outbox.delivered(group);
    assertThat(units(outbox.next(1_000, ANY, SCHEMA).orElseThrow())).hasSize(5);
  }

  @Test
  void givesRowsThatGoBeforeThoseThatCome() {
    Outbox outbox = outbox(MANY_BYTES);
    begun(outbox, 0);
    BatchBuilder changes = new BatchBuilder(SCHEMA, 8);
    for (long unit = 1; unit <= 8; unit++) {
      changes.row(1, unit, "new".repeat(20)).row(-1, unit, "old".repeat(20));
    }
    outbox.onStep(1, changes.build(), SCHEMA);
    outbox.flush();
    List<Long> weights = new ArrayList<>();
    outbox
        .next(10, ANY, SCHEMA)
        .orElseThrow()
        .changes()
        .forEach(batch -> {
          for (int row = 0; row < batch.rowCount(); row++) {
            weights.add(batch.weight(row));
          }
        });
    assertThat(weights).hasSize(16);
    assertThat(weights.subList(0, 8)).containsOnly(-1L);
    assertThat(weights.subList(8, 16)).containsOnly(1L);
  }

  @Test
  void beginsAnewOverDamage() {
    Outbox outbox = outbox(MANY_BYTES);
    begun(outbox, 3);
    outbox.onStep(5, units(3, 5), SCHEMA);
    outbox.close();
    byte[] base = storage.content("sinks/s/base");
    base[base.length - 1] ^= 1;
    storage.damage("sinks/s/base", base);
    assertThat(outbox(MANY_BYTES).open("model", 0, ANY)).isEmpty();
  }
}
