package dev.freshet.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Engine;
import dev.freshet.lake.Lake;
import dev.freshet.lake.LakeOptions;
import dev.freshet.lake.LakeReader;
import dev.freshet.lake.LakeTable;
import dev.freshet.serve.backend.RelationInfo;
import dev.freshet.sql.plan.Plan;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lake that does not hold what the engine holds is found out. */
class LakeComparisonTest {
  private static final Schema SCHEMA =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.nullable("name", Simple.VARCHAR));

  @TempDir private Path state;
  private final Engine engine = new Engine();
  private Lake lake;
  private LakeTable history;
  private LakeTable model;

  @BeforeEach
  void createBoth() {
    engine.createTable("t", SCHEMA, 0);
    engine.createView("v", new Plan.Scan("t", SCHEMA), 0);
    lake = Lake.open(new LocalStorage(state), LakeOptions.defaults());
    history = lake.history("bronze.t", SCHEMA);
    model = lake.keyed("gold.v", SCHEMA, new int[] {0});
    engine.apply(changes(1L, "a"));
    engine.step(1, 1);
  }

  @Test
  void findsNothingWhereAllIsEqual() {
    stageHistory(0, changes(1L, "a"));
    lake.stage(1, model, rows(1L, "a"));

    assertThat(differences()).isEqualTo("equal");
  }

  @Test
  void findsAWrongAndAMissingRowOfAModel() {
    stageHistory(0, changes(1L, "a"));
    lake.stage(1, model, rows(1L, "b"));

    assertThat(differences())
        .contains("lake table of v has 1 too many of [1, b]")
        .contains("lake table of v has -1 too many of [1, a]");
  }

  @Test
  void findsAChangeThatWasLost() {
    lake.stage(1, model, rows(1L, "a"));

    assertThat(differences()).isEqualTo("lake table of t has -1 too many of [1, a]");
  }

  @Test
  void findsAChangeThatIsThereTwice() {
    stageHistory(7, changes(1L, "a"));
    stageHistory(7, changes(1L, "a"));
    lake.stage(1, model, rows(1L, "a"));

    assertThat(differences())
        .isEqualTo("bronze.t does not hold each change of a record of the log once: offset 7");
  }

  @Test
  void takesRowsThatCameAndWent() {
    stageHistory(0, changes(2L, "gone"));
    stageHistory(1, changes(1L, "a"));
    stageHistory(2, changes(Operation.DELETE, new BatchBuilder(SCHEMA, 1).row(1, 2L, null)));
    lake.stage(1, model, rows(1L, "a"));

    assertThat(differences()).isEqualTo("equal");
  }

  @Test
  void findsARowThatShouldHaveGone() {
    stageHistory(0, changes(2L, "still there"));
    stageHistory(1, changes(1L, "a"));
    lake.stage(1, model, rows(1L, "a"));

    assertThat(differences()).isEqualTo("lake table of t has 1 too many of [2, still there]");
  }

  @Test
  void findsALakeThatIsBehind() {
    stageHistory(0, changes(1L, "a"));
    lake.stage(1, model, rows(1L, "a"));
    lake.publish(1, Map.of());
    engine.step(2, 2);

    assertThat(new LakeComparison(reader(), relations(), engine.snapshot()).differences())
        .isEqualTo("the lake stands at step 1, the models at 2");
  }

  private String differences() {
    lake.publish(1, Map.of());
    return new LakeComparison(reader(), relations(), engine.snapshot()).differences();
  }

  private LakeReader reader() {
    return LakeReader.open(new LocalStorage(state));
  }

  private void stageHistory(long offset, TableChanges changes) {
    ChangeSet set = new ChangeSet("s", new byte[0], 1, 1, 1, ChangeSet.Part.LAST, List.of(changes));
    lake.stage(1, history, set, changes, offset);
  }

  private static List<RelationInfo> relations() {
    return List.of(relation("t", "bronze"), relation("v", "gold"));
  }

  private static RelationInfo relation(String name, String layer) {
    return new RelationInfo(name, layer, "", SCHEMA, List.of("id"), List.of(), "", "");
  }

  private static TableChanges changes(Object... row) {
    return changes(Operation.INSERT, new BatchBuilder(SCHEMA, 1).row(1, row));
  }

  private static TableChanges changes(Operation operation, BatchBuilder builder) {
    Batch rows = builder.build();
    byte[] operations = new byte[rows.rowCount()];
    int[] noBefore = new int[rows.rowCount()];
    Arrays.fill(operations, operation.code());
    Arrays.fill(noBefore, -1);
    return new TableChanges(
        "t",
        1,
        new int[] {0},
        operations,
        rows,
        new boolean[][] {Vector.NO_NULLS, Vector.NO_NULLS},
        noBefore,
        new BatchBuilder(SCHEMA, 0).build(),
        List.of());
  }

  private static Batch rows(Object... row) {
    return new BatchBuilder(SCHEMA, 1).row(1, row).build();
  }
}
