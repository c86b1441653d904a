package dev.freshet.database;

import dev.freshet.contracts.Gate;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.type.Keep;
import dev.freshet.database.definition.DefinitionFile;
import dev.freshet.database.definition.Definitions;
import dev.freshet.database.definition.TableDefinition;
import dev.freshet.database.definition.Upstream;
import dev.freshet.database.definition.ViewDefinition;
import dev.freshet.database.step.Pipeline;
import dev.freshet.engine.Engine;
import dev.freshet.engine.ViewBuild;
import dev.freshet.sql.CompiledQuery;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.Statement;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.eventtime.Emit;
import dev.freshet.sql.statement.Definition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The tables and views of a database: in the engine, at the gates, in SQL's catalog and in their
 * file. Only the thread that writes may touch it.
 */
final class Relations {
  private final Engine engine;
  private final DefinitionFile file;
  private final FunctionLibrary functions;
  private Definitions definitions;
  private final Map<String, Catalog.Relation> views = new LinkedHashMap<>();
  private final Map<String, Gate> gates = new HashMap<>();
  private Statements statements;

  private Relations(Engine engine, Saved saved) {
    this.functions = saved.functions;
    this.engine = engine;
    this.file = saved.file;
    this.definitions = saved.definitions;
    this.statements = new Statements(catalog());
  }

  /**
   * What stands in the file.
   *
   * @param views the statement of each view, in the order of the definitions
   */
  record Saved(
      DefinitionFile file,
      Definitions definitions,
      FunctionLibrary functions,
      List<Statement.CreateView> views) {}

  /** Reads the file, and compiles what it defines; that needs no engine yet. */
  static Saved read(DefinitionFile file, FunctionLibrary functions) {
    Definitions definitions = file.read();
    Map<String, Catalog.Relation> known = new LinkedHashMap<>();
    List<Statement.CreateView> views = new ArrayList<>();
    for (ViewDefinition view : definitions.views()) {
      Statement.CreateView create = compiled(view, catalog(definitions, known, functions));
      views.add(create);
      known.put(view.name(), catalogEntry(view.name(), create));
    }
    return new Saved(file, definitions, functions, views);
  }

  /** Declares to a new or restored engine what was read. */
  static Relations open(Engine engine, Saved saved) {
    Relations relations = new Relations(engine, saved);
    saved.definitions.tables().forEach(relations::declare);
    for (int i = 0; i < saved.views.size(); i++) {
      relations.declare(saved.definitions.views().get(i), saved.views.get(i));
    }
    relations.statements = new Statements(relations.catalog());
    return relations;
  }

  /**
   * As {@link #open}, with an engine that was restored of which only the tables' rows are taken,
   * and what cannot be computed from them: the state of views whose rows depend on history.
   *
   * @param origins takes what each one's rows come from
   */
  static Relations openAnew(
      Engine engine, Saved saved, Map<String, ClosedDatabase.Origin> origins) {
    Relations relations = new Relations(engine, saved);
    for (TableDefinition table : saved.definitions.tables()) {
      relations.declare(table);
      origins.put(table.name(), ClosedDatabase.Origin.SAVED);
    }
    Set<String> ofHistory = ofHistory(saved);
    for (int i = 0; i < saved.views.size(); i++) {
      ViewDefinition view = saved.definitions.views().get(i);
      if (ofHistory.contains(view.name())) {
        relations.declare(view, saved.views.get(i));
        origins.put(view.name(), ClosedDatabase.Origin.SAVED);
      }
    }
    engine.forgetSavedState();
    for (int i = 0; i < saved.views.size(); i++) {
      ViewDefinition view = saved.definitions.views().get(i);
      if (!ofHistory.contains(view.name())) {
        relations.declare(view, saved.views.get(i));
        origins.put(view.name(), ClosedDatabase.Origin.TABLES);
      }
    }
    return relations;
  }

  /** Views that judged what came or saw it pass, and all that the latter are computed from. */
  private static Set<String> ofHistory(Saved saved) {
    Set<String> passing = new HashSet<>();
    saved.definitions.tables().stream()
        .filter(table -> table.keep() == Keep.NONE)
        .forEach(table -> passing.add(table.name()));
    Set<String> judged = new HashSet<>();
    Set<String> passed = new HashSet<>();
    Map<String, List<String>> reads = new HashMap<>();
    for (Statement.CreateView create : saved.views) {
      Definition.CreateView view = create.definition();
      reads.put(view.name(), create.query().reads());
      boolean seesPassing = create.query().reads().stream().anyMatch(passing::contains);
      if (view.emit() == Emit.FINAL) {
        judged.add(view.name());
      }
      if (view.keep() == Keep.NONE || seesPassing) {
        passed.add(view.name());
      }
      if (view.keep() == Keep.NONE) {
        passing.add(view.name());
      }
    }
    judged.addAll(Upstream.of(passed, reads));
    return judged;
  }

  private void declare(TableDefinition table) {
    engine.createTable(
        table.name(),
        table.incarnation(),
        table.fromOffset(),
        table.schema(),
        table.watermark(),
        table.keep(),
        table.keyColumns());
    gates.put(table.name(), new Gate(table.contract()));
  }

  private static Statement.CreateView compiled(ViewDefinition view, Catalog catalog) {
    Statement statement = new SqlCompiler(catalog).parse(view.statement(), "view " + view.name());
    if (statement instanceof Statement.CreateView create) {
      return create;
    }
    throw new FreshetException(
        ErrorCode.STORAGE_DAMAGED,
        "Cannot open view " + view.name() + ": it is not defined by a CREATE VIEW.");
  }

  private void declare(ViewDefinition view, Statement.CreateView create) {
    String name = view.name();
    CompiledQuery query = create.query();
    Keep keep = create.definition().keep();
    int[] key = keyColumns(query);
    engine.createView(name, view.fromOffset(), query.reads(), query.plan(), keep, key);
    views.put(name, catalogEntry(name, create));
  }

  /** Begins to compute a view beside the writers, when that takes long enough to be worth it. */
  Optional<ViewBuild> begin(String name, Statement.CreateView create) {
    CompiledQuery query = create.query();
    int[] key = keyColumns(query);
    return create.definition().keep() == Keep.ALL && engine.isWorthBuilding(query.plan(), key)
        ? Optional.of(engine.beginView(name, query.reads(), query.plan(), key))
        : Optional.empty();
  }

  void abandon(ViewBuild build) {
    engine.abandonView(build);
  }

  private static int[] keyColumns(CompiledQuery query) {
    return query
        .key()
        .map(key -> key.stream().mapToInt(query.schema()::indexOf).toArray())
        .orElseGet(() -> IntStream.range(0, query.columnCount()).toArray());
  }

  private static Catalog.Relation catalogEntry(String name, Statement.CreateView create) {
    CompiledQuery query = create.query();
    List<List<String>> keys =
        query.keys().stream()
            .filter(key -> !key.isEmpty())
            .map(key -> key.stream().map(i -> query.schema().column(i).name()).toList())
            .toList();
    return new Catalog.Relation(name, query.schema(), keys)
        .with(query.plan())
        .with(create.definition().keep());
  }

  private Catalog catalog() {
    return catalog(definitions, views, functions);
  }

  private static Catalog catalog(
      Definitions definitions, Map<String, Catalog.Relation> views, FunctionLibrary functions) {
    List<Catalog.Relation> all = new ArrayList<>();
    for (TableDefinition table : definitions.tables()) {
      all.add(
          Catalog.Relation.of(table.name(), table.schema(), table.key().toArray(String[]::new))
              .with(table.watermark())
              .with(table.keep()));
    }
    all.addAll(views.values());
    return Catalog.of(all, functions);
  }

  Definitions definitions() {
    return definitions;
  }

  Statements statements() {
    return statements;
  }

  Gate gate(String table) {
    Gate gate = gates.get(table);
    if (gate == null) {
      throw notFound("change", table);
    }
    return gate;
  }

  /** The state to read from, with the names that belong to it. */
  Published publish() {
    return new Published(engine.snapshot(), definitions, statements);
  }

  /** Lets the pipeline hold all tables' changes to their contracts. */
  void addGates(Pipeline pipeline) {
    for (TableDefinition table : definitions.tables()) {
      pipeline.addGate(gate(table.name()), table.fromOffset());
    }
  }

  /** Which rows of a table or view are kept. */
  Keep keep(String name) {
    return engine.snapshot().keep(name);
  }

  boolean exists(String name) {
    return definitions.table(name).isPresent() || definitions.view(name).isPresent();
  }

  /** Adds a table to the engine; {@link #save} makes it last. */
  void create(TableDefinition table, Pipeline pipeline) {
    declare(table);
    pipeline.addGate(gate(table.name()), table.fromOffset());
    change(definitions.with(table));
  }

  /**
   * Adds a view to the engine; {@link #save} makes it last.
   *
   * @throws FreshetException when the engine cannot maintain it; nothing has changed then
   */
  void create(ViewDefinition view, Statement.CreateView create) {
    declare(view, create);
    change(definitions.with(view));
  }

  /**
   * As {@link #create(ViewDefinition, Statement.CreateView)}, for a view that was computed before.
   */
  void create(ViewDefinition view, Statement.CreateView create, ViewBuild build) {
    engine.finishView(build);
    views.put(view.name(), catalogEntry(view.name(), create));
    change(definitions.with(view));
  }

  /**
   * Takes a table or view from the engine; {@link #save} makes it last.
   *
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} when a view reads it; nothing has
   *     changed then
   */
  void drop(String name, Pipeline pipeline) {
    if (definitions.table(name).isPresent()) {
      engine.dropTable(name);
      pipeline.removeGate(name);
      gates.remove(name);
    } else {
      engine.dropView(name);
      views.remove(name);
    }
    change(definitions.without(name));
  }

  /** Puts a dropped view back. */
  void restore(ViewDefinition view) {
    declare(view, compiled(view, catalog()));
    change(definitions.with(view));
  }

  private void change(Definitions changed) {
    definitions = changed;
    statements = new Statements(catalog());
  }

  /** Writes the definitions; durable when this returns. */
  void save() {
    file.write(definitions);
  }

  static FreshetException notFound(String what, String name) {
    return new FreshetException(
        ErrorCode.NOT_FOUND, "Cannot " + what + " " + name + ": there is no such table or view.");
  }
}
