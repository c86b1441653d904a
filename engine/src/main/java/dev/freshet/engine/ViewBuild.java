package dev.freshet.engine;

import dev.freshet.engine.circuit.Backfill;
import dev.freshet.engine.circuit.OperatorFailure;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Views that are computed beside a running engine: see {@link Engine#beginViews}. {@link #run} is
 * one thread's of the caller's choice; {@link #percent} and {@link #cancel} are any thread's; all
 * else is the engine's.
 */
public final class ViewBuild {
  /** So many rows pass at once: a step's overhead is nothing then, and its memory little. */
  private static final int PIECE_ROWS = 1 << 16;

  private final List<Part> parts;
  private final Set<String> dropped;
  private final long since;
  private final Backfill backfill;

  /**
   * One of the views.
   *
   * @param reads the relations that its definition reads
   * @param replaced the view of its name that runs, if there is one
   */
  record Part(NewView view, Set<String> reads, Optional<Relation.View> replaced) {
    String name() {
      return view.name();
    }
  }

  ViewBuild(List<Part> parts, Set<String> dropped, long since, Backfill backfill) {
    this.parts = List.copyOf(parts);
    this.dropped = Set.copyOf(dropped);
    this.since = since;
    this.backfill = backfill;
  }

  /**
   * Computes the views, in pieces, over what they read as of the beginning and over the steps
   * since. The engine may go on stepping meanwhile.
   *
   * @throws ViewFailure when the computation of one fails otherwise than in a row
   * @throws dev.freshet.core.error.FreshetException {@link
   *     dev.freshet.core.error.ErrorCode#NOT_RUNNING} when it was cancelled
   */
  public void run() {
    run(PIECE_ROWS);
  }

  /** As {@link #run()}, with about so many rows in a piece. */
  public void run(int pieceRows) {
    computing(() -> {
      backfill.run(pieceRows);
      return pieceRows;
    });
  }

  /** Computes something of the views; says which of them are broken when it cannot. */
  <T> T computing(Supplier<T> work) {
    try {
      return work.get();
    } catch (OperatorFailure e) {
      throw new ViewFailure(backfill.usersOf(e.operator()), e.reason());
    } catch (RuntimeException | Error e) {
      if (OperatorFailure.isOf(e)) {
        throw new ViewFailure(parts.stream().map(Part::name).toList(), e);
      }
      throw e;
    }
  }

  /** How much of what the views read at the beginning has passed, from 0 to 100. */
  public double percent() {
    return backfill.percent();
  }

  /** Lets a {@link #run} that goes on end soon, with an error. */
  public void cancel() {
    backfill.cancel();
  }

  /**
   * The position in the input from which on the views are there: what {@link Engine#createView} of
   * an equal final view takes, to have the same rows after reading the input again.
   */
  public long since() {
    return since;
  }

  List<Part> parts() {
    return parts;
  }

  /** The names of running views that go when these come. */
  Set<String> dropped() {
    return dropped;
  }

  Backfill backfill() {
    return backfill;
  }
}
