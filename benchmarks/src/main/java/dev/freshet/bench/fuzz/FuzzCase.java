package dev.freshet.bench.fuzz;

import dev.freshet.testing.property.Draws;
import java.util.ArrayList;
import java.util.List;

/**
 * Tables, views over them, and changes in steps.
 *
 * @param finals views with {@code emit: final}; their numbers go on behind those of the views
 * @param steps each a transaction
 */
record FuzzCase(
    List<FuzzTable> tables,
    List<String> views,
    List<FinalView> finals,
    List<List<FuzzChange>> steps,
    Life life) {
  private static final int STEPS_MAX = 10;
  private static final int CHANGES_MAX = 25;

  static FuzzCase draw(Draws draws) {
    List<FuzzTable> tables = new ArrayList<>();
    int tableCount = draws.between(1, 3);
    for (int i = 0; i < tableCount; i++) {
      tables.add(FuzzTable.draw("t" + i, draws));
    }
    List<String> views = new ArrayList<>();
    int viewCount = draws.between(1, 4);
    for (int i = 0; i < viewCount; i++) {
      views.add(new Queries(draws, tables).draw().sql());
    }
    List<FinalView> finals = new ArrayList<>();
    List<FuzzTable> timed = tables.stream().filter(FuzzTable::isTimed).toList();
    int finalCount = timed.isEmpty() ? 0 : draws.between(1, 3);
    for (int i = 0; i < finalCount; i++) {
      finals.add(new FinalViews(draws, timed).draw());
    }
    List<List<FuzzChange>> steps = steps(draws, tables);
    return new FuzzCase(tables, views, finals, steps, Life.draw(draws, steps.size()));
  }

  private static List<List<FuzzChange>> steps(Draws draws, List<FuzzTable> tables) {
    List<List<FuzzChange>> steps = new ArrayList<>();
    int count = draws.between(2, STEPS_MAX);
    for (int i = 0; i < count; i++) {
      List<FuzzChange> step = new ArrayList<>();
      int changes = 1 + draws.small(CHANGES_MAX);
      for (int c = 0; c < changes; c++) {
        step.add(draws.pick(tables).change(draws, i));
      }
      steps.add(step);
    }
    return steps;
  }

  /** The case with one of its views. */
  FuzzCase only(int view) {
    return view < views.size()
        ? new FuzzCase(tables, List.of(views.get(view)), List.of(), steps, life)
        : new FuzzCase(tables, List.of(), List.of(finals.get(view - views.size())), steps, life);
  }

  FuzzCase withSteps(List<List<FuzzChange>> some) {
    return new FuzzCase(tables, views, finals, some, life);
  }

  /** The statement that creates a view, or a final one, by its number. */
  String createSql(int view) {
    return view < views.size()
        ? "CREATE VIEW v" + view + " AS " + views.get(view)
        : "CREATE VIEW v"
            + view
            + " WITH ('emit' = 'final') AS "
            + finals.get(view - views.size()).sql();
  }

  /** As a script that can be read and run. */
  String script() {
    StringBuilder script = new StringBuilder();
    tables.forEach(table -> script.append(table.createSql()).append(";\n"));
    for (int i = 0; i < views.size() + finals.size(); i++) {
      script.append(createSql(i)).append(";\n");
    }
    for (List<FuzzChange> step : steps) {
      script.append("-- step\n");
      step.forEach(change -> script.append(change.sql()).append(";\n"));
    }
    return script.toString();
  }
}
