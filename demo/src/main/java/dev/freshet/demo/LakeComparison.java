package dev.freshet.demo;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Snapshot;
import dev.freshet.lake.LakeReader;
import dev.freshet.serve.backend.RelationInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares the lake's tables, read as another engine would read them, with the running system: each
 * model's table with the model, each bronze table, replayed change by change, with the table.
 */
public final class LakeComparison {
  private static final int SHOWN_MAX = 3;

  private final LakeReader lake;
  private final List<RelationInfo> relations;
  private final Snapshot snapshot;
  private final List<String> differences = new ArrayList<>();

  /**
   * @param lake at the snapshot's step, or at a later one that changed nothing
   */
  public LakeComparison(LakeReader lake, List<RelationInfo> relations, Snapshot snapshot) {
    this.lake = lake;
    this.relations = List.copyOf(relations);
    this.snapshot = snapshot;
  }

  /** What differs, or {@code equal}. */
  public String differences() {
    if (lake.step() < snapshot.step()) {
      return "the lake stands at step " + lake.step() + ", the models at " + snapshot.step();
    }
    for (RelationInfo relation : relations) {
      if (relation.layer().equals("bronze")) {
        compareBronze(relation);
      } else {
        compareModel(relation);
      }
    }
    return differences.isEmpty() ? "equal" : String.join("\n", differences);
  }

  private void compareModel(RelationInfo relation) {
    Map<String, Long> rows = new HashMap<>();
    List<String> names = relation.schema().names();
    lake.read(
        relation.layer() + "." + relation.name(),
        batch ->
            forEachRow(batch, names, row -> rows.merge(Arrays.deepToString(row), 1L, Long::sum)));
    compare(relation, names, rows);
  }

  private void compare(RelationInfo relation, List<String> names, Map<String, Long> lakeRows) {
    snapshot.scan(
        relation.name(),
        batch -> {
          for (int row = 0; row < batch.rowCount(); row++) {
            lakeRows.merge(
                Arrays.deepToString(cells(batch, row, names)), -batch.weight(row), Long::sum);
          }
        });
    lakeRows.values().removeIf(count -> count == 0);
    lakeRows.entrySet().stream()
        .limit(SHOWN_MAX)
        .forEach(entry ->
            differences.add(
                "lake table of "
                    + relation.name()
                    + " has "
                    + entry.getValue()
                    + " too many of "
                    + entry.getKey()));
  }

  private void compareBronze(RelationInfo relation) {
    List<String> names = relation.schema().names();
    int[] key = relation.key().stream().mapToInt(names::indexOf).toArray();
    BronzeReplay replay = new BronzeReplay(names, key);
    lake.read("bronze." + relation.name(), batch -> collect(batch, names, replay));
    replay
        .firstRepeated()
        .ifPresent(offset ->
            differences.add(
                "bronze." + relation.name() + " holds a change twice: log offset " + offset));
    Map<String, Long> rows = new HashMap<>();
    replay.rows().forEach(row -> rows.merge(Arrays.deepToString(row), 1L, Long::sum));
    compare(relation, names, rows);
  }

  private static void collect(Batch batch, List<String> names, BronzeReplay replay) {
    Schema schema = batch.schema();
    for (int row = 0; row < batch.rowCount(); row++) {
      @Nullable Object unchanged = cell(batch, row, schema.indexOf("_unchanged"));
      replay.add(
          number(batch, row, "_log_offset"),
          number(batch, row, "_log_row"),
          String.valueOf(cell(batch, row, schema.indexOf("_op"))),
          cells(batch, row, names),
          unchanged instanceof List<?> list ? list : List.of());
    }
  }

  private static long number(Batch batch, int row, String column) {
    return Long.parseLong(String.valueOf(cell(batch, row, batch.schema().indexOf(column))));
  }

  private static void forEachRow(
      Batch batch, List<String> names, Consumer<@Nullable Object[]> consumer) {
    for (int row = 0; row < batch.rowCount(); row++) {
      consumer.accept(cells(batch, row, names));
    }
  }

  private static @Nullable Object[] cells(Batch batch, int row, List<String> names) {
    @Nullable Object[] cells = new Object[names.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = cell(batch, row, batch.schema().indexOf(names.get(i)));
    }
    return cells;
  }

  private static @Nullable Object cell(Batch batch, int row, int column) {
    return Values.read(batch.schema().type(column), batch.column(column), row);
  }
}
