package dev.freshet.bench.simulate;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.output.DeliveryGuarantee;
import dev.freshet.deliver.Rows;
import dev.freshet.deliver.Sink;
import dev.freshet.deliver.SinkPosition;
import dev.freshet.testing.property.Draws;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Another system, which a sink writes to and which no crash of ours ends. It refuses, answers late,
 * or does what it is told and its answer is lost. One kind keeps the position with the rows, as a
 * database does; the other passes over what it has taken under the same key, as a receiver of
 * requests does.
 *
 * <p>What it is sent must go on from what it has. What it then holds is compared by others.
 */
final class SimulatedReceiver {
  private static final double FAILED_SHARE = 0.05;
  private static final double UNSURE_SHARE = 0.05;
  private static final double LATE_SHARE = 0.05;
  private static final int LATE_MILLIS_MAX = 2_000;

  private final Kind kind;
  private final Draws draws;
  private final SimulatedClock clock;
  private final Trace trace;
  private final Consumer<Hardship> counter;
  private final Map<String, Long> rows = new TreeMap<>();
  private final Set<String> keys = new HashSet<>();
  private @Nullable SinkPosition position;
  private String wrong = "";
  private boolean isSound;

  /** What a receiver knows. */
  enum Kind {
    REMEMBERS_POSITION,
    HEEDS_KEYS
  }

  /**
   * @param counter of what it does to the sink
   */
  SimulatedReceiver(
      Kind kind, Draws draws, SimulatedClock clock, Trace trace, Consumer<Hardship> counter) {
    this.kind = kind;
    this.draws = draws;
    this.clock = clock;
    this.trace = trace;
    this.counter = counter;
  }

  /** From now on it does what it is told, and says so. */
  void heal() {
    isSound = true;
  }

  /** The step that it has whole; empty before the first. */
  Optional<Long> step() {
    return Optional.ofNullable(position).map(SinkPosition::step);
  }

  /** What it holds, in the order of {@link RowTexts}. */
  List<String> content() {
    List<String> content = new ArrayList<>();
    rows.forEach((text, count) -> {
      if (count < 0) {
        content.add(text + " with weight " + count);
      }
      for (long i = 0; i < count; i++) {
        content.add(text);
      }
    });
    return content;
  }

  /**
   * Whether all that it was sent went on from what it had.
   *
   * @throws Violation if not
   */
  void requireSound() {
    Violation.unless(wrong.isEmpty(), wrong);
  }

  /** As one process sees it. */
  Sink connection() {
    return new Connection();
  }

  private void take(SinkPosition after, Runnable changes) {
    boolean isUnsure = false;
    if (!isSound) {
      if (draws.chance(LATE_SHARE)) {
        counter.accept(Hardship.SINK_LATE);
        clock.advance(draws.between(1, LATE_MILLIS_MAX) * 1_000_000L);
      }
      if (draws.chance(FAILED_SHARE)) {
        counter.accept(Hardship.SINK_FAILED);
        throw new FreshetException(ErrorCode.SINK_UNREACHABLE, "The receiver refuses.");
      }
      isUnsure = draws.chance(UNSURE_SHARE);
    }
    changes.run();
    trace.add("sink", after.step());
    if (isUnsure) {
      counter.accept(Hardship.SINK_UNSURE);
      throw new FreshetException(ErrorCode.COMMIT_OUTCOME_UNKNOWN, "The answer is lost.");
    }
  }

  private void add(Batch batch) {
    for (int row = 0; row < batch.rowCount(); row++) {
      rows.merge(
          RowTexts.of(Arrays.asList(Values.readRow(batch, row))), batch.weight(row), Long::sum);
    }
    rows.values().removeIf(count -> count == 0);
  }

  private final class Connection implements Sink {
    @Override
    public DeliveryGuarantee guarantee() {
      return remembersPosition()
          ? DeliveryGuarantee.TRANSACTIONAL
          : DeliveryGuarantee.AT_LEAST_ONCE;
    }

    @Override
    public boolean remembersPosition() {
      return kind == Kind.REMEMBERS_POSITION;
    }

    @Override
    public String receiver() {
      return "simulated";
    }

    @Override
    public String check() {
      return "simulated";
    }

    @Override
    public Optional<SinkPosition> open() {
      if (!isSound && draws.chance(FAILED_SHARE)) {
        counter.accept(Hardship.SINK_FAILED);
        throw new FreshetException(ErrorCode.SINK_UNREACHABLE, "Nobody answers.");
      }
      return remembersPosition() ? Optional.ofNullable(position) : Optional.empty();
    }

    @Override
    public void replace(SinkPosition at, Rows content) {
      take(
          at,
          () -> {
            rows.clear();
            content.forEach(SimulatedReceiver.this::add);
            position = at;
          });
    }

    @Override
    public void write(SinkPosition before, SinkPosition after, Rows changes) {
      take(
          after,
          () -> {
            boolean isNew = keys.add(before + " " + after.step());
            if (kind == Kind.HEEDS_KEYS && !isNew) {
              return;
            }
            if (!before.equals(position)) {
              wrong = "a sink that has " + position + " is sent what follows " + before;
            }
            changes.forEach(SimulatedReceiver.this::add);
            position = after;
          });
    }

    @Override
    public void close() {
      // there is nothing to let go of
    }
  }
}
