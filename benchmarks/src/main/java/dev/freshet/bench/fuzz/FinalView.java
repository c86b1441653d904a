package dev.freshet.bench.fuzz;

import java.util.List;

/**
 * A view with {@code emit: final}, and the query over the rows that came in time.
 *
 * @param sql for Freshet
 * @param rule for DuckDB; {@code {0}} stands for the rows of the first input that have closed,
 *     {@code {watermark}} for how far the view has come
 */
record FinalView(String sql, String rule, List<Input> inputs) {
  FinalView {
    inputs = List.copyOf(inputs);
  }

  /** How the rows of an input lie in windows, and when they close. */
  enum Windows {
    /** None: a row closes when the watermark is past its time. */
    NONE,
    TUMBLE,
    HOP,
    CUMULATE,
    SESSION
  }

  /**
   * A table in windows.
   *
   * @param stepSeconds from one window to the next, or the step in which windows grow
   * @param sizeSeconds of a window, or the gap of sessions
   * @param partition the column of a key's sessions
   */
  record Input(
      FuzzTable table, Windows windows, int stepSeconds, int sizeSeconds, String partition) {

    /** The input as it stands in FROM. */
    String sql() {
      String call =
          switch (windows) {
            case NONE -> "";
            case TUMBLE -> "TUMBLE(TABLE %s, DESCRIPTOR(ts), %s)".formatted(table.name(), size());
            case HOP, CUMULATE ->
                "%s(TABLE %s, DESCRIPTOR(ts), INTERVAL '%d' SECOND, %s)"
                    .formatted(windows, table.name(), stepSeconds, size());
            case SESSION ->
                "SESSION(TABLE %s PARTITION BY %s, DESCRIPTOR(ts), %s)"
                    .formatted(table.name(), partition, size());
          };
      return windows == Windows.NONE ? table.name() : "TABLE(" + call + ")";
    }

    private String size() {
      return "INTERVAL '" + sizeSeconds + "' SECOND";
    }

    /** The ends of the windows that a time lies in, microseconds. */
    List<Long> ends(long time) {
      long step = stepSeconds * 1_000_000L;
      long size = sizeSeconds * 1_000_000L;
      long first =
          switch (windows) {
            case TUMBLE -> Math.floorDiv(time, size) * size + size;
            case HOP -> Math.floorDiv(time, step) * step + step;
            case CUMULATE -> {
              long start = Math.floorDiv(time, size) * size;
              yield start + (Math.floorDiv(time - start, step) + 1) * step;
            }
            case NONE, SESSION -> time;
          };
      return switch (windows) {
        case NONE, SESSION, TUMBLE -> List.of(first);
        case HOP ->
            java.util.stream.LongStream.iterate(first, end -> end <= time + size, end -> end + step)
                .boxed()
                .toList();
        case CUMULATE ->
            java.util.stream.LongStream.iterate(
                    first, end -> end <= Math.floorDiv(time, size) * size + size, end -> end + step)
                .boxed()
                .toList();
      };
    }

    /** The start of a window with this end. */
    long start(long end) {
      long size = sizeSeconds * 1_000_000L;
      return switch (windows) {
        case NONE, SESSION -> end;
        case TUMBLE, HOP -> end - size;
        case CUMULATE -> Math.floorDiv(end - 1, size) * size;
      };
    }
  }
}
