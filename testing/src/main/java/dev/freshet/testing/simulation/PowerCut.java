package dev.freshet.testing.simulation;

/**
 * The power fails within a call to a {@link SimulatedStorage}: nobody is there any more to handle
 * it. No exception of Freshet, and no {@link RuntimeException}, so that nothing takes it for one.
 */
public final class PowerCut extends Error {
  private static final long serialVersionUID = 1;

  PowerCut(String message) {
    super(message);
  }
}
