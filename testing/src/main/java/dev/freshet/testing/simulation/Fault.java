package dev.freshet.testing.simulation;

/**
 * How a call to {@link SimulatedStorage} fails. Whatever fault hits a sync, the data that was to be
 * synced is dropped: reads still show it, no later sync writes it, and a crash loses it, as on
 * Linux.
 */
public enum Fault {
  /** The call fails and has no effect. */
  IO_ERROR,
  /** As {@link #IO_ERROR}, because the disk is full. */
  DISK_FULL,
  /** A write fails after a part of it; other calls as {@link #IO_ERROR}. */
  SHORT_WRITE
}
