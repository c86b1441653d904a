package dev.freshet.core.error;

/** Who has to act on an error. */
public enum ErrorFamily {
  /** Bad SQL, configuration or data: the user changes something. */
  USER,
  /** A source, disk or network failed: the environment changes, or a retry helps. */
  ENVIRONMENT,
  /** A broken invariant in Freshet: a defect to report. */
  BUG
}
