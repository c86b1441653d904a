package dev.freshet.bench.nexmark;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BooleanVector;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.Int128Vector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.TableChanges;
import dev.freshet.measure.EventWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Events in a file for a peer, in the order in which they happen. */
final class NexmarkEventFile {
  /** Kinds of events in the file are the places in this list. */
  private static final List<String> KINDS = List.of("person", "auction", "bid");

  private static final int CHUNK = 50_000;

  private NexmarkEventFile() {}

  static void write(Path file, Events events, long count) throws IOException {
    try (EventWriter out = new EventWriter(file)) {
      for (long done = 0; done < count; done += CHUNK) {
        int now = (int) Math.min(CHUNK, count - done);
        write(out, events.next(now), now);
      }
    }
  }

  private static void write(EventWriter out, List<TableChanges> changes, int count)
      throws IOException {
    Map<String, Batch> rows = new HashMap<>();
    changes.forEach(table -> rows.put(table.table(), table.rows()));
    int[] next = new int[KINDS.size()];
    for (int i = 0; i < count; i++) {
      // A chunk is a whole number of epochs, so it begins with the first event of one.
      int kind = Events.kind(i);
      write(out, kind, Objects.requireNonNull(rows.get(KINDS.get(kind))), next[kind]++);
    }
  }

  private static void write(EventWriter out, int kind, Batch rows, int row) throws IOException {
    out.event(kind);
    for (Vector column : rows.columns()) {
      switch (column) {
        case LongVector numbers -> out.number(numbers.values()[row]);
        case BytesVector texts ->
            out.text(texts.data(), texts.start(row), texts.end(row) - texts.start(row));
        case BooleanVector _, DoubleVector _, Int128Vector _ ->
            throw new IllegalStateException("Nexmark's tables have no such column");
      }
    }
  }
}
