package dev.freshet.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeTest {
  static final Schema SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.BIGINT),
          Column.nullable("name", Simple.VARCHAR),
          Column.nullable("amount", Simple.DOUBLE));
  private static final int[] KEY = {0};
  private static final LakeOptions OPTIONS = new LakeOptions(5, 3, 1_000);

  @TempDir Path directory;

  private Storage storage() {
    return new LocalStorage(directory);
  }

  @Test
  void holdsWhatWasPublished() {
    Storage storage = storage();
    Lake lake = Lake.open(storage, OPTIONS);
    LakeTable table = lake.keyed("gold.revenue", SCHEMA, KEY);
    lake.stage(1, table, batch().row(1, 1L, "a", 1.5).row(1, 2L, null, null).build());
    lake.publish(1, Map.of("position", "0/1"));
    lake.stage(
        2,
        table,
        batch().row(-1, 1L, "a", 1.5).row(1, 1L, "b", 2.5).row(-1, 2L, null, null).build());
    lake.publish(2, Map.of("position", "0/2"));

    LakeReader reader = LakeReader.open(storage);
    assertThat(reader.step()).isEqualTo(2);
    assertThat(reader.markers()).containsEntry("position", "0/2");
    assertThat(TestRows.of(reader, "gold.revenue")).containsExactly("[1, b, 2.5]");
    List<String> before = new ArrayList<>();
    reader.readAt("gold.revenue", 1, rows -> before.addAll(TestRows.texts(rows)));
    assertThat(before).containsExactlyInAnyOrder("[1, a, 1.5]", "[2, null, null]");
  }

  /** Rows of two files are deleted by one file of vectors; later more rows of only one of them. */
  @Test
  void keepsVectorsThatAnyRetainedSnapshotNeeds() {
    Storage storage = storage();
    Lake lake = Lake.open(storage, new LakeOptions(5, 3, 10));
    LakeTable table = lake.keyed("gold.t", SCHEMA, KEY);
    long step = 0;
    for (int file = 0; file < 2; file++) {
      BatchBuilder rows = batch();
      for (long id = 0; id < 100; id++) {
        rows.row(1, file * 100L + id, "n", 1.0);
      }
      lake.stage(++step, table, rows.build());
      lake.publish(step, Map.of());
    }
    lake.stage(++step, table, batch().row(-1, 0L, "n", 1.0).row(-1, 100L, "n", 1.0).build());
    lake.publish(step, Map.of());
    for (long id = 1; id <= 60; id++) {
      lake.stage(++step, table, batch().row(-1, id, "n", 1.0).build());
      lake.publish(step, Map.of());
    }

    LakeReader reader = LakeReader.open(storage);
    assertThat(TestRows.of(reader, "gold.t")).hasSize(198 - 60);
    List<String> before = new ArrayList<>();
    reader.readAt("gold.t", step - 4, rows -> before.addAll(TestRows.texts(rows)));
    assertThat(before).hasSize(198 - 56);
    assertThat(storage.list("lake/gold/t/data").stream().filter(name -> name.endsWith(".puffin")))
        .as("vectors that no retained snapshot needs are deleted")
        .hasSizeLessThan(30);
    Lake.open(storage, OPTIONS).keyed("gold.t", SCHEMA, KEY);
  }

  @Test
  void equalsAModelOverManyPublishesAndReopens() {
    long seed = System.nanoTime();
    System.out.println("LakeTest seed " + seed);
    Random random = new Random(seed);
    Storage storage = new CuttingStorage(seed);
    Lake lake = Lake.open(storage, OPTIONS);
    LakeTable table = lake.keyed("gold.t", SCHEMA, KEY);
    TestModel model = new TestModel(random, 300);
    long step = 0;
    for (int publish = 0; publish < 25; publish++) {
      int steps = 1 + random.nextInt(4);
      for (int i = 0; i < steps; i++) {
        lake.stage(++step, table, model.change(1 + random.nextInt(60)));
      }
      lake.publish(step, Map.of());
      if (random.nextInt(8) == 0) {
        lake = Lake.open(storage, OPTIONS);
        assertThat(lake.publishedStep()).isEqualTo(step);
        table = lake.keyed("gold.t", SCHEMA, KEY);
      }
      assertThat(TestRows.sorted(TestRows.of(LakeReader.open(storage), "gold.t")))
          .isEqualTo(TestRows.sorted(model.rows()));
    }
    assertThat(storage.list("lake/gold/t/data")).hasSizeLessThan(60);
  }

  @Test
  void keepsRepeatedRowsApart() {
    long seed = System.nanoTime();
    System.out.println("LakeTest seed " + seed);
    Random random = new Random(seed);
    Storage storage = new CuttingStorage(seed);
    Lake lake = Lake.open(storage, OPTIONS);
    LakeTable table = lake.bag("gold.bag", SCHEMA);
    List<Object[]> rows = new ArrayList<>();
    for (long step = 1; step <= 40; step++) {
      BatchBuilder delta = batch();
      for (int i = 0; i < 20; i++) {
        if (random.nextBoolean() || rows.isEmpty()) {
          Object[] row = {(long) random.nextInt(3), "n" + random.nextInt(3), null};
          int copies = 1 + random.nextInt(3);
          for (int c = 0; c < copies; c++) {
            rows.add(row);
          }
          delta.row(copies, row);
        } else {
          delta.row(-1, rows.remove(random.nextInt(rows.size())));
        }
      }
      lake.stage(step, table, delta.build());
      if (random.nextInt(3) == 0 || step == 40) {
        lake.publish(step, Map.of());
        assertThat(TestRows.of(LakeReader.open(storage), "gold.bag"))
            .containsExactlyInAnyOrderElementsOf(
                rows.stream().map(java.util.Arrays::toString).toList());
      }
      if (random.nextInt(10) == 0) {
        lake.publish(step, Map.of());
        lake = Lake.open(storage, OPTIONS);
        table = lake.bag("gold.bag", SCHEMA);
      }
    }
  }

  @Test
  void ignoresStepsThatArePublished() {
    Storage storage = storage();
    Lake lake = Lake.open(storage, OPTIONS);
    LakeTable table = lake.keyed("gold.t", SCHEMA, KEY);
    lake.stage(5, table, batch().row(1, 1L, "a", 1.0).build());
    lake.publish(5, Map.of());
    Lake again = Lake.open(storage, OPTIONS);
    LakeTable same = again.keyed("gold.t", SCHEMA, KEY);
    again.stage(4, same, batch().row(1, 9L, "old", 1.0).build());
    again.stage(6, same, batch().row(1, 2L, "b", 1.0).build());
    again.publish(5, Map.of());
    again.publish(6, Map.of());
    assertThat(TestRows.of(LakeReader.open(storage), "gold.t"))
        .containsExactlyInAnyOrder("[1, a, 1.0]", "[2, b, 1.0]");
  }

  @Test
  void movesTheStepOnWhenNothingChanged() {
    Storage storage = storage();
    Lake lake = Lake.open(storage, OPTIONS);
    lake.keyed("gold.t", SCHEMA, KEY);
    lake.publish(1, Map.of());
    int files = storage.list("lake/gold/t/metadata").size();
    lake.publish(2, Map.of("position", "x"));
    assertThat(storage.list("lake/gold/t/metadata")).hasSize(files);
    assertThat(Lake.open(storage, OPTIONS).publishedStep()).isEqualTo(2);
    assertThat(TestRows.of(LakeReader.open(storage), "gold.t")).isEmpty();
  }

  @Test
  void rejectsTwoRowsWithOneKey() {
    Lake lake = Lake.open(storage(), OPTIONS);
    LakeTable table = lake.keyed("gold.t", SCHEMA, KEY);
    lake.stage(1, table, batch().row(1, 7L, "a", 1.0).row(1, 7L, "b", 1.0).build());
    assertThatThrownBy(() -> lake.publish(1, Map.of()))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("two rows with the key (id = 7)");
  }

  @Test
  void rejectsAnotherSchemaUntilDropped() {
    Storage storage = storage();
    Lake lake = Lake.open(storage, OPTIONS);
    LakeTable table = lake.keyed("gold.t", SCHEMA, KEY);
    lake.stage(1, table, batch().row(1, 7L, "a", 1.0).build());
    lake.publish(1, Map.of());
    Lake again = Lake.open(storage, OPTIONS);
    Schema other = Schema.of(Column.notNull("x", Simple.BIGINT));
    assertThatThrownBy(() -> again.keyed("gold.t", other, KEY)).hasMessageContaining("Drop it");
    again.drop("gold.t");
    LakeTable rebuilt = again.keyed("gold.t", other, KEY);
    again.stage(2, rebuilt, new BatchBuilder(other, 1).row(1, 3L).build());
    again.publish(2, Map.of());
    assertThat(TestRows.of(LakeReader.open(storage), "gold.t")).containsExactly("[3]");
    assertThat(storage.list("lake/gold/t/data")).hasSize(1);
  }

  @Test
  void stagesAgainWhatWasForgotten() {
    Storage storage = new CuttingStorage(1);
    Lake lake = Lake.open(storage, OPTIONS);
    LakeTable table = lake.keyed("gold.t", SCHEMA, KEY);
    lake.stage(5, table, batch().row(1, 1L, "lost", 1.0).build());
    assertThat(lake.stagedBytes()).isPositive();
    lake.forgetStaged();
    assertThat(lake.stagedBytes()).isZero();
    lake.stage(4, table, batch().row(1, 1L, "again", 1.0).build());
    lake.publish(4, Map.of());
    assertThat(TestRows.of(LakeReader.open(storage), "gold.t")).containsExactly("[1, again, 1.0]");
  }

  @Test
  void saysWhichMetadataIsDamaged() {
    CuttingStorage storage = new CuttingStorage(1);
    Lake lake = Lake.open(storage, OPTIONS);
    LakeTable table = lake.keyed("gold.t", SCHEMA, KEY);
    lake.stage(1, table, batch().row(1, 1L, "a", 1.0).build());
    lake.publish(1, Map.of());
    String metadata = LakeReader.open(storage).metadataLocation("gold.t");
    String path = metadata.substring(storage.root().length() + 1);
    storage.disk().damage(path, new byte[] {'{', '}'});
    Lake again = Lake.open(storage, OPTIONS);
    assertThatThrownBy(() -> again.keyed("gold.t", SCHEMA, KEY))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("Cannot read lake table metadata " + metadata);
    storage.disk().lose(path);
    assertThatThrownBy(() -> again.keyed("gold.t", SCHEMA, KEY))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("Cannot read lake table metadata " + metadata);
  }

  @Test
  void namesTheOldPlaceWhenTheLakeWasMoved() throws Exception {
    Path old = directory.resolve("old");
    Lake lake = Lake.open(new LocalStorage(old), OPTIONS);
    LakeTable table = lake.keyed("gold.t", SCHEMA, KEY);
    lake.stage(1, table, batch().row(1, 1L, "a", 1.0).build());
    lake.publish(1, Map.of());
    java.nio.file.Files.move(old, directory.resolve("new"));
    LakeReader reader = LakeReader.open(new LocalStorage(directory.resolve("new")));
    assertThatThrownBy(() -> TestRows.of(reader, "gold.t"))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("the lake was moved");
  }

  private static BatchBuilder batch() {
    return new BatchBuilder(SCHEMA, 4);
  }

  static Batch empty() {
    return Batch.empty(SCHEMA);
  }
}
