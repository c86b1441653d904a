package dev.freshet.demo;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Hashing;
import dev.freshet.engine.Snapshot;
import dev.freshet.lake.LakeReader;
import dev.freshet.serve.backend.RelationInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
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
                Arrays.deepToString(BronzeChanges.cells(batch, row, names)),
                -batch.weight(row),
                Long::sum);
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
    BronzeChanges changes = bronze(relation, names, key, keys(relation, key)::contains);
    if (!changes.othersAreGone()) {
      changes = bronze(relation, names, key, _ -> true); // to name those that have not
    }
    changes
        .firstWrongRecord()
        .ifPresent(offset ->
            differences.add(
                "bronze."
                    + relation.name()
                    + " does not hold each change of a record of the log once: offset "
                    + offset));
    Map<String, Long> rows = new HashMap<>();
    changes.rows().forEach(row -> rows.merge(Arrays.deepToString(row), 1L, Long::sum));
    compare(relation, names, rows);
  }

  private BronzeChanges bronze(
      RelationInfo relation, List<String> names, int[] key, LongPredicate replayed) {
    BronzeChanges changes = new BronzeChanges(names, key, replayed);
    lake.read("bronze." + relation.name(), changes::add);
    return changes;
  }

  /** The hashes of the keys that the table has. */
  private Set<Long> keys(RelationInfo relation, int[] key) {
    Set<Long> keys = new HashSet<>();
    snapshot.scan(
        relation.name(), batch -> Arrays.stream(Hashing.hashRows(batch, key)).forEach(keys::add));
    return keys;
  }

  private static void forEachRow(
      Batch batch, List<String> names, Consumer<@Nullable Object[]> consumer) {
    for (int row = 0; row < batch.rowCount(); row++) {
      consumer.accept(BronzeChanges.cells(batch, row, names));
    }
  }
}
