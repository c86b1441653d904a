package dev.freshet.testing.simulation;

/** The kinds of calls to a {@link SimulatedStorage}. */
public enum Call {
  READ,
  WRITE,
  SYNC,
  SYNC_DIRECTORY,
  RENAME,
  /** Creating, opening, listing, sizes, deleting, cutting off. */
  OTHER
}
