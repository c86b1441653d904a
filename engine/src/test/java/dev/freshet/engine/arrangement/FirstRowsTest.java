package dev.freshet.engine.arrangement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.FirstRows.Rest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstRowsTest {
  private static final Schema SCHEMA =
      Schema.of(
          Column.notNull("key", Simple.BIGINT),
          Column.notNull("rank", Simple.BIGINT),
          Column.notNull("text", Simple.VARCHAR));
  private static final RowOrder ORDER =
      RowOrder.sorted(
          SCHEMA, new int[] {0}, new int[] {1}, new boolean[] {true}, new boolean[] {true});

  private record Row(long key, long rank, String text) {}

  private static final Comparator<Row> BY_RANK =
      Comparator.comparingLong(Row::key)
          .thenComparing(Comparator.comparingLong(Row::rank).reversed())
          .thenComparing(Row::text);

  private final TreeMap<Row, Long> content = new TreeMap<>(BY_RANK);
  private final TreeMap<Row, Long> followed = new TreeMap<>(BY_RANK);

  private Batch change(SplittableRandom random, int inserts, int deletes) {
    BatchBuilder rows = new BatchBuilder(SCHEMA, 0);
    for (int i = 0; i < inserts; i++) {
      long weight = 1L + random.nextInt(3);
      put(rows, new Row(random.nextInt(30), random.nextInt(12), "t" + random.nextInt(2)), weight);
    }
    for (int i = 0; i < deletes && !content.isEmpty(); i++) {
      List<Row> known = new ArrayList<>(content.keySet());
      // The first of a key goes more often than chance would have it.
      Row any = known.get(random.nextInt(known.size()));
      Row row =
          random.nextBoolean() ? any : content.ceilingKey(new Row(any.key(), Long.MAX_VALUE, ""));
      put(rows, row, -1 - random.nextLong(content.get(row)));
    }
    return rows.build();
  }

  private void put(BatchBuilder rows, Row row, long weight) {
    rows.row(weight, row.key(), row.rank(), row.text());
    merge(content, row, weight);
  }

  private static void merge(Map<Row, Long> rows, Row row, long weight) {
    rows.merge(row, weight, Long::sum);
    rows.remove(row, 0L);
  }

  private static TreeMap<Row, Long> rows(Batch batch) {
    TreeMap<Row, Long> rows = new TreeMap<>(BY_RANK);
    add(rows, batch);
    return rows;
  }

  private static void add(Map<Row, Long> rows, Batch batch) {
    for (int i = 0; i < batch.rowCount(); i++) {
      Object[] values = Values.readRow(batch, i);
      merge(rows, new Row((Long) values[0], (Long) values[1], (String) values[2]), batch.weight(i));
    }
  }

  /** The first rows the slow and obvious way. */
  private TreeMap<Row, Long> expected(long limit) {
    TreeMap<Row, Long> first = new TreeMap<>(BY_RANK);
    TreeMap<Long, Long> taken = new TreeMap<>();
    content.forEach((row, weight) -> {
      long before = taken.getOrDefault(row.key(), 0L);
      long now = Math.min(weight, limit - before);
      if (now > 0) {
        first.put(row, now);
      }
      taken.put(row.key(), before + now);
    });
    return first;
  }

  private void check(FirstRows rows, Run change, long limit) {
    TreeMap<Row, Long> expected = expected(limit);
    add(followed, change.rows());
    assertThat(followed).isEqualTo(expected);
    assertThat(rows(rows.first().scan())).isEqualTo(expected);
    assertThat(Run.of(ORDER, change.rows()).hashes()).isEqualTo(change.hashes());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 10, 40})
  void holdsTheFirstRowsOfEachKeyThroughInsertsAndDeletes(long limit) {
    SplittableRandom random = new SplittableRandom(limit);
    FirstRows rows = new FirstRows(ORDER, limit, Rest.KEPT);
    for (int step = 0; step < 400; step++) {
      boolean many = random.nextInt(6) == 0;
      int inserts = random.nextInt(many ? 600 : 10);
      int deletes = random.nextBoolean() ? 0 : random.nextInt(many ? 300 : 12);
      Run change = rows.add(change(random, inserts, deletes));
      check(rows, change, limit);
      TreeMap<Row, Long> all = rows(rows.first().scan());
      add(all, rows.rest().orElseThrow().scan());
      assertThat(all).isEqualTo(content);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 10})
  void needsNoRestWhereNothingIsDeleted(long limit) {
    SplittableRandom random = new SplittableRandom(limit);
    FirstRows rows = new FirstRows(ORDER, limit, Rest.DROPPED);
    for (int step = 0; step < 100; step++) {
      check(rows, rows.add(change(random, random.nextInt(300), 0)), limit);
    }
    assertThat(rows.rest()).isEmpty();
    assertThat(rows.first().weight()).isLessThanOrEqualTo(30 * limit);
  }

  @Test
  void leavesTheRestUnsortedUntilAFirstRowIsDeleted() {
    FirstRows rows = new FirstRows(ORDER, 1, Rest.KEPT);
    BatchBuilder inserts = new BatchBuilder(SCHEMA, 0);
    for (long rank = 0; rank < 1_000; rank++) {
      inserts.row(1, 7L, rank, "t");
    }
    rows.add(inserts.build());
    assertThat(rows.rest().orElseThrow().chains()).noneMatch(Chain::isSorted);
    Run change = rows.add(new BatchBuilder(SCHEMA, 1).row(-1, 7L, 999L, "t").build());
    assertThat(Arrays.toString(Values.readRow(change.rows(), 0))).isEqualTo("[7, 999, t]");
    assertThat(Arrays.toString(Values.readRow(change.rows(), 1))).isEqualTo("[7, 998, t]");
    assertThat(change.rows().weights()).startsWith(-1, 1);
  }

  @Test
  void refusesADeleteWhereNoRestIsKept() {
    FirstRows rows = new FirstRows(ORDER, 1, Rest.DROPPED);
    Batch row = new BatchBuilder(SCHEMA, 1).row(1, 7L, 1L, "t").build();
    rows.add(row);
    assertThatThrownBy(() -> rows.add(row.withWeights(new long[] {-1})))
        .hasMessageContaining("nothing is deleted where no rest is kept");
  }
}
