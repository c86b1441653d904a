package dev.freshet.engine;

import dev.freshet.engine.circuit.Backfill;
import dev.freshet.sql.plan.Plan;
import java.util.Set;

/**
 * A view that is computed beside a running engine: see {@link Engine#beginView}. {@link #run} is
 * one thread's of the caller's choice; all else is the engine's.
 */
public final class ViewBuild {
  /** So many rows pass at once: a step's overhead is nothing then, and its memory little. */
  private static final int PIECE_ROWS = 1 << 16;

  private final String name;
  private final Plan plan;
  private final Set<String> reads;
  private final Backfill backfill;

  ViewBuild(String name, Plan plan, Set<String> reads, Backfill backfill) {
    this.name = name;
    this.plan = plan;
    this.reads = reads;
    this.backfill = backfill;
  }

  /**
   * Computes the view, in pieces, over what it reads as of the beginning and over the steps since.
   * The engine may go on stepping meanwhile.
   */
  public void run() {
    run(PIECE_ROWS);
  }

  /** As {@link #run()}, with about so many rows in a piece. */
  public void run(int pieceRows) {
    backfill.run(pieceRows);
  }

  String name() {
    return name;
  }

  Plan plan() {
    return plan;
  }

  Set<String> reads() {
    return reads;
  }

  Backfill backfill() {
    return backfill;
  }
}
