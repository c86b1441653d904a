package dev.freshet.bench.simulate;

/** Defects on purpose: they show that the simulation finds such ones. */
enum PlantedBug {
  NONE,
  /** The disk's syncs succeed and do nothing. */
  DISK_LIES,
  /** After a restart the source passes one transaction over. */
  SOURCE_SKIPS,
  /** The source is told that a transaction is durable as soon as the log has taken it. */
  ACKNOWLEDGED_EARLY,
  /** Every step is handed to the lake twice. */
  LAKE_FED_TWICE,
  /** Of each change of a model, the lake does not hear of one deleted row. */
  LAKE_MISSES_DELETE,
  /** Of each change of a model, its sink does not hear of one deleted row. */
  SINK_MISSES_DELETE,
  /** The log forgets what only a checkpoint before the newest needs. */
  LOG_KEPT_FOR_NEWEST,
  /** A start does not bring the engine to the step that the lake shows. */
  REPLAY_SKIPPED
}
