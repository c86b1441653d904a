package dev.freshet.bench.capture;

import dev.freshet.bench.harness.Signals;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's own client, writing the stream to a file, from which its rows are counted. It writes
 * each message as it comes, so that the file's size tells when the warm-up's rows were there.
 *
 * @param folder for the file
 * @param warmUp rows before the clock starts; with 0 it starts with the program
 * @param rows of the table, all of them
 */
record Recvlogical(Origin origin, Path folder, long warmUp, long rows, Duration limit) {
  static final String PROGRAM = "pg_recvlogical";
  private static final int LOOK_MILLIS = 10;

  /** How the server sends values. */
  enum Values {
    TEXT("false"),
    BINARY("true");

    private final String binary;

    Values(String binary) {
      this.binary = binary;
    }
  }

  /**
   * How far the program was.
   *
   * @param bytes that the file had
   */
  record Look(long nanos, double cpuSeconds, long bytes) {}

  /**
   * Streams from where the slot is to where the server is now.
   *
   * @throws FreshetException when the file does not hold so many rows, or those of the warm-up are
   *     all
   */
  Side.Run run(String table, String slot, Values values)
      throws IOException, InterruptedException, SQLException {
    Path file = folder.resolve("stream.out");
    Files.deleteIfExists(file); // the program would write on behind it
    List<Look> looks = stream(command(table, slot, values, file), file);
    Side.Run run = measured(file, looks, warmUp, rows);
    Files.delete(file);
    return run;
  }

  private List<String> command(String table, String slot, Values values, Path file)
      throws SQLException {
    // The client ends with the message that reaches this position, so one has to come.
    origin.sql("SELECT pg_logical_emit_message(true, 'bench', '')");
    String end = origin.one("SELECT pg_current_wal_flush_lsn()");
    return List.of(
        PROGRAM,
        "--host=127.0.0.1",
        "--port=" + origin.server().port(),
        "--username=postgres",
        "--dbname=postgres",
        "--slot=" + slot,
        "--start",
        "--no-loop",
        "--fsync-interval=0", // nobody here syncs
        "--endpos=" + end,
        "--file=" + file,
        "--option=proto_version=1",
        "--option=binary=" + values.binary,
        "--option=publication_names=" + table);
  }

  private List<Look> stream(List<String> command, Path file)
      throws IOException, InterruptedException {
    Path log = folder.resolve("recvlogical.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("PGPASSWORD", origin.server().password());
    List<Look> looks = new ArrayList<>(List.of(new Look(System.nanoTime(), 0, 0)));
    Process process = builder.start();
    Thread hook = Signals.atExit(process::destroyForcibly);
    double cpuSeconds = 0;
    try {
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        // It has none any more when it ends just now.
        Duration used = process.info().totalCpuDuration().orElse(Duration.ZERO);
        cpuSeconds = Math.max(cpuSeconds, used.toNanos() / 1e9);
        looks.add(new Look(System.nanoTime(), cpuSeconds, file.toFile().length()));
        if (System.nanoTime() - looks.getFirst().nanos() > limit.toNanos()) {
          throw new FreshetException(
              ErrorCode.TIMED_OUT, "Failed to measure: " + PROGRAM + " was killed after " + limit);
        }
      }
    } finally {
      process.destroyForcibly();
      Runtime.getRuntime().removeShutdownHook(hook);
    }
    looks.add(new Look(System.nanoTime(), cpuSeconds, file.toFile().length()));
    if (process.exitValue() != 0) {
      throw new IOException(PROGRAM + " failed: " + Files.readString(log));
    }
    return looks;
  }

  /**
   * From the first look at which the warm-up's rows were in the file to the last.
   *
   * @param looks in their order, the first of them before the program began
   */
  static Side.Run measured(Path file, List<Look> looks, long warmUp, long rows) throws IOException {
    Counted counted = new Counted(looks, warmUp);
    PgoutputFile.eachRow(file, counted::row);
    if (counted.rows != rows) {
      throw new FreshetException(
          ErrorCode.INVARIANT_BROKEN,
          "Failed to measure: " + PROGRAM + " wrote " + counted.rows + " of " + rows + " rows");
    }
    Look from = counted.from;
    if (from == null || counted.begun == rows) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Failed to measure: "
              + PROGRAM
              + " had written all rows when the end of the warm-up was seen. Give more --rows.");
    }
    Look last = looks.getLast();
    return new Side.Run(
        rows - counted.begun,
        (last.nanos() - from.nanos()) / 1e9,
        last.cpuSeconds() - from.cpuSeconds(),
        Double.NaN);
  }

  /** One thread owns it. */
  private static final class Counted {
    private final List<Look> looks;
    private final long warmUp;
    private @Nullable Look from;
    private long begun;
    private long rows;

    Counted(List<Look> looks, long warmUp) {
      this.looks = looks;
      this.warmUp = warmUp;
      this.from = warmUp == 0 ? looks.getFirst() : null;
    }

    void row(long end) {
      rows++;
      if (rows == warmUp) {
        from = looks.stream().filter(look -> look.bytes() >= end).findFirst().orElse(null);
      }
      if (from != null && end <= from.bytes()) {
        begun = rows;
      }
    }
  }
}
