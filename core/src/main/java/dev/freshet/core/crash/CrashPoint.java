package dev.freshet.core.crash;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The moments at which it matters most that the process may die: between two things that belong
 * together. A test lets it die at one, as SIGKILL would end it: the system property {@value
 * #PROPERTY} names it, {@code log-written}, or its n-th time, {@code log-written:5}. Read once;
 * while it is not set a point costs one look at a field. Safe for all threads.
 */
public enum CrashPoint {
  /** The log has written a commit and not synced it. */
  LOG_WRITTEN,
  /** The log has synced a commit, and nobody knows yet. */
  LOG_SYNCED,
  /** The log has deleted a segment that nobody needs, and the directory is not synced. */
  LOG_FORGOTTEN,
  /** The engine has made a step, and nobody has heard of it who is told of steps. */
  STEP_MADE,
  /** The runs of a checkpoint are on the disk, its manifest is not. */
  CHECKPOINT_WRITTEN,
  /** A checkpoint's manifest stands, and what it replaces is still there. */
  CHECKPOINT_PUBLISHED,
  /** The files of a publish are on the disk, the catalog does not name them. */
  LAKE_WRITTEN,
  /** The catalog names a publish, and the process has not noted it. */
  LAKE_PUBLISHED,
  /** The engine has the changed models, no step has been made with them. */
  MODELS_SWAPPED,
  /** The step with the changed models is made, readers still see the old ones. */
  MODELS_STEPPED,
  /** Rows over HTTP are durable, and their senders do not know it yet. */
  INGEST_DURABLE,
  /** A batch of a file's rows was handed to the log. */
  FILES_BATCH,
  /** A sink has written a step's changes, and not committed them. */
  SINK_UNCOMMITTED,
  /** A sink's receiver has a step's changes, and the process has not noted it. */
  SINK_TAKEN;

  public static final String PROPERTY = "freshet.crash-point";

  /** How such a process ends, as one that SIGKILL ended. */
  public static final int EXIT = 128 + 9;

  static {
    refuseUnknown(System.getProperty(PROPERTY, ""));
  }

  private final @Nullable AtomicLong left;

  CrashPoint() {
    String[] set = System.getProperty(PROPERTY, "").split(":", 2);
    boolean isSet = set[0].equals(label());
    this.left = isSet ? new AtomicLong(set.length == 1 ? 1 : Long.parseLong(set[1])) : null;
  }

  /** A point that never comes would prove nothing. */
  private static void refuseUnknown(String set) {
    String label = set.split(":", 2)[0];
    if (!label.isEmpty() && Arrays.stream(values()).noneMatch(p -> p.label().equals(label))) {
      throw new IllegalArgumentException("Cannot find crash point: " + label);
    }
  }

  /** Its name in the property, such as {@code log-written}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The JVM's option with which a process dies at this point's n-th time, from 1. */
  public String option(long count) {
    return "-D" + PROPERTY + "=" + label() + ":" + count;
  }

  /** The process is here: does nothing, or does not return. */
  public void reached() {
    AtomicLong counter = left;
    if (counter != null && counter.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(EXIT); // no hooks run, nothing is flushed
    }
  }
}
