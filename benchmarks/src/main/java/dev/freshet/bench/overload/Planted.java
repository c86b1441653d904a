package dev.freshet.bench.overload;

/** Defects on purpose: they show that the proof finds such ones. */
enum Planted {
  NOTHING,
  /** Some of what is refused is acknowledged. */
  ACKNOWLEDGES_REFUSED,
  /** The log loses its end while the process is down after a kill. */
  FORGETS_WHEN_KILLED,
  /** What is refused is kept in memory, to be written some day. */
  KEEPS_REFUSED,
  /** While there are too many writes, none is taken. */
  COLLAPSES,
  /** Once there were too many writes, none is ever taken again. */
  REFUSES_AFTERWARDS
}
