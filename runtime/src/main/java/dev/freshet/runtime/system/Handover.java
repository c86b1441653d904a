package dev.freshet.runtime.system;

import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Clock;
import dev.freshet.core.port.Scheduler;
import dev.freshet.database.step.Step;
import dev.freshet.log.LogRecord;
import dev.freshet.runtime.dataflow.Dataflow;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Hands work to the thread that makes steps, and waits for it. Safe for all threads. */
final class Handover {
  private static final String SOURCE = "apply";

  private final Parts parts;
  private final Clock clock;
  private volatile boolean closed;

  Handover(Parts parts, Clock clock) {
    this.parts = parts;
    this.clock = clock;
  }

  /** From now on nothing is waited for. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  void requireOpen() {
    if (closed) {
      throw new FreshetException(
          ErrorCode.NOT_RUNNING, "Cannot change the models: the project stops.");
    }
  }

  /**
   * Makes an exchange with a step of its own, if nothing else comes; returns the step. No time
   * passes in that step: what comes of an exchange does not depend on when it was made.
   */
  Step make(ModelExchange exchange) {
    parts.pipeline().atNextStep(exchange);
    try {
      long now = clock.wallMicros();
      ChangeSet nothing =
          new ChangeSet(SOURCE, new byte[0], now, now, 0, ChangeSet.Part.RESTART, List.of());
      parts.log().append(LogRecord.of(nothing, new ByteWriter(64)));
      return await(exchange.step());
    } catch (FreshetException e) {
      if (exchange.withdraw()) {
        throw e;
      }
      return await(exchange.step());
    }
  }

  /** Runs work on the thread that makes steps. */
  <T> T onSteps(Supplier<T> work) {
    CompletableFuture<T> result = parts.pipeline().between(work);
    steps().ifPresent(Scheduler.Handle::wake);
    return await(result);
  }

  private Optional<Scheduler.Handle> steps() {
    return Optional.ofNullable(parts.tasks().get(Dataflow.STEPS));
  }

  private <T> T await(CompletableFuture<T> result) {
    try {
      while (true) {
        try {
          return result.get(100, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (closed || steps().map(Scheduler.Handle::isDone).orElse(true)) {
            throw new FreshetException(
                ErrorCode.NOT_RUNNING, "Cannot change the models: the project makes no steps.", e);
          }
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FreshetException(
          ErrorCode.NOT_RUNNING, "Cannot change the models: it was interrupted.", e);
    }
  }
}
