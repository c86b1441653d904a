package dev.freshet.capture.http;

/**
 * Places at which a test lets the process die as if it were killed: the system property {@code
 * freshet.crash-point} names one. Costs nothing while it is not set.
 */
enum CrashPoint {
  /** Rows are durable, and their senders do not know it yet. */
  INGEST_DURABLE("ingest-durable");

  private static final int KILLED = 137;

  private final boolean isSet;

  CrashPoint(String name) {
    this.isSet = name.equals(System.getProperty("freshet.crash-point"));
  }

  void reached() {
    if (isSet) {
      Runtime.getRuntime().halt(KILLED);
    }
  }
}
