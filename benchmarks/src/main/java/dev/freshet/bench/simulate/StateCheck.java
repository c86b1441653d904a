package dev.freshet.bench.simulate;

import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.model.Model;
import dev.freshet.testing.simulation.SimulatedStorage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares what engine and lake show with what the log's records below their step mean. */
final class StateCheck {
  private final LogModel log;
  private final Shop shop;
  private final SimulatedDatabase database;
  private final LakeContents lakeContents;

  StateCheck(LogModel log, Shop shop, SimulatedDatabase database, SimulatedStorage storage) {
    this.log = log;
    this.shop = shop;
    this.database = database;
    this.lakeContents = new LakeContents(storage);
  }

  private NaiveShop stateAt(long step) {
    NaiveShop state = new NaiveShop();
    for (LogModel.Entry entry : log.completeBelow(step)) {
      if (entry.changes().part() == ChangeSet.Part.LAST) {
        state.apply(database.transaction(entry.transaction()));
      }
    }
    return state;
  }

  /** Each table and model of the engine. */
  void checkEngine(Snapshot snapshot) {
    NaiveShop expected = stateAt(snapshot.step());
    for (String relation : snapshot.relations()) {
      if (snapshot.keep(relation) == Keep.NONE) {
        continue; // the lake has its rows
      }
      List<String> found = new ArrayList<>();
      snapshot.scan(relation, batch -> RowTexts.add(batch, found));
      compare("the engine's " + relation, snapshot.step(), expected.content(relation), found);
    }
  }

  /** What a sink's receiver holds, at the step that it has. */
  void checkReceiver(SimulatedSink sink) {
    sink.receiver().requireSound();
    Optional<Long> step = sink.receiver().step();
    if (step.isPresent()) {
      checkReceiver(sink, step.get());
    }
  }

  /** What a sink's receiver holds, of which this step is the last that changed anything. */
  void checkReceiver(SimulatedSink sink, long step) {
    compare(
        "what the sink of " + sink.relation() + " has written",
        step,
        stateAt(step).content(sink.relation()),
        sink.receiver().content());
  }

  /** Each table of the lake, as a reader beside the system sees it. */
  void checkLake() {
    LakeContents.Published lake = lakeContents.published();
    if (lake.step() == 0) {
      return;
    }
    NaiveShop expected = stateAt(lake.step());
    for (Model model : shop.models()) {
      String name = model.definition().layer() + "." + model.name();
      List<String> found = lake.rows(name, RowTexts::add);
      compare("the lake's " + name, lake.step(), expected.content(model.name()), found);
    }
    for (Contract table : shop.tables()) {
      String name = "bronze." + table.table();
      List<String> found =
          lake.rows(name, (batch, texts) -> addHistory(batch, table.schema(), texts));
      compare("the lake's " + name, lake.step(), history(table.table(), lake.step()), found);
    }
  }

  private static void addHistory(Batch batch, Schema table, List<String> texts) {
    Schema schema = batch.schema();
    for (int row = 0; row < batch.rowCount(); row++) {
      List<@Nullable Object> cells = new ArrayList<>();
      for (String name : List.of("_log_offset", "_log_row", "_op")) {
        cells.add(cell(batch, row, schema.indexOf(name)));
      }
      for (String name : table.names()) {
        cells.add(cell(batch, row, schema.indexOf(name)));
      }
      texts.add(RowTexts.of(cells));
    }
  }

  private static @Nullable Object cell(Batch batch, int row, int column) {
    return Values.read(batch.schema().type(column), batch.column(column), row);
  }

  /** Every change of every complete transaction once, as it was sent. */
  private List<String> history(String table, long step) {
    List<String> texts = new ArrayList<>();
    for (LogModel.Entry entry : log.completeBelow(step)) {
      for (TableChanges changes : entry.changes().tables()) {
        for (int row = 0; changes.table().equals(table) && row < changes.rowCount(); row++) {
          List<@Nullable Object> cells = new ArrayList<>();
          cells.add(entry.offset());
          cells.add((long) row);
          cells.add(name(changes.operation(row)));
          cells.addAll(Arrays.asList(Values.readRow(changes.rows(), row)));
          texts.add(RowTexts.of(cells));
        }
      }
    }
    return texts;
  }

  private static String name(Operation operation) {
    return switch (operation) {
      case INSERT -> "insert";
      case UPDATE -> "update";
      case DELETE -> "delete";
      case SNAPSHOT -> "snapshot";
      case TRUNCATE -> "truncate";
    };
  }

  private static void compare(String what, long step, List<String> expected, List<String> found) {
    String difference = RowTexts.difference(expected, found);
    Violation.unless(
        difference.isEmpty(),
        what
            + " at step "
            + step
            + " is not what the log says; too many (+), too few (-): "
            + difference);
  }
}
