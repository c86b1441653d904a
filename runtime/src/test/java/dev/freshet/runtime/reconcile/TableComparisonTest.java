package dev.freshet.runtime.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.Fence;
import dev.freshet.capture.SourceTable;
import dev.freshet.contracts.Contract;
import dev.freshet.contracts.mask.Masks;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Engine;
import dev.freshet.serve.backend.Reconciled.Table;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TableComparisonTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("n", Simple.BIGINT));
  private static final Contract CONTRACT = new Contract("t", SCHEMA, List.of("id"), "", "");

  /** Reads rows from memory. */
  private static final class MemoryFence implements Fence {
    private final Map<Long, Long> rows;
    private int reads;
    private int copies = 1;

    MemoryFence(Map<Long, Long> rows) {
      this.rows = rows;
    }

    @Override
    public String position() {
      return "0";
    }

    @Override
    public SourceTable table(String name) {
      throw new AssertionError("not asked for");
    }

    @Override
    public void read(String table, Consumer<TableChanges> sink) {
      reads++;
      for (int copy = 0; copy < copies; copy++) {
        sink.accept(changes(rows));
      }
    }

    @Override
    public void read(String table, Batch keys, Consumer<TableChanges> sink) {
      throw new AssertionError("not asked for");
    }

    @Override
    public void correct(List<TableChanges> corrections) {
      throw new AssertionError("not asked for");
    }

    @Override
    public void release() {}

    @Override
    public long heldMillis() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private static TableChanges changes(Map<Long, Long> rows) {
    BatchBuilder builder = new BatchBuilder(SCHEMA, rows.size());
    rows.forEach((id, n) -> builder.row(1, id, n));
    return TableChanges.inserts("t", builder.build(), 0);
  }

  private static Map<Long, Long> rows(int count) {
    Map<Long, Long> rows = new TreeMap<>();
    for (long id = 0; id < count; id++) {
      rows.put(id, id % 7);
    }
    return rows;
  }

  private static Table compare(MemoryFence source, Map<Long, Long> held, int matchedMax) {
    try (Engine engine = new Engine()) {
      engine.createTable("t", SCHEMA, 0);
      engine.apply(changes(held));
      engine.step(1, 0);
      return new TableComparison(
              source, engine.snapshot(), CONTRACT, Masks.NONE, () -> {}, matchedMax)
          .run()
          .table();
    }
  }

  @Test
  void readsEachSideOnceWhenAllIsEqual() {
    MemoryFence source = new MemoryFence(rows(50_000));
    Table table = compare(source, rows(50_000), 1000);
    assertThat(table.isEqual()).isTrue();
    assertThat(table.sourceRows()).isEqualTo(50_000);
    assertThat(table.ranges()).isGreaterThan(1000);
    assertThat(source.reads).isOne();
  }

  @Test
  void findsAllRowsThatDifferInAsMuchMemoryAsItHas() {
    SplittableRandom random = new SplittableRandom(5);
    for (int size : new int[] {0, 1, 31, 32, 5_000, 60_000}) {
      Map<Long, Long> source = rows(size);
      Map<Long, Long> held = rows(size);
      int missing = 0;
      int extra = 0;
      int different = 0;
      for (long id = 0; id < size; id++) {
        switch (random.nextInt(Math.max(3, size / 10))) {
          case 0 -> {
            held.remove(id);
            missing++;
          }
          case 1 -> {
            source.remove(id);
            extra++;
          }
          case 2 -> {
            held.put(id, 8L);
            different++;
          }
          default -> {}
        }
      }
      Table table = compare(new MemoryFence(source), held, 200);
      assertThat(List.of(table.missing(), table.extra(), table.different(), table.notMatched()))
          .as("%d rows", size)
          .containsExactly((long) missing, (long) extra, (long) different, 0L);
      assertThat(table.shown()).hasSize(Math.min(20, missing + extra + different));
    }
  }

  @Test
  void saysHowManyRowsItHadNoRoomToLookAt() {
    Table table = compare(new MemoryFence(rows(20_000)), Map.of(), 500);
    assertThat(table.isEqual()).isFalse();
    assertThat(table.missing()).isBetween(1L, 500L);
    assertThat(table.missing() + table.notMatched()).isEqualTo(20_000);
  }

  /** Of several equal rows of the source one is held. */
  @Test
  void looksAtAllRangesWhenWhatLooksDifferentIsNot() {
    MemoryFence source = new MemoryFence(rows(5_000));
    source.copies = 2;
    Table table = compare(source, rows(5_000), 1_000);
    assertThat(table.isEqual()).as(table.toString()).isTrue();
    assertThat(source.reads).isLessThan(40);
  }

  @Test
  void readsAWholeTableThatDiffersFewTimes() {
    MemoryFence source = new MemoryFence(rows(60_000));
    compare(source, Map.of(), 500);
    assertThat(source.reads).isLessThan(6);
  }

  @Test
  void takesZerosOfBothSignsForOneKey() {
    Schema schema = Schema.of(Column.notNull("f", Simple.DOUBLE));
    Batch zero = new BatchBuilder(schema, 1).row(1, 0.0).build();
    Batch minusZero = new BatchBuilder(schema, 1).row(1, -0.0).build();
    assertThat(KeyText.of(minusZero, new int[] {0}, 0))
        .isEqualTo(KeyText.of(zero, new int[] {0}, 0))
        .isEqualTo("{\"f\":0.0}");
  }
}
