package dev.freshet.runtime.verify;

import dev.freshet.engine.hash.RowKind;
import dev.freshet.engine.hash.StateHash;
import dev.freshet.runtime.verify.FreshState.Basis;
import dev.freshet.runtime.verify.LiveState.Hashes;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** What a verification tells, line by line. One thread owns it. */
final class Report {
  private static final String FORMAT = "%-9s  %,12d  %s  %s  %s%s";

  private final Consumer<String> out;
  private int relations;
  private long rows;

  Report(Consumer<String> out) {
    this.out = out;
  }

  /**
   * @param logStart the first offset that the log has
   * @param from the step at which the fresh engine began
   */
  void head(String live, long step, long logStart, long from) {
    line("live      %s, at step %d", live, step);
    if (logStart == 0) {
      line("replayed  the log from its first record on, offsets 0 to %d", step);
      return;
    }
    line(
        "replayed  the log from step %d on: it begins at offset %d, what came before is gone",
        from, logStart);
    line(
        "          tables begin with their rows as saved at step %d, and models are computed from them",
        from);
    line("          (saved: begins with its own saved rows, which are taken as they are)");
  }

  void relation(String name, Basis basis, Hashes live, Hashes fresh) {
    relations++;
    rows += live.content().rows();
    String origin =
        switch (basis) {
          case LOG, TABLES -> "";
          case SAVED -> "  (saved)";
        };
    line(live.content(), fresh.content(), name + origin);
    if (live.errors().rows() != 0 || fresh.errors().rows() != 0) {
      line(live.errors(), fresh.errors(), name + ", rows that fail" + origin);
    }
  }

  private void line(StateHash live, StateHash fresh, String name) {
    boolean isEqual = live.equals(fresh);
    String replayed =
        isEqual || live.rows() == fresh.rows()
            ? ""
            : String.format(Locale.ROOT, " (%,d rows replayed)", fresh.rows());
    line(
        FORMAT,
        isEqual ? "equal" : "DIFFERENT",
        live.rows(),
        live.hash(),
        fresh.hash(),
        name,
        replayed);
  }

  void leftOut(String name, String reason) {
    line("not verified: %s: %s", name, reason);
  }

  void rows(String name, RowKind kind, List<String> lines) {
    String what =
        switch (kind) {
          case CONTENT -> "rows";
          case ERRORS -> "rows that fail";
        };
    line("%s, some %s that differ:", name, what);
    lines.forEach(out);
  }

  void end(int differing) {
    line(
        "%,d tables and models, %,d rows: %s",
        relations,
        rows,
        differing == 0 ? "all equal" : String.format(Locale.ROOT, "%,d different", differing));
  }

  private void line(String format, Object... values) {
    out.accept(String.format(Locale.ROOT, format, values));
  }
}
