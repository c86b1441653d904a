package dev.freshet.runtime.inspect;

import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.change.ChangeSetCodec;
import dev.freshet.log.LogRecord;
import dev.freshet.log.embedded.LogFiles.SegmentReport;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@code freshet log verify} finds: every batch of every segment is read and checked, and
 * every record decoded.
 *
 * @param lines for the user, a line or more for each segment and one for all
 * @param damagedSegments how many segments are damaged
 */
public record LogVerification(List<String> lines, int damagedSegments) {
  public LogVerification {
    lines = List.copyOf(lines);
  }

  /** Verifies the log of a state folder, while it is used or not. */
  public static LogVerification of(Path state) {
    List<SegmentReport> segments = StateFolder.log(state).verify(LogVerification::decode);
    List<String> lines = new ArrayList<>();
    long records = 0;
    long rows = 0;
    int damaged = 0;
    for (SegmentReport segment : segments) {
      lines.add(line(segment));
      if (segment.isDamaged()) {
        lines.add("  " + segment.problem());
        damaged++;
      } else if (segment.tornBytes() > 0) {
        lines.add(
            String.format(
                Locale.ROOT,
                "  its last %,d bytes are a commit that is being written, or was when the process"
                    + " ended; no row of it was acknowledged, and the next start cuts it",
                segment.tornBytes()));
      }
      records += segment.records();
      rows += segment.rows();
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "%d segments, %,d records, %,d rows: %s",
            segments.size(),
            records,
            rows,
            damaged == 0 ? "no damage" : damaged + " damaged"));
    return new LogVerification(lines, damaged);
  }

  private static String line(SegmentReport segment) {
    String times =
        segment.records() == 0
            ? "no record"
            : time(segment.firstIngestMicros()) + " to " + time(segment.lastIngestMicros());
    return String.format(
        Locale.ROOT,
        "%s  %s  offsets %d to %d  %,d rows  %,d bytes  %s",
        segment.path(),
        segment.isDamaged() ? "DAMAGED" : "ok",
        segment.firstOffset(),
        segment.firstOffset() + segment.records() - 1,
        segment.rows(),
        segment.bytes(),
        times);
  }

  private static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static void decode(LogRecord record) {
    ChangeSetCodec.read(new ByteReader(record.bytes(), record.start(), record.length()));
  }
}
