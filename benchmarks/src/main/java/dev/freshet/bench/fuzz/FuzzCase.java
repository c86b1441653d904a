package dev.freshet.bench.fuzz;

import dev.freshet.testing.property.Draws;
import java.util.ArrayList;
import java.util.List;

/**
 * Tables, views over them, and changes in steps.
 *
 * @param steps each a transaction
 */
record FuzzCase(
    List<FuzzTable> tables, List<String> views, List<List<FuzzChange>> steps, Life life) {
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
    List<List<FuzzChange>> steps = steps(draws, tables);
    return new FuzzCase(tables, views, steps, Life.draw(draws, steps.size()));
  }

  private static List<List<FuzzChange>> steps(Draws draws, List<FuzzTable> tables) {
    List<List<FuzzChange>> steps = new ArrayList<>();
    int count = draws.between(2, STEPS_MAX);
    for (int i = 0; i < count; i++) {
      List<FuzzChange> step = new ArrayList<>();
      int changes = 1 + draws.small(CHANGES_MAX);
      for (int c = 0; c < changes; c++) {
        step.add(draws.pick(tables).change(draws));
      }
      steps.add(step);
    }
    return steps;
  }

  FuzzCase withViews(List<String> some) {
    return new FuzzCase(tables, some, steps, life);
  }

  FuzzCase withSteps(List<List<FuzzChange>> some) {
    return new FuzzCase(tables, views, some, life);
  }

  /** As a script that can be read and run. */
  String script() {
    StringBuilder script = new StringBuilder();
    tables.forEach(table -> script.append(table.createSql()).append(";\n"));
    for (int i = 0; i < views.size(); i++) {
      script.append("CREATE VIEW v").append(i).append(" AS ").append(views.get(i)).append(";\n");
    }
    for (List<FuzzChange> step : steps) {
      script.append("-- step\n");
      step.forEach(change -> script.append(change.sql()).append(";\n"));
    }
    return script.toString();
  }
}
