package dev.freshet.bench.simulate;

/** Defects on purpose: they show that the simulation finds such ones. */
enum PlantedBug {
  NONE,
  /** The disk's syncs succeed and do nothing. */
  DISK_LIES,
  /** After a restart the source passes one transaction over. */
  SOURCE_SKIPS,
  /** Every step is handed to the lake twice. */
  LAKE_FED_TWICE
}
