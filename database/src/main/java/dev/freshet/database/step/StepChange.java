package dev.freshet.database.step;

/**
 * A change of what the engine computes, which comes in one step. On the thread that makes steps;
 * what it throws stops the pipeline, so what may fail it handles itself.
 */
public interface StepChange {
  /** Right before the engine takes the step's changes. */
  void before();

  /** Right after all listeners have heard of the step, before readers are told of it. */
  void after(Step step);
}
