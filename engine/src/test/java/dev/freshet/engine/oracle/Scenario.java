package dev.freshet.engine.oracle;

import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import dev.freshet.engine.Engine;
import dev.freshet.engine.NewView;
import dev.freshet.engine.RelationDelta;
import dev.freshet.engine.Snapshot;
import dev.freshet.engine.StepResult;
import dev.freshet.engine.ViewBuild;
import dev.freshet.engine.workers.Workers;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** One random case: tables, views over views, changes in steps; checked after every step. */
public final class Scenario {
  private final SplittableRandom random;
  private Engine engine = new Engine();
  private long memoryBytes = Long.MAX_VALUE;
  private Workers workers = Workers.NONE;
  private final Transcript transcript = new Transcript();
  private final Map<String, int[]> viewKeys = new HashMap<>();
  private final Optional<Storage> storage;
  private final List<RandomTable> tables = new ArrayList<>();
  private final Map<String, Plan> views = new HashMap<>();
  private final List<String> viewNames = new ArrayList<>();
  private final List<Plan.Scan> scans = new ArrayList<>();
  private final List<TableChanges> history = new ArrayList<>();
  private final Map<String, ZSet> followed = new HashMap<>();

  /** Views that have come, or got other columns, before the next step. */
  private final List<String> fresh = new ArrayList<>();

  private int created;
  private long step;
  private boolean wasRestored;

  public Scenario(long seed) {
    this.random = new SplittableRandom(seed);
    this.storage = Optional.empty();
  }

  /** The same case, with a checkpoint and a restore after some of the steps. */
  public Scenario(long seed, Storage storage) {
    this.random = new SplittableRandom(seed);
    this.storage = Optional.of(storage);
  }

  /** The same case, with state that lies on disk beyond so many bytes. */
  public Scenario(long seed, Storage storage, long memoryBytes) {
    this(seed, storage);
    this.memoryBytes = memoryBytes;
    this.engine = Engine.restore(storage, "checkpoint", memoryBytes);
  }

  /** The same case, with steps whose work is shared. */
  public Scenario(long seed, Storage storage, long memoryBytes, Workers workers) {
    this(seed, storage);
    this.memoryBytes = memoryBytes;
    this.workers = workers;
    this.engine = Engine.restore(storage, "checkpoint", memoryBytes, workers);
  }

  /**
   * All that came out, byte by byte: equal for equal results of {@link #run}. Of saved state within
   * bounded memory the content, once it was restored.
   */
  public String transcript() {
    return transcript.text();
  }

  /** What went wrong; empty when all was right. */
  public String run() {
    for (int t = 0; t < 3; t++) {
      RandomTable table = new RandomTable("t" + t, random, t == 2 ? 0 : 1 + random.nextInt(2));
      tables.add(table);
      engine.createTable(table.name(), table.schema(), table.key());
      scans.add(new Plan.Scan(table.name(), table.schema()));
    }
    addView();
    addView();
    for (int i = 0; i < 12; i++) {
      String problem = "";
      if (i == 3 || i == 6 || i == 9) {
        problem = random.nextBoolean() ? addView() : addViewBesideSteps();
      }
      if (problem.isEmpty() && (i == 5 || i == 8)) {
        problem = exchangeViews();
      }
      problem = problem.isEmpty() ? step() : problem;
      if (storage.isPresent() && problem.isEmpty() && i % 2 == 1) {
        problem = restore(storage.get(), i);
      }
      if (!problem.isEmpty()) {
        return "step " + step + ": " + problem;
      }
    }
    return compareWithOneStep();
  }

  /** The same changes in a single step, and each view created before or after it, give the same. */
  private String compareWithOneStep() {
    Engine other = new Engine();
    tables.forEach(table -> other.createTable(table.name(), table.schema(), table.key()));
    int early = random.nextInt(viewNames.size() + 1);
    createViews(other, viewNames.subList(0, early));
    history.forEach(other::apply);
    other.step(1, 0);
    createViews(other, viewNames.subList(early, viewNames.size()));
    for (String view : viewNames) {
      ZSet one = ZSet.of(other.snapshot().scan(view));
      ZSet many = ZSet.of(engine.snapshot().scan(view));
      if (!one.equals(many)) {
        return view + " in one step is " + one + "\nin many " + many + "\n" + views.get(view);
      }
    }
    return "";
  }

  private void createViews(Engine target, List<String> names) {
    names.forEach(view -> target.createView(view, views.get(view), viewKeys.get(view)));
  }

  private String addView() {
    Plan plan = new RandomPlans(random, scans).plan(1 + random.nextInt(4));
    int[] key = randomKey(plan);
    engine.createView(nextView(), plan, key);
    add(nextView(), plan, key);
    return "";
  }

  private String nextView() {
    return "v" + created;
  }

  private int[] randomKey(Plan plan) {
    return IntStream.range(0, 1 + random.nextInt(plan.schema().columnCount())).toArray();
  }

  /** Steps run while the view is computed. */
  private String addViewBesideSteps() {
    Plan plan = new RandomPlans(random, scans).plan(1 + random.nextInt(4));
    int[] key = randomKey(plan);
    ViewBuild build = engine.beginView(nextView(), List.of(), plan, key);
    String problem = random.nextBoolean() ? step() : "";
    build.run(1 + random.nextInt(50));
    problem = problem.isEmpty() && random.nextBoolean() ? step() : problem;
    engine.finishView(build);
    add(nextView(), plan, key);
    return problem.isEmpty() ? check() : problem;
  }

  /**
   * A view gets another plan, what reads it is computed anew, one view may come and one go, all
   * before one step; steps run meanwhile.
   */
  private String exchangeViews() {
    String changed = viewNames.get(random.nextInt(viewNames.size()));
    List<String> rebuilt = new ArrayList<>(List.of(changed));
    viewNames.stream()
        .filter(view -> reads(views.get(view), rebuilt) && !view.equals(changed))
        .forEach(rebuilt::add);
    Optional<String> dropped =
        viewNames.stream()
            .filter(view -> !rebuilt.contains(view))
            .filter(view -> viewNames.stream().noneMatch(v -> reads(views.get(v), List.of(view))))
            .filter(_ -> random.nextInt(3) == 0)
            .findFirst();
    dropped.ifPresent(view -> scans.removeIf(scan -> scan.relation().equals(view)));
    boolean isRead = rebuilt.size() > 1;
    Map<String, Plan> plans = new LinkedHashMap<>();
    for (String view : rebuilt) {
      Plan old = views.get(view);
      plans.put(view, !view.equals(changed) ? old : isRead ? sameColumns(old) : anyPlan(changed));
    }
    if (random.nextBoolean()) {
      List<Plan.Scan> others =
          scans.stream().filter(scan -> !scan.relation().equals(changed)).toList();
      plans.put(nextView(), new RandomPlans(random, others).plan(1 + random.nextInt(3)));
    }
    plans.forEach((view, plan) -> {
      if (!plan.schema().equals(views.getOrDefault(view, plan).schema())
          || !views.containsKey(view)) {
        viewKeys.put(view, randomKey(plan));
      }
    });
    List<NewView> wanted =
        plans.entrySet().stream()
            .map(each ->
                new NewView(each.getKey(), Set.of(), each.getValue(), viewKeys.get(each.getKey())))
            .toList();
    ViewBuild build = engine.beginViews(wanted, dropped.map(Set::of).orElse(Set.of()));
    String problem = random.nextBoolean() ? step() : "";
    build.run(1 + random.nextInt(50));
    problem = problem.isEmpty() && random.nextBoolean() ? step() : problem;
    if (!problem.isEmpty()) {
      return problem;
    }
    engine.swapViews(build);
    dropped.ifPresent(this::forget);
    plans.forEach(this::exchanged);
    return step();
  }

  private void forget(String view) {
    viewNames.remove(view);
    views.remove(view);
    viewKeys.remove(view);
    followed.remove(view);
  }

  private void exchanged(String view, Plan plan) {
    Plan old = views.put(view, plan);
    if (old == null) {
      viewNames.add(view);
      created++;
    }
    if (old == null || !columns(old).equals(columns(plan))) {
      scans.removeIf(scan -> scan.relation().equals(view));
      scans.add(new Plan.Scan(view, plan.schema()));
      fresh.add(view);
    }
  }

  private static List<String> columns(Plan plan) {
    return plan.schema().columns().stream().map(c -> c.name() + " " + c.type().sql()).toList();
  }

  private Plan sameColumns(Plan plan) {
    return switch (random.nextInt(3)) {
      case 0 -> new Plan.Distinct(plan);
      case 1 -> new Plan.Union(List.of(plan, plan), plan.schema());
      default -> new RandomPlans(random, scans).filter(plan);
    };
  }

  private Plan anyPlan(String view) {
    List<String> later = viewNames.subList(viewNames.indexOf(view), viewNames.size());
    List<Plan.Scan> others =
        scans.stream().filter(scan -> !later.contains(scan.relation())).toList();
    return random.nextBoolean()
        ? sameColumns(views.get(view))
        : new RandomPlans(random, others).plan(1 + random.nextInt(3));
  }

  private static boolean reads(Plan plan, Collection<String> relations) {
    return (plan instanceof Plan.Scan scan && relations.contains(scan.relation()))
        || plan.inputs().stream().anyMatch(input -> reads(input, relations));
  }

  private void add(String name, Plan plan, int[] key) {
    followed.put(name, ZSet.of(engine.snapshot().scan(name)));
    views.put(name, plan);
    viewKeys.put(name, key);
    viewNames.add(name);
    created++;
    scans.add(new Plan.Scan(name, plan.schema()));
  }

  private String step() {
    for (int n = random.nextInt(4); n > 0; n--) {
      RandomTable table = tables.get(random.nextInt(tables.size()));
      int count = random.nextInt(5) == 0 ? 200 : 1 + random.nextInt(8);
      TableChanges changes = table.change(count);
      history.add(changes);
      engine.apply(changes);
    }
    StepResult result = engine.step(++step, step * 1000);
    transcript.add(result);
    fresh.forEach(view -> followed.put(view, ZSet.of(engine.snapshot().scan(view))));
    for (RelationDelta delta : result.deltas()) {
      if (fresh.contains(delta.relation())) {
        return "the step tells of " + delta.relation() + ", which had no such columns before";
      }
      followed.computeIfAbsent(delta.relation(), _ -> new ZSet()).addAll(delta.rows());
    }
    fresh.clear();
    return check();
  }

  /** Goes on with an engine restored from a checkpoint. */
  private String restore(Storage target, int round) {
    byte[] userData = {(byte) round};
    engine.checkpoint(target, "checkpoint", userData);
    if (memoryBytes == Long.MAX_VALUE || !wasRestored) {
      transcript.add(target, "checkpoint");
    } else {
      // How restored state is cut into pieces depends on which of it was read before a merge.
      transcript.add(engine.snapshot());
    }
    wasRestored = true;
    Engine restored = Engine.restore(target, "checkpoint", memoryBytes, workers);
    if (restored.step() != step || restored.restoredUserData()[0] != round) {
      return "restored at step " + restored.step();
    }
    for (RandomTable table : tables) {
      restored.createTable(table.name(), table.schema(), table.key());
    }
    createViews(restored, viewNames);
    boolean recomputed = restored.statistics().stream().anyMatch(operator -> operator.rowsIn() > 0);
    engine = restored;
    return recomputed ? "operators ran again after a restore" : check();
  }

  private String check() {
    Map<String, ZSet> expected = new HashMap<>();
    tables.forEach(table -> expected.put(table.name(), table.content()));
    Snapshot snapshot = engine.snapshot();
    for (RandomTable table : tables) {
      String problem = compare(snapshot, table.name(), expected.get(table.name()));
      if (!problem.isEmpty()) {
        return problem;
      }
    }
    for (String view : viewNames) {
      NaivePlan naive = new NaivePlan(expected::get);
      expected.put(view, naive.evaluate(views.get(view)));
      String problem = compare(snapshot, view, expected.get(view));
      if (problem.isEmpty() && viewFailures(snapshot, view) != naive.failures()) {
        problem =
            "error rows "
                + viewFailures(snapshot, view)
                + " expected "
                + naive.failures()
                + ": "
                + ZSet.of(snapshot.errors(view));
      }
      if (problem.isEmpty()) {
        problem = compareOneShot(snapshot, view, naive.failures(), expected.get(view));
      }
      if (!problem.isEmpty()) {
        return problem + "\nplan " + views.get(view) + "\n" + engine.explain(view);
      }
    }
    return "";
  }

  private static long viewFailures(Snapshot snapshot, String view) {
    return ZSet.of(snapshot.errors(view)).total();
  }

  private String compare(Snapshot snapshot, String relation, ZSet expected) {
    ZSet actual = ZSet.of(snapshot.scan(relation));
    if (!actual.equals(expected)) {
      return relation + " is " + actual + "\nexpected " + expected;
    }
    if (!followed.getOrDefault(relation, new ZSet()).equals(expected)) {
      return relation + " followed is " + followed.get(relation) + "\nexpected " + expected;
    }
    if (snapshot.rowCount(relation) != expected.total()) {
      return relation + " counts " + snapshot.rowCount(relation) + " expected " + expected.total();
    }
    return "";
  }

  private String compareOneShot(Snapshot snapshot, String view, long failures, ZSet expected) {
    try {
      ZSet answer = ZSet.of(snapshot.query(views.get(view)));
      return failures == 0 && answer.equals(expected)
          ? ""
          : view + " queried is " + answer + "\nexpected " + expected;
    } catch (FreshetException e) {
      return failures > 0 ? "" : view + " query failed: " + e.getMessage();
    }
  }
}
