package dev.freshet.bench.capture;

import dev.freshet.bench.harness.Signals;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's own client, writing the stream to a file, from which its rows are counted. */
final class Recvlogical {
  static final String PROGRAM = "pg_recvlogical";
  private static final int POLL_MILLIS = 20;

  private Recvlogical() {}

  /**
   * Streams from where the slot is to where the server is now.
   *
   * @throws FreshetException when the file does not hold so many rows
   */
  static Side.Run run(
      Origin origin, String table, String slot, Path folder, long rows, Duration limit)
      throws IOException, InterruptedException, SQLException {
    // The client ends with the message that reaches this position, so one has to come.
    origin.sql("SELECT pg_logical_emit_message(true, 'bench', '')");
    String end = origin.one("SELECT pg_current_wal_flush_lsn()");
    Path file = folder.resolve("stream.out");
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    PROGRAM,
                    "--host=127.0.0.1",
                    "--port=" + origin.server().port(),
                    "--username=postgres",
                    "--dbname=postgres",
                    "--slot=" + slot,
                    "--start",
                    "--no-loop",
                    "--endpos=" + end,
                    "--file=" + file,
                    "--option=proto_version=1",
                    "--option=publication_names=" + table))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("recvlogical.log").toFile());
    builder.environment().put("PGPASSWORD", origin.server().password());
    long start = System.nanoTime();
    Process process = builder.start();
    Thread hook = Signals.atExit(process::destroyForcibly);
    double cpuSeconds = 0;
    try {
      while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        cpuSeconds = process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
        if (System.nanoTime() - start > limit.toNanos()) {
          throw new FreshetException(
              ErrorCode.TIMED_OUT, "Failed to measure: " + PROGRAM + " was killed after " + limit);
        }
      }
    } finally {
      process.destroyForcibly();
      Runtime.getRuntime().removeShutdownHook(hook);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (process.exitValue() != 0) {
      throw new IOException(
          PROGRAM + " failed: " + Files.readString(folder.resolve("recvlogical.log")));
    }
    long found = rows(file);
    Files.delete(file);
    if (found != rows) {
      throw new FreshetException(
          ErrorCode.INVARIANT_BROKEN,
          "Failed to measure: " + PROGRAM + " wrote " + found + " of " + rows + " rows");
    }
    return new Side.Run(rows, seconds, cpuSeconds, Double.NaN);
  }

  /** The inserts in a file of pgoutput messages of protocol 1, each with a line break behind it. */
  private static long rows(Path file) throws IOException {
    long rows = 0;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      for (Integer kind = kind(in); kind != null; kind = kind(in)) {
        switch ((char) (int) kind) {
          case 'B' -> in.skipNBytes(20);
          case 'C' -> in.skipNBytes(25);
          case 'R' -> skipRelation(in);
          case 'I' -> {
            in.skipNBytes(5);
            skipRow(in);
            rows++;
          }
          default -> throw new IOException("a message of kind " + kind + " in " + file);
        }
        if (in.readByte() != '\n') {
          throw new IOException("a message that does not end in " + file);
        }
      }
    }
    return rows;
  }

  private static @Nullable Integer kind(DataInputStream in) throws IOException {
    int kind = in.read();
    return kind < 0 ? null : kind;
  }

  private static void skipRelation(DataInputStream in) throws IOException {
    in.skipNBytes(4);
    skipText(in);
    skipText(in);
    in.skipNBytes(1);
    int columns = in.readUnsignedShort();
    for (int i = 0; i < columns; i++) {
      in.skipNBytes(1);
      skipText(in);
      in.skipNBytes(8);
    }
  }

  private static void skipText(DataInputStream in) throws IOException {
    while (in.readByte() != 0) {
      // to its end
    }
  }

  private static void skipRow(DataInputStream in) throws IOException {
    int columns = in.readUnsignedShort();
    for (int i = 0; i < columns; i++) {
      byte kind = in.readByte();
      if (kind == 't' || kind == 'b') {
        in.skipNBytes(in.readInt());
      }
    }
  }
}
