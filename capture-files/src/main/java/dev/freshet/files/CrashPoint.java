package dev.freshet.files;

/**
 * Places at which a test lets the process die as if it were killed: the system property {@code
 * freshet.crash-point} names one, with a number behind a colon for which time. Costs nothing while
 * it is not set.
 */
enum CrashPoint {
  /** A batch of a file's rows was handed to the log. */
  FILES_BATCH("files-batch");

  private static final int KILLED = 137;

  private int left;

  CrashPoint(String name) {
    String[] wanted = System.getProperty("freshet.crash-point", "").split(":", 2);
    boolean isSet = wanted[0].equals(name);
    this.left = !isSet ? -1 : wanted.length > 1 ? Integer.parseInt(wanted[1]) : 1;
  }

  synchronized void reached() {
    if (left > 0 && --left == 0) {
      Runtime.getRuntime().halt(KILLED);
    }
  }
}
