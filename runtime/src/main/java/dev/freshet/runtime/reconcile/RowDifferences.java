package dev.freshet.runtime.reconcile;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.ContentHash;
import dev.freshet.core.batch.Hashing;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.type.Schema;
import dev.freshet.serve.backend.Reconciled.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Matches the rows of some ranges by their keys. One thread owns it. */
final class RowDifferences {
  /** Numbers as they are counted, texts by their lengths first. */
  static final Comparator<Row> ORDER =
      Comparator.<Row>comparingInt(row -> row.text().length()).thenComparing(Row::text);

  private final Ranges ranges;
  private final int[] key;
  private final BatchBuilder keys;
  private final ContentHash hash = new ContentHash();
  private final Map<String, Pair> pairs = new HashMap<>();

  /** Hashes of the rows with one key, and the key's place among the keys. */
  private record Pair(int place, Set<Long> source, Set<Long> held) {}

  /**
   * A row that differs.
   *
   * @param text its key as JSON
   * @param key its key, one row
   */
  record Row(Kind kind, String text, Batch key) {}

  RowDifferences(Ranges ranges, Schema schema, int[] key) {
    this.ranges = ranges;
    this.key = key;
    this.keys = new BatchBuilder(schema.select(key), 0);
  }

  void addSource(Batch rows) {
    add(rows, true);
  }

  void addHeld(Batch rows) {
    add(rows, false);
  }

  private void add(Batch rows, boolean isSource) {
    long[] hashes = Hashing.hashRows(rows, key);
    for (int row = 0; row < hashes.length; row++) {
      if (ranges.indexOf(hashes[row]) != Ranges.NONE) {
        Pair pair = pair(rows, row);
        (isSource ? pair.source() : pair.held()).add(hash.ofRow(rows, row));
      }
    }
  }

  private Pair pair(Batch rows, int row) {
    String text = KeyText.of(rows, key, row);
    Pair known = pairs.get(text);
    if (known != null) {
      return known;
    }
    Pair pair = new Pair(keys.rowCount(), new HashSet<>(2), new HashSet<>(2));
    keys.append(rows.select(key), row, 1);
    pairs.put(text, pair);
    return pair;
  }

  /** The rows that differ, by their keys; nothing can be added any more. */
  List<Row> rows() {
    Batch all = keys.build();
    List<Row> rows = new ArrayList<>();
    pairs.forEach((text, pair) -> {
      // Several rows of the source with one key are one row here: which of them, nobody can say.
      if (!pair.source().containsAll(pair.held()) || pair.held().isEmpty()) {
        rows.add(new Row(kind(pair), text, Rows.slice(all, pair.place(), pair.place() + 1)));
      }
    });
    rows.sort(ORDER);
    return rows;
  }

  private static Kind kind(Pair pair) {
    if (pair.held().isEmpty()) {
      return Kind.MISSING;
    }
    return pair.source().isEmpty() ? Kind.EXTRA : Kind.DIFFERENT;
  }
}
