package dev.freshet.runtime.system;

import dev.freshet.engine.Reads;
import dev.freshet.engine.Snapshot;
import dev.freshet.log.Log;
import dev.freshet.runtime.model.Model;
import dev.freshet.sql.eventtime.Emit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** What a replay will do, for people. */
final class ReplayText {
  private ReplayText() {}

  static List<String> ofContents(Model model, List<Model> built, Snapshot now) {
    List<String> lines = new ArrayList<>();
    List<String> reads = List.copyOf(Reads.of(model.plan()));
    lines.add(model.name() + " equals its query: from where on it is computed makes no difference");
    lines.add(
        String.format(
            Locale.ROOT,
            "reads     %s, %,d rows as they are now",
            String.join(", ", reads),
            reads.stream().mapToLong(now::rowCount).sum()));
    return with(lines, built, now);
  }

  static List<String> ofHistory(
      Model model, List<Model> built, OptionalLong from, Log log, Snapshot now) {
    List<String> lines = new ArrayList<>();
    if (from.isEmpty()) {
      lines.add(
          model.name()
              + " equals its query, but models that read it depend on history: from where on it is"
              + " computed makes no difference");
    } else {
      String begin =
          from.getAsLong() == 0
              ? "the log's first record"
              : "offset " + from.getAsLong() + " (" + LogPlace.time(log, from.getAsLong()) + ")";
      lines.add(
          model.definition().emit() == Emit.FINAL
              ? model.name()
                  + " judges what comes by its watermark from "
                  + begin
                  + " on; what its tables had there counts as in time"
              : model.name()
                  + " sees rows of "
                  + String.join(", ", model.passing())
                  + " as they pass: those from "
                  + begin
                  + " on");
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "reads     the log, offsets %d to %d",
            log.startOffset(),
            log.durableOffset()));
    return with(lines, built, now);
  }

  private static List<String> with(List<String> lines, List<Model> built, Snapshot now) {
    for (Model model : built) {
      lines.add(
          String.format(
              Locale.ROOT,
              "computes  %s%s, which has %,d rows now",
              model.name(),
              model.equals(built.getFirst()) ? "" : " (reads it)",
              now.rowCount(model.name())));
    }
    lines.add(
        "readers   go on with these rows; in one step change feeds and the Iceberg tables get the"
            + " difference, as rows that leave and rows that come");
    return lines;
  }
}
