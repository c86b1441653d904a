package dev.freshet.database.step;

/** Hears of every step, in order, on the thread that makes steps. */
public interface StepListener {
  /**
   * Takes a step's outcome over; must be quick, for the next step waits. What it throws stops the
   * pipeline.
   */
  void onStep(Step step);

  /** Whether the next step may come. While it says no, changes wait in the log. */
  default boolean isReady() {
    return true;
  }
}
