package dev.freshet.runtime.system;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.database.step.Step;
import dev.freshet.database.step.StepListener;
import dev.freshet.engine.Snapshot;
import dev.freshet.engine.ViewReplay;
import dev.freshet.runtime.history.HistoryScope;
import dev.freshet.runtime.history.Replica;
import dev.freshet.runtime.lake.LakeTables;
import dev.freshet.runtime.model.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Computes models once more from the log, in an engine beside the running one, and lets them take
 * their places in one step. Used once; {@link #percent} and {@link #cancel} are any thread's.
 */
final class HistoryReplay {
  /** Between two looks whether it goes on. */
  private static final long OFFSETS_TOGETHER = 4_096;

  /** So few records are read between two steps, without others noticing. */
  private static final long CLOSE = 64;

  private static final int ROUNDS_MAX = 1_000;

  private final Parts parts;
  private final Handover handover;
  private final HistoryScope scope;
  private final ViewReplay replay;
  private final Replica replica;
  private volatile double percent;
  private volatile boolean cancelled;

  HistoryReplay(Parts parts, Handover handover, Clock clock, HistoryScope scope) {
    this.parts = parts;
    this.handover = handover;
    this.scope = scope;
    this.replay = parts.engine().beginReplay(scope.views());
    this.replica = scope.replica(replay.shadow(), parts.log(), parts.engine().snapshot(), clock);
  }

  double percent() {
    return percent;
  }

  /** Lets {@link #run} end soon, with an error. */
  void cancel() {
    cancelled = true;
  }

  /** Returns the step from which on readers see what was computed. */
  Step run(Serving.Models models) {
    StepListener changes = step -> replay.runningChanged(step.result());
    try {
      catchUp();
      Snapshot compared =
          handover.onSteps(() -> {
            parts.pipeline().addListener(changes);
            return parts.engine().snapshot();
          });
      readTo(compared.step());
      replay.compare(compared);
      replica.listen(replay::shadowChanged);
      catchUp();
      LakeTables tables = tables(models);
      return handover.make(
          new ModelExchange(
              parts, () -> exchange(models, tables), tables, models, List.of(), Set.of()));
    } finally {
      parts.pipeline().removeListener(changes);
      replica.close();
    }
  }

  private void exchange(Serving.Models models, LakeTables tables) {
    replica.readTo(parts.engine().step());
    parts.engine().swapViews(replay);
    parts.sinks().onExchange(scope.wanted(), models.models(), tables.since());
  }

  private LakeTables tables(Serving.Models models) {
    Map<String, Long> since = new HashMap<>();
    for (Model model : scope.models()) {
      if (model.dependsOnHistory()) {
        since.put(model.name(), scope.since().getOrDefault(model.name(), 0L));
      }
    }
    Set<String> broken = BrokenContents.of(parts.engine().snapshot(), scope.models());
    return parts
        .lakeFeed()
        .tables()
        .next(parts.lake(), models.models(), scope.wanted(), since, broken);
  }

  /** The running engine goes on meanwhile, so that it is followed until it is close. */
  private void catchUp() {
    for (int round = 0; round < ROUNDS_MAX; round++) {
      long target = parts.engine().snapshot().step();
      if (target - replica.engine().step() <= CLOSE) {
        return;
      }
      readTo(target);
    }
    throw new FreshetException(
        ErrorCode.LIMIT_EXCEEDED,
        "Cannot replay beside the running models: more comes in than is read. Try again when less"
            + " comes in.");
  }

  private void readTo(long step) {
    for (long at = replica.engine().step(); at < step; at += OFFSETS_TOGETHER) {
      if (cancelled || handover.isClosed()) {
        throw new FreshetException(
            ErrorCode.NOT_RUNNING, "Cannot replay the models: it was cancelled.");
      }
      replica.readBefore(Math.min(step, at + OFFSETS_TOGETHER));
      percent = Math.max(percent, 100.0 * Math.min(step, at) / Math.max(1, step));
    }
    replica.readTo(step);
  }
}
