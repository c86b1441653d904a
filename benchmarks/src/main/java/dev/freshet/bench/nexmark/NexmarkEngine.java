package dev.freshet.bench.nexmark;

import dev.freshet.bench.steps.DurableSteps;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.Engine;
import dev.freshet.engine.workers.Workers;
import dev.freshet.sql.CompiledQuery;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** An engine with Nexmark's tables and one query as its only view. */
final class NexmarkEngine {
  static final String VIEW = "result";

  /** The side input is there from this step on; events come after. */
  static final long FIRST_STEP = DurableSteps.FIRST_STEP;

  private static final Schema SIDE_INPUT =
      Schema.of(Column.notNull("id", Simple.BIGINT), Column.notNull("label", Simple.VARCHAR));

  private NexmarkEngine() {}

  /**
   * @param events which of the events are kept as rows of their tables
   * @param result which of the query's rows are
   */
  static Engine create(
      LocalStorage storage, int query, String sql, Keep events, Keep result, Workers workers) {
    Engine engine = Engine.restore(storage, "state", Engine.defaultMemoryBytes(), workers);
    createTable(engine, "person", Events.PERSON, events);
    createTable(engine, "auction", Events.AUCTION, events);
    createTable(engine, "bid", Events.BID, events);
    engine.createTable("side_input", SIDE_INPUT, 0);
    engine.apply(Events.sideInput());
    engine.step(FIRST_STEP, 1);
    CompiledQuery compiled = new SqlCompiler(catalog()).query(sql, "q" + query);
    int columns = compiled.schema().columnCount();
    int[] all = IntStream.range(0, columns).toArray();
    engine.createView(VIEW, 0, List.of(), compiled.plan(), result, all);
    return engine;
  }

  private static void createTable(Engine engine, String name, Schema schema, Keep keep) {
    engine.createTable(name, "", 0, schema, Optional.empty(), keep);
  }

  private static Catalog catalog() {
    return Catalog.of(
        List.of(
            Relation.of("person", Events.PERSON),
            Relation.of("auction", Events.AUCTION),
            Relation.of("bid", Events.BID),
            Relation.of("side_input", SIDE_INPUT, "id")));
  }
}
