package dev.freshet.runtime.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableLayoutsTest {
  private static final Contract FIRST = orders(Column.nullable("qty", Simple.BIGINT), price());
  private static final Contract TURNED = orders(price(), Column.nullable("qty", Simple.BIGINT));
  private static final String ROW = "{\"id\":1,\"qty\":10,\"price\":100}";
  private static final String TURNED_ROW = "{\"id\":1,\"price\":100,\"qty\":10}";

  @TempDir private Path folder;

  private static Column price() {
    return Column.nullable("price", Simple.BIGINT);
  }

  private static Contract orders(Column... columns) {
    List<Column> all = new ArrayList<>(List.of(Column.notNull("id", Simple.BIGINT)));
    all.addAll(List.of(columns));
    return new Contract("orders", new Schema(all), List.of("id"), "", "");
  }

  /** One start. */
  private final class Start implements AutoCloseable {
    private final Engine engine;
    private final TableLayouts layouts;

    Start(Contract table) {
      LocalStorage storage = new LocalStorage(folder);
      engine = Engine.restore(storage, "engine");
      layouts = TableLayouts.read(storage, "engine");
      layouts.declare(engine, table);
      layouts.save();
    }

    List<String> rows() {
      Batch rows = engine.snapshot().scan("orders");
      List<String> texts = new ArrayList<>();
      for (int row = 0; row < rows.rowCount(); row++) {
        texts.add(JsonText.row(rows, row));
      }
      return texts;
    }

    void save() {
      engine.step(engine.step() + 1, 0);
      engine.prepareCheckpoint(new byte[0]).write(new LocalStorage(folder), "engine", 2);
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  private List<String> rows(Contract table) {
    try (Start start = new Start(table)) {
      return start.rows();
    }
  }

  private void saved(Contract table) {
    try (Start start = new Start(table)) {
      start.save();
    }
  }

  @BeforeEach
  void saveARow() {
    try (Start start = new Start(FIRST)) {
      Batch row = new BatchBuilder(FIRST.schema(), 1).row(1, 1L, 10L, 100L).build();
      start.engine.apply(TableChanges.inserts("orders", row, 0));
      start.save();
    }
  }

  @Test
  void columnsThatChangePlacesKeepTheirValues() {
    assertThat(rows(FIRST)).containsExactly(ROW);
    assertThat(rows(TURNED)).containsExactly(TURNED_ROW);
  }

  /** Nothing is saved of a start that does not come to a checkpoint. */
  @Test
  void aStartThatSavedNothingChangesNothing() {
    assertThat(rows(TURNED)).containsExactly(TURNED_ROW);
    assertThat(rows(TURNED)).containsExactly(TURNED_ROW);
    assertThat(rows(FIRST)).containsExactly(ROW);
    assertThat(rows(TURNED)).containsExactly(TURNED_ROW);
    saved(TURNED);
    assertThat(rows(TURNED)).containsExactly(TURNED_ROW);
    assertThat(rows(FIRST)).containsExactly(ROW);
  }

  /** A clean stop saves also when no step was made. */
  @Test
  void aCheckpointOfTheSameStepIsOfItsOwnLayout() {
    try (Start start = new Start(TURNED)) {
      start.engine.checkpoint(new LocalStorage(folder), "engine", new byte[0]);
    }
    assertThat(rows(TURNED)).containsExactly(TURNED_ROW);
    assertThat(rows(FIRST)).containsExactly(ROW);
  }

  @Test
  void anOlderCheckpointIsOfItsOwnLayout() throws IOException {
    saved(TURNED);
    try (Stream<Path> files = Files.list(folder.resolve("engine"))) {
      Path newest =
          files
              .filter(file -> file.getFileName().toString().startsWith("manifest-"))
              .max(Comparator.naturalOrder())
              .orElseThrow();
      byte[] bytes = Files.readAllBytes(newest);
      bytes[bytes.length / 2] ^= 1;
      Files.write(newest, bytes);
    }
    assertThat(rows(TURNED)).containsExactly(TURNED_ROW);
    assertThat(rows(FIRST)).containsExactly(ROW);
  }

  @Test
  void aRenamedColumnKeepsItsValuesBesideOneThatIsAdded() {
    Contract renamed =
        orders(
            Column.nullable("amount", Simple.BIGINT),
            price(),
            Column.nullable("note", Simple.VARCHAR));
    assertThat(rows(renamed))
        .containsExactly("{\"id\":1,\"amount\":10,\"price\":100,\"note\":null}");
  }

  /** The column behind a dropped one moves, and is not taken for it. */
  @Test
  void oneThatIsDroppedTakesItsValuesWithIt() {
    assertThat(rows(orders(price(), Column.nullable("tax", Simple.BIGINT))))
        .containsExactly("{\"id\":1,\"price\":100,\"tax\":null}");
  }

  @Test
  void whatCannotBeKeptIsTold() {
    try (Start start = new Start(orders(Column.notNull("tax", Simple.BIGINT)))) {
      // qty was where tax is now, so it was renamed
      assertThat(start.rows()).containsExactly("{\"id\":1,\"tax\":10}");
    }
    try (Start start =
        new Start(
            orders(
                Column.nullable("qty", Simple.BIGINT),
                price(),
                Column.notNull("tax", Simple.DATE)))) {
      assertThat(start.rows()).isEmpty();
      assertThat(start.layouts.problems().getFirst())
          .startsWith(
              "Table orders began without the rows that it held, since they do not have column tax,"
                  + " which is NOT NULL.");
    }
    assertThat(rows(FIRST)).containsExactly(ROW);
  }

  @Test
  void rowsThatBreakNotNullAreCounted() {
    try (Start start = new Start(FIRST)) {
      Batch row = new BatchBuilder(FIRST.schema(), 1).row(1, 2L, null, 100L).build();
      start.engine.apply(TableChanges.inserts("orders", row, 0));
      start.save();
    }
    try (Start start = new Start(orders(Column.notNull("qty", Simple.BIGINT), price()))) {
      assertThat(start.rows()).containsExactly(ROW);
      assertThat(start.layouts.problems().getFirst())
          .startsWith("1 rows of table orders were left");
    }
  }

  @Test
  void aDamagedFileIsTold() throws IOException {
    Path file = folder.resolve("engine/table-layouts");
    byte[] bytes = Files.readAllBytes(file);
    bytes[9] ^= 1;
    Files.write(file, bytes);
    try (Start start = new Start(FIRST)) {
      assertThat(start.rows()).containsExactly(ROW);
      assertThat(start.layouts.problems().getFirst()).contains("table-layouts is damaged");
    }
    try (Start start = new Start(TURNED)) {
      assertThat(start.rows()).containsExactly(TURNED_ROW);
    }
  }
}
