package dev.freshet.runtime.system;

import dev.freshet.contracts.QuarantinedRow;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.port.Clock;
import dev.freshet.database.step.Step;
import dev.freshet.database.step.StepListener;
import dev.freshet.engine.RelationDelta;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.metrics.Latencies;
import dev.freshet.runtime.metrics.Rate;
import dev.freshet.runtime.model.Model;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Measures what steps do to each relation. Written by the thread that makes steps; read by any. */
final class RelationMeters implements StepListener {
  private static final int LATENCY_SAMPLES_MAX = 64;
  private static final int QUARANTINE_KEPT = 1_000;

  private final Clock clock;
  private final long startedMicros;
  private final Map<String, Meter> meters = new ConcurrentHashMap<>();
  private final Latencies stepTimes;
  private final Rate stepRows;
  private final AtomicLong steps = new AtomicLong();
  private final ArrayDeque<QuarantinedRow> quarantine = new ArrayDeque<>();

  /** What is measured of one relation. */
  record Meter(Rate changes, Latencies latencies, AtomicLong errors, AtomicLong quarantined) {
    static Meter create(Clock clock) {
      return new Meter(new Rate(clock), new Latencies(clock), new AtomicLong(), new AtomicLong());
    }
  }

  /**
   * @param startedMicros when the system started: what was committed before then waited for the
   *     start, which says nothing about how long a commit takes to become visible, and is left out
   *     of the latencies
   */
  RelationMeters(Clock clock, long startedMicros) {
    this.clock = clock;
    this.startedMicros = startedMicros;
    this.stepTimes = new Latencies(clock);
    this.stepRows = new Rate(clock);
  }

  Meter of(String relation) {
    return meters.computeIfAbsent(relation, _ -> Meter.create(clock));
  }

  Latencies stepTimes() {
    return stepTimes;
  }

  Rate stepRows() {
    return stepRows;
  }

  long steps() {
    return steps.get();
  }

  /** The last rows that the gate kept out, oldest first. */
  List<QuarantinedRow> lastQuarantined() {
    synchronized (quarantine) {
      return new ArrayList<>(quarantine);
    }
  }

  /**
   * Begins again with models that a step did not tell of. On the thread that makes steps.
   *
   * @param changed relations that are others now, or are gone
   */
  void recount(Snapshot snapshot, List<Model> models, List<String> changed) {
    for (String relation : changed) {
      meters.remove(relation);
    }
    synchronized (quarantine) {
      quarantine.removeIf(row -> changed.contains(row.table()));
    }
    for (Model model : models) {
      Batch errors = snapshot.errors(model.name());
      long count = 0;
      for (int row = 0; row < errors.rowCount(); row++) {
        count += errors.weight(row);
      }
      of(model.name()).errors().set(count);
    }
  }

  @Override
  public void onStep(Step step) {
    long now = clock.wallMicros();
    List<RelationDelta> deltas = step.result().deltas();
    for (RelationDelta delta : deltas) {
      Meter meter = of(delta.relation());
      meter.changes().add(delta.rows().rowCount());
      for (int row = 0; row < delta.errors().rowCount(); row++) {
        meter.errors().addAndGet(delta.errors().weight(row));
      }
    }
    int stride = Math.max(1, step.inputs().size() / LATENCY_SAMPLES_MAX);
    for (int i = 0; i < step.inputs().size(); i += stride) {
      long committed = step.inputs().get(i).changes().sourceMicros();
      if (committed >= startedMicros) {
        deltas.forEach(delta -> of(delta.relation()).latencies().addMicros(now - committed, 1));
      }
    }
    for (QuarantinedRow row : step.quarantined()) {
      keep(row);
    }
    stepTimes.addMicros(step.result().nanos() / 1000, 1);
    stepRows.add(step.ledger().received());
    steps.incrementAndGet();
  }

  private void keep(QuarantinedRow row) {
    of(row.table()).quarantined().incrementAndGet();
    synchronized (quarantine) {
      if (quarantine.size() == QUARANTINE_KEPT) {
        quarantine.removeFirst();
      }
      quarantine.addLast(row);
    }
  }
}
