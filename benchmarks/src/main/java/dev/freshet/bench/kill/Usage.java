package dev.freshet.bench.kill;

import java.io.File;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a project's process holds.
 *
 * @param heapBytes used after a full collection
 * @param handles open file handles, without those that are open for a moment
 * @param threads platform threads
 * @param latencyMillis the 99th percentile, over the last seconds, from a commit in the source to
 *     visible, of the model where it is longest; -1 when nothing was changed
 * @param diskBytes of the log
 */
public record Usage(
    long heapBytes, long handles, long threads, double latencyMillis, long diskBytes) {

  /** The lake's publisher opens some dozens of files at once, and closes them soon. */
  private static final int LOOKS = 10;

  private static final long LOOK_MILLIS = 30;

  /** Of this process; takes about a third of a second. */
  static Usage take(double latencyMillis, long diskBytes) throws InterruptedException {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return new Usage(
        runtime.totalMemory() - runtime.freeMemory(),
        held("/proc/self/fd"),
        count("/proc/self/task"),
        latencyMillis,
        diskBytes);
  }

  private static long held(String directory) throws InterruptedException {
    long least = count(directory);
    for (int look = 1; look < LOOKS; look++) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      least = Math.min(least, count(directory));
    }
    return least;
  }

  private static long count(String directory) {
    String[] names = new File(directory).list();
    return names == null ? 0 : names.length;
  }

  String text() {
    return String.format(
        Locale.ROOT, "%d %d %d %.3f %d", heapBytes, handles, threads, latencyMillis, diskBytes);
  }

  static Usage read(String text) {
    String[] words = text.split(" ", -1);
    return new Usage(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        Double.parseDouble(words[3]),
        Long.parseLong(words[4]));
  }
}
