package dev.freshet.engine.oracle;

import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Keep;
import dev.freshet.engine.Engine;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * One random case over tables that only ever take inserts, beside one that takes all changes: views
 * over the former keep less than views over the latter, which must never show.
 */
public final class StreamScenario {
  private final SplittableRandom random;
  private final Storage storage;
  private final List<RandomTable> tables = new ArrayList<>();
  private final Map<String, Plan> views = new LinkedHashMap<>();
  private Engine engine = new Engine();
  private long step;

  /**
   * @param storage for a checkpoint after some of the steps
   */
  public StreamScenario(long seed, Storage storage) {
    this.random = new SplittableRandom(seed);
    this.storage = storage;
  }

  /** What went wrong; empty when all was right. */
  public String run() {
    tables.add(RandomTable.stream("s0", random));
    tables.add(RandomTable.stream("s1", random));
    tables.add(new RandomTable("t", random, 1));
    List<Plan.Scan> scans = new ArrayList<>();
    tables.forEach(table -> scans.add(new Plan.Scan(table.name(), table.schema())));
    for (int v = 0; v < 4; v++) {
      RandomPlans plans = new RandomPlans(random, scans);
      Plan input = plans.plan(random.nextInt(3));
      Plan plan =
          switch (random.nextInt(4)) {
            case 0 -> plans.plan(3);
            case 1 -> plans.aggregate(input);
            default -> plans.top(input);
          };
      views.put("v" + v, plan);
    }
    declare(engine);
    for (int i = 0; i < 10; i++) {
      step();
      if (i % 4 == 3) {
        engine.checkpoint(storage, "checkpoint", new byte[0]);
        engine = Engine.restore(storage, "checkpoint");
        declare(engine);
      }
      String problem = check();
      if (!problem.isEmpty()) {
        return "step " + step + ": " + problem;
      }
    }
    return "";
  }

  private void declare(Engine target) {
    for (RandomTable table : tables) {
      target.createTable(
          table.name(), "", 0, table.schema(), Optional.empty(), table.keep(), table.key());
    }
    views.forEach((name, plan) -> {
      int[] all = IntStream.range(0, plan.schema().columnCount()).toArray();
      target.createView(name, 0, List.of(), plan, Keep.ALL, all);
    });
  }

  private void step() {
    for (int n = random.nextInt(4); n > 0; n--) {
      int count = random.nextInt(12) == 0 ? 300 : 1 + random.nextInt(8);
      engine.apply(tables.get(random.nextInt(tables.size())).change(count));
    }
    engine.step(++step, step * 1000);
  }

  private String check() {
    Map<String, ZSet> expected = new HashMap<>();
    tables.forEach(table -> expected.put(table.name(), table.content()));
    for (Map.Entry<String, Plan> view : views.entrySet()) {
      NaivePlan naive = new NaivePlan(expected::get);
      ZSet rows = naive.evaluate(view.getValue());
      expected.put(view.getKey(), rows);
      ZSet actual = ZSet.of(engine.snapshot().scan(view.getKey()));
      if (!actual.equals(rows)) {
        return view + " is " + actual + "\nexpected " + rows + "\n" + engine.explain(view.getKey());
      }
    }
    return "";
  }
}
