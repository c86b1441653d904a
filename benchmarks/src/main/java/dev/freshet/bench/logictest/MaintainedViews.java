package dev.freshet.bench.logictest;

import dev.freshet.bench.logictest.ScriptRecord.Expected;
import dev.freshet.bench.logictest.ScriptRecord.Order;
import dev.freshet.bench.logictest.ScriptRecord.Query;
import dev.freshet.bench.logictest.TableContent.Change;
import dev.freshet.core.error.FreshetException;
import dev.freshet.database.Freshet;
import dev.freshet.database.Transaction;
import dev.freshet.testing.property.Draws;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Queries as maintained views, many at a time: views are made; the tables go away from what the
 * script put into them and come back, in random changes and steps of random size; then each view
 * must be what the script expects. The second database has the script's tables and views; what
 * belongs into the tables stands in the first. One thread owns it.
 */
final class MaintainedViews implements AutoCloseable {
  private static final int VIEWS_MAX = 100;
  private static final int CHANGES_AWAY_MAX = 60;

  private final ScriptDatabase first;
  private final ScriptDatabase second = new ScriptDatabase();
  private final Draws draws;
  private final BiConsumer<Query, @Nullable String> outcome;
  private final List<Query> waiting = new ArrayList<>();
  private final Map<String, TableContent> current = new LinkedHashMap<>();

  /**
   * @param outcome hears of each query what happened, null when it holds
   */
  MaintainedViews(ScriptDatabase first, Draws draws, BiConsumer<Query, @Nullable String> outcome) {
    this.first = first;
    this.draws = draws;
    this.outcome = outcome;
  }

  /** Creates or drops what the first database has created or dropped. */
  void define(String sql) {
    second.execute(sql);
    current.keySet().retainAll(second.freshet().tables());
  }

  /** Runs a query with the next ones, over the tables as they are now. */
  void add(Query query) {
    waiting.add(query);
    if (waiting.size() >= VIEWS_MAX) {
      flush();
    }
  }

  /** Runs what waits; to be called before the script changes anything. */
  void flush() {
    if (waiting.isEmpty()) {
      return;
    }
    first.flush();
    Map<String, Query> views = new LinkedHashMap<>();
    for (Query query : waiting) {
      String name = "maintained_" + views.size();
      try {
        second.freshet().execute("CREATE VIEW " + name + " AS " + query.sql());
        views.put(name, query);
      } catch (RuntimeException e) {
        outcome.accept(query, ScriptRun.message(e));
      }
    }
    waiting.clear();
    move();
    views.forEach((name, query) -> outcome.accept(query, happened(name, query)));
    views.keySet().forEach(name -> second.freshet().execute("DROP VIEW " + name));
  }

  private void move() {
    Freshet freshet = second.freshet();
    Map<TableContent, TableContent> targets = new LinkedHashMap<>();
    for (String table : freshet.tables()) {
      int[] key = first.key(table);
      TableContent now =
          current.computeIfAbsent(table, _ -> new TableContent(table, freshet.schema(table), key));
      targets.put(now, TableContent.read(first.freshet(), table, key));
    }
    for (int i = draws.between(1, 3); i > 0; i--) {
      List<Change> away = new ArrayList<>();
      targets.forEach((now, target) -> away.addAll(now.away(target, CHANGES_AWAY_MAX, draws)));
      apply(away);
    }
    List<Change> back = new ArrayList<>();
    targets.forEach((now, target) -> back.addAll(now.to(target, draws)));
    apply(back);
  }

  /** Applies changes in a random order, in steps of random size. */
  private void apply(List<Change> changes) {
    TableContent.shuffle(changes, draws);
    int from = 0;
    while (from < changes.size()) {
      int to = Math.min(changes.size(), from + draws.between(1, 1 + changes.size() / 2));
      List<Change> step = changes.subList(from, to);
      second.freshet().transaction((Transaction tx) -> step.forEach(change -> change.applyTo(tx)));
      from = to;
    }
  }

  private @Nullable String happened(String view, Query query) {
    try {
      Answer answer = Answer.of(query, second.freshet().query("SELECT * FROM " + view));
      if (second.freshet().errors(view).rowCount() > 0) {
        return "rows that cannot be computed: " + second.freshet().errors(view).iterator().next();
      }
      if (query.order() == Order.AS_ANSWERED && query.expected() instanceof Expected.Hash) {
        // The hash is of ordered rows, which a view has not: what the query answers stands for it.
        Answer asked = Answer.of(query, first.query(query.sql()));
        return asked.sorted().sameAs(answer.sorted()) ? null : "differs from the query's answer";
      }
      return answer.differenceAsBag(query).orElse(null);
    } catch (FreshetException e) {
      return ScriptRun.message(e);
    }
  }

  @Override
  public void close() {
    second.close();
  }
}
