package dev.freshet.engine.arrangement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ArrangementTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("key", Simple.BIGINT), Column.notNull("value", Simple.VARCHAR));
  private static final RowOrder ORDER = RowOrder.byKey(SCHEMA, 0);

  @Test
  void keepsTheNumberOfRunsLogarithmicUnderSingleRows() {
    Arrangement arrangement = new Arrangement(ORDER);
    int most = 0;
    for (int i = 0; i < 60_000; i++) {
      arrangement.add(Run.of(ORDER, batch(1, i, "v")));
      most = Math.max(most, arrangement.content().chains().size());
    }
    assertThat(most).isLessThan(32);
    assertThat(arrangement.content().weight()).isEqualTo(60_000);
    assertThat(arrangement.content().scan().rowCount()).isEqualTo(60_000);
  }

  /** With the first change somebody waits for a start to end. */
  @Test
  void mergesWhatWasRestoredWithTheSecondChange() {
    Chain[] chains = new Chain[4];
    Arrays.setAll(chains, i -> Chain.of(rows(i * 2_000L, 2_000)));
    Arrangement restored = new Arrangement(RunList.of(ORDER, List.of(chains)));
    restored.add(rows(8_000, 8_000));
    assertThat(restored.content().chains()).hasSize(5).contains(chains);
    for (int i = 8; i < 100; i++) {
      restored.add(rows(i * 2_000L, 2_000));
      assertThat(restored.content().chains()).hasSizeLessThan(16);
    }
    assertThat(restored.content().chains()).doesNotContain(chains);
    assertThat(restored.content().scan().rowCount()).isEqualTo(200_000);
  }

  private static Run rows(long firstKey, int count) {
    return Run.of(ORDER, inserts(firstKey, count));
  }

  /** Rows that live for a while, in a content that stays as large as it is. */
  @Test
  void storesNotManyMoreRowsThanThereAre() {
    for (int live : new int[] {3_000, 10_000, 40_000}) {
      Arrangement arrangement = new Arrangement(ORDER);
      long most = 0;
      for (int step = 0; step < 400_000 / 100; step++) {
        BatchBuilder rows = new BatchBuilder(SCHEMA, 0);
        for (long key = step * 100L; key < step * 100L + 100; key++) {
          rows.row(1, key, "v");
          if (key >= live) {
            rows.row(-1, key - live, "v");
          }
        }
        arrangement.add(Run.of(ORDER, rows.build()));
        most = Math.max(most, arrangement.content().storedRows());
      }
      assertThat(arrangement.content().weight()).isEqualTo(live);
      assertThat(arrangement.content().scan().rowCount()).isEqualTo(live);
      assertThat(most).as("stored of %d rows", live).isLessThan(5L * live);
    }
  }

  /** How many rows merges have written, but for small ones at once. */
  private static final class Merged {
    private final Set<Chain> known = Collections.newSetFromMap(new IdentityHashMap<>());
    private long rows;

    void look(Arrangement arrangement) {
      for (Chain chain : arrangement.content().chains()) {
        if (known.add(chain) && chain.rowCount() > 512) {
          rows += chain.rowCount();
        }
      }
    }
  }

  /** Nothing cancels here, whatever the sum of the weights says. */
  @Test
  void doesNotMergeInVainWhatIsNegative() {
    Arrangement arrangement = new Arrangement(ORDER);
    Merged merged = new Merged();
    for (int i = 0; i < 60_000; i++) {
      arrangement.add(Run.of(ORDER, batch(i % 2 == 0 ? 1 : -1, i, "v")));
      merged.look(arrangement);
    }
    assertThat(arrangement.content().weight()).isZero();
    assertThat(arrangement.content().scan().rowCount()).isEqualTo(60_000);
    assertThat(merged.rows).isLessThan(5 * 60_000);
  }

  /** What such a merge leaves out counts too: rows that were only inserted have no order yet. */
  @Test
  void doesNotMergeInVainWhatIsNegativeBesideMuchThatIsUnsorted() {
    Arrangement arrangement = new Arrangement(ORDER);
    for (int i = 0; i < 200; i++) {
      arrangement.add(Chain.ofChange(ORDER, inserts(300L * i, 300)));
    }
    Merged merged = new Merged();
    merged.look(arrangement);
    long before = merged.rows;
    for (int i = 0; i < 60_000; i++) {
      arrangement.add(Run.of(ORDER, batch(-1, 100_000 + i, "v")));
      merged.look(arrangement);
    }
    assertThat(arrangement.content().weight()).isZero();
    assertThat(merged.rows - before).isLessThan(5 * 60_000);
  }

  @Test
  void findsEveryKeyWhileMergesAreUnderWay() {
    SplittableRandom random = new SplittableRandom(7);
    Arrangement arrangement = new Arrangement(ORDER);
    TreeMap<Long, Long> expected = new TreeMap<>();
    for (int step = 0; step < 300; step++) {
      BatchBuilder rows = new BatchBuilder(SCHEMA, 0);
      for (int i = random.nextInt(200); i >= 0; i--) {
        long key = random.nextInt(5000);
        long weight = random.nextInt(3) - 1L;
        rows.row(weight, key, "value");
        expected.merge(key, weight, Long::sum);
      }
      arrangement.add(Run.of(ORDER, rows.build()));
      if (step % 20 == 0) {
        assertFinds(arrangement.content(), expected);
      }
    }
    assertFinds(arrangement.content(), expected);
  }

  @Test
  void keepsInsertsAsTheyComeUntilARowIsLookedFor() {
    Arrangement arrangement = new Arrangement(ORDER);
    for (int step = 0; step < 100; step++) {
      arrangement.add(Chain.ofChange(ORDER, inserts(300L * step, 300)));
    }
    RunList inserted = arrangement.content();
    assertThat(inserted.chains()).hasSizeLessThan(12).noneMatch(Chain::isSorted);
    assertThat(inserted.weight()).isEqualTo(30_000);
    assertThat(inserted.stored().rowCount()).isEqualTo(30_000);
    assertThat(inserted.chains()).noneMatch(Chain::isSorted);

    TreeMap<Long, Long> expected = new TreeMap<>();
    for (long key = 0; key < 30_000; key++) {
      expected.put(key, 1L);
    }
    assertFinds(inserted, expected);
    assertThat(inserted.chains()).allMatch(Chain::isSorted);
  }

  @Test
  void findsEveryKeyAmongSortedAndUnsortedChanges() {
    SplittableRandom random = new SplittableRandom(11);
    Arrangement arrangement = new Arrangement(ORDER);
    TreeMap<Long, Long> expected = new TreeMap<>();
    for (int step = 0; step < 400; step++) {
      BatchBuilder rows = new BatchBuilder(SCHEMA, 0);
      boolean inserts = random.nextInt(4) > 0;
      for (int i = random.nextInt(1000); i >= 0; i--) {
        long key = random.nextInt(5000);
        long weight = inserts ? 1 + random.nextInt(2) : random.nextInt(3) - 1L;
        rows.row(weight, key, "value");
        expected.merge(key, weight, Long::sum);
      }
      arrangement.add(Chain.ofChange(ORDER, rows.build()));
      if (step % 50 == 0) {
        assertFinds(arrangement.content(), expected);
      }
    }
    assertFinds(arrangement.content(), expected);
  }

  private static void assertFinds(RunList content, TreeMap<Long, Long> expected) {
    BatchBuilder keys = new BatchBuilder(SCHEMA, 0);
    expected.keySet().forEach(key -> keys.row(1, key, ""));
    Probe probe = Probe.of(keys.build(), 0);
    long[] weights = content.sums(probe).weights();
    Long[] wanted = expected.values().toArray(Long[]::new);
    for (int i = 0; i < probe.count(); i++) {
      assertThat(weights[i]).isEqualTo(wanted[probe.row(i)]);
    }
  }

  @Test
  void aSnapshotStaysWhileTheArrangementGoesOn() {
    Arrangement arrangement = new Arrangement(ORDER);
    arrangement.add(Run.of(ORDER, batch(1, 1, "a")));
    RunList before = arrangement.content();
    arrangement.add(Run.of(ORDER, batch(-1, 1, "a")));
    assertThat(before.scan().rowCount()).isEqualTo(1);
    assertThat(arrangement.content().scan().rowCount()).isZero();
  }

  @Test
  void readsTheFirstAndLastRowsOfAKeyInOrder() {
    RowOrder order =
        RowOrder.sorted(
            SCHEMA, new int[] {0}, new int[] {1}, new boolean[] {true}, new boolean[] {true});
    Arrangement arrangement = new Arrangement(order);
    for (String value : new String[] {"b", "d", "a", "c"}) {
      arrangement.add(Run.of(order, batch(1, 5, value)));
    }
    arrangement.add(Run.of(order, batch(-1, 5, "d")));
    Probe probe = Probe.of(batch(1, 5, ""), 0);
    KeyGroups first = arrangement.content().groups(probe, 2, GroupReader.From.FIRST);
    KeyGroups last = arrangement.content().groups(probe, 1, GroupReader.From.LAST);
    assertThat(texts(first.rows())).isEqualTo("cb");
    assertThat(texts(last.rows())).isEqualTo("a");
  }

  private static String texts(Batch rows) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.rowCount(); i++) {
      text.append(((dev.freshet.core.batch.BytesVector) rows.column(1)).text(i));
    }
    return text.toString();
  }

  private static Batch batch(long weight, long key, String value) {
    return new BatchBuilder(SCHEMA, 1).row(weight, key, value).build();
  }

  private static Batch inserts(long firstKey, int count) {
    BatchBuilder rows = new BatchBuilder(SCHEMA, count);
    for (long key = firstKey; key < firstKey + count; key++) {
      rows.row(1, key, "v");
    }
    return rows.build();
  }
}
