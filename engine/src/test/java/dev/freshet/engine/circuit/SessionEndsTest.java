package dev.freshet.engine.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Plan.Closing;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a look at every session, one for each partition. */
class SessionEndsTest {
  private static final Schema STATE =
      Schema.of(
          Column.notNull("partition", Simple.BIGINT),
          Column.notNull("last", Simple.BIGINT),
          Column.notNull("first", Simple.BIGINT));
  private static final long GAP = 1000;
  private static final long LAG = 5;
  private static final long BYTES_MAX = 100 * 24;

  private final Map<Long, Long> open = new HashMap<>();
  private final SplittableRandom random = new SplittableRandom(7);
  private SessionEnds ends;
  private long now;
  private long next;
  private int searches;

  @BeforeEach
  void begin() {
    ends = new SessionEnds(STATE, 1, GAP, Closing.after(3, LAG), BYTES_MAX);
  }

  private Batch rows(Collection<Long> partitions) {
    BatchBuilder rows = new BatchBuilder(STATE, partitions.size());
    partitions.forEach(p -> rows.row(1, p, open.get(p), open.get(p) - 1));
    return rows.build();
  }

  private void change() {
    now += random.nextLong(20);
    TreeSet<Long> begun = new TreeSet<>();
    for (int n = random.nextInt(12); n > 0; n--) {
      open.put(next, random.nextInt(50) == 0 ? Long.MAX_VALUE - 3 : now - random.nextLong(600));
      begun.add(next++);
    }
    ends.add(rows(begun));
    open.replaceAll(
        (_, last) -> random.nextInt(40) == 0 ? Math.max(last, now - random.nextLong(600)) : last);
  }

  private TreeSet<Long> closed(Iterable<Long> partitions) {
    TreeSet<Long> closed = new TreeSet<>();
    for (long p : partitions) {
      long last = open.get(p);
      if (last < Long.MAX_VALUE - GAP && last + GAP + LAG <= now) {
        closed.add(p);
      }
    }
    return closed;
  }

  private TreeSet<Long> found() {
    if (!ends.mayClose(now)) {
      return new TreeSet<>();
    }
    TreeSet<Long> due = new TreeSet<>(open.keySet());
    if (ends.needsSearch(now)) {
      ends.beginSearch();
      searches++;
    } else {
      due.clear();
      Batch entries = ends.take(now).rows();
      for (int i = 0; i < entries.rowCount(); i++) {
        long partition = ((LongVector) entries.column(0)).values()[i];
        long entry = ((LongVector) entries.column(1)).values()[i];
        assertThat(open).containsKey(partition);
        assertThat(open.get(partition)).isGreaterThanOrEqualTo(entry);
        assertThat(due.add(partition)).as("each once").isTrue();
      }
    }
    TreeSet<Long> closed = closed(due);
    due.removeAll(closed);
    ends.add(rows(due));
    return closed;
  }

  private void step(int step) {
    change();
    TreeSet<Long> expected = closed(open.keySet());
    assertThat(found()).as("step " + step).isEqualTo(expected);
    expected.forEach(open::remove);
    assertThat(ends.bytes()).isBetween(0L, BYTES_MAX);
  }

  @Test
  void findsWhatClosesWithFewSearches() {
    for (int step = 0; step < 3000; step++) {
      step(step);
    }
    assertThat(open).hasSizeGreaterThan(200);
    assertThat(searches).isBetween(1, 300);
  }

  @Test
  void findsWhatClosesAfterEntriesAreDropped() {
    for (int step = 0; step < 3000; step++) {
      step(step);
      int kind = random.nextInt(40);
      if (kind == 0) {
        ends.release();
        assertThat(ends.bytes()).isZero();
      } else if (kind == 1) {
        ends.forget();
      }
    }
  }

  @Test
  void isNotSearchedForBeforeASessionCanCloseWhenMemoryIsGivenBack() {
    open.put(1L, 10_000L);
    ends.add(rows(List.of(1L)));
    ends.release();
    assertThat(ends.mayClose(10_000)).isFalse();
    assertThat(ends.needsSearch(10_000 + GAP + LAG)).isTrue();
  }
}
