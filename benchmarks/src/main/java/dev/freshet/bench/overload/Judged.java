package dev.freshet.bench.overload;

/** What a run is judged by, besides what must be there and what must not. */
enum Judged {
  /** That much was refused: so it is on any machine, however busy. */
  COUNTS,
  /** Also how much was offered, taken, and how fast, which takes a machine with little else. */
  SPEED
}
