package dev.freshet.database.step;

/**
 * How many rows the next step may take, so that it takes about as long as wanted. Larger steps cost
 * less for each row; smaller ones are seen earlier. One thread owns it.
 */
final class StepSize {
  /** Below this the fixed cost of a step outweighs that of its rows. */
  private static final int ROWS_MIN = 1_000;

  private static final double WEIGHT_OF_LAST = 0.3;

  private final int rowsMax;
  private final double wantedNanos;
  private double nanosPerRow;

  StepSize(PipelineSettings settings) {
    this.rowsMax = settings.stepRowsMax();
    this.wantedNanos = settings.stepTimeWanted().toNanos();
  }

  int rows() {
    double rows = nanosPerRow == 0 ? rowsMax : wantedNanos / nanosPerRow;
    return (int) Math.min(rowsMax, Math.max(ROWS_MIN, rows));
  }

  /** Learns from a step; one of few rows tells nothing about the cost of a row. */
  void took(int rows, long nanos) {
    if (rows < Math.min(ROWS_MIN, rowsMax)) {
      return;
    }
    double last = (double) nanos / rows;
    nanosPerRow =
        nanosPerRow == 0 ? last : WEIGHT_OF_LAST * last + (1 - WEIGHT_OF_LAST) * nanosPerRow;
  }
}
