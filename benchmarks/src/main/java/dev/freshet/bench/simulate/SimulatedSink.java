package dev.freshet.bench.simulate;

import dev.freshet.contracts.Contract;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Storage;
import dev.freshet.core.retry.Backoff;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.deliver.SinkInput;
import dev.freshet.runtime.model.Model;
import dev.freshet.runtime.sink.BetweenSteps;
import dev.freshet.runtime.sink.SinkFeed;
import dev.freshet.testing.property.Draws;
import dev.freshet.testing.simulation.SimulatedClock;
import dev.freshet.testing.simulation.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One sink of the simulated project over all its lives, and who receives from it. */
final class SimulatedSink {
  private static final List<Long> OUTBOX_BYTES = List.of(2_000L, 1L << 30);

  private final SinkInput input;
  private final SimulatedReceiver receiver;
  private final Draws draws;
  private final long outboxBytes;
  private int generations;

  private SimulatedSink(SinkInput input, SimulatedReceiver receiver, Draws draws) {
    this.input = input;
    this.receiver = receiver;
    this.draws = draws;
    this.outboxBytes = draws.pick(OUTBOX_BYTES);
  }

  /** Of any table or model that keeps rows. */
  static SimulatedSink of(
      Shop shop, Draws draws, SimulatedClock clock, Trace trace, Consumer<Hardship> counter) {
    List<SinkInput> inputs = new ArrayList<>();
    for (Contract table : shop.tables()) {
      inputs.add(input(table.table(), table.schema(), table.keyColumns()));
    }
    for (Model model : shop.models()) {
      if (model.definition().keep() != Keep.NONE) {
        inputs.add(input(model.name(), model.plan().schema(), model.keyColumns()));
      }
    }
    return new SimulatedSink(
        draws.pick(inputs),
        new SimulatedReceiver(
            draws.pick(List.of(SimulatedReceiver.Kind.values())), draws, clock, trace, counter),
        draws);
  }

  private static SinkInput input(String relation, Schema schema, int[] keyColumns) {
    return new SinkInput("simulation", "out", relation, schema, keyColumns);
  }

  String relation() {
    return input.relation();
  }

  SimulatedReceiver receiver() {
    return receiver;
  }

  /** What one process writes with. */
  SinkFeed feed(Storage storage, Clock clock) {
    return new SinkFeed(
        input,
        "simulated",
        receiver.connection(),
        storage,
        clock,
        outboxBytes,
        _ -> "the same",
        new Backoff(
            Duration.ofMillis(20),
            Duration.ofMillis(500),
            (low, high) -> draws.between(low, high - 1)),
        () -> "generation-" + generations++);
  }

  /** No step is made while a task of the simulation runs. */
  static final class OneThread implements BetweenSteps {
    @Override
    public <T> T call(Supplier<T> work, BooleanSupplier ended) {
      return work.get();
    }
  }
}
