package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;

/** Takes rows in pieces. */
public interface BatchSink {
  /** Takes a piece; returns whether more are wanted. */
  boolean accept(Batch piece);
}
