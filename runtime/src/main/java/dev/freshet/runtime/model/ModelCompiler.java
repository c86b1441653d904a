package dev.freshet.runtime.model;

import dev.freshet.contracts.Contract;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.runtime.project.ModelDefinition;
import dev.freshet.runtime.yaml.Suggestion;
import dev.freshet.sql.CompiledQuery;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.catalog.Catalog.Relation;
import dev.freshet.sql.error.SourceText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compiles all models of a project over its tables. */
public final class ModelCompiler {
  private final List<Relation> known = new ArrayList<>();
  private final List<Model> compiled = new ArrayList<>();
  private final List<ModelDefinition> open;
  private final FunctionLibrary functions;

  private ModelCompiler(
      Collection<Contract> tables, List<ModelDefinition> models, FunctionLibrary functions) {
    this.functions = functions;
    for (Contract table : tables) {
      known.add(relation(table));
    }
    open = new ArrayList<>(models);
  }

  /**
   * Returns the models in an order in which each reads only tables and models before it.
   *
   * @throws FreshetException for the first model that does not compile, with its place
   */
  public static List<Model> compile(
      Collection<Contract> tables, List<ModelDefinition> models, FunctionLibrary functions) {
    ModelCompiler compiler = new ModelCompiler(tables, models, functions);
    while (!compiler.open.isEmpty()) {
      compiler.round();
    }
    return List.copyOf(compiler.compiled);
  }

  /** A catalog of these tables, models and functions, for queries. */
  public static Catalog catalog(
      Collection<Contract> tables, List<Model> models, FunctionLibrary functions) {
    List<Relation> relations = new ArrayList<>();
    for (Contract table : tables) {
      relations.add(relation(table));
    }
    for (Model model : models) {
      relations.add(relation(model));
    }
    return Catalog.of(relations, functions);
  }

  /**
   * Compiles what names no model that is still open. When every open model names another one (a
   * cycle, or a column called like a model), the first that compiles all the same breaks the tie.
   */
  private void round() {
    List<ModelDefinition> ready = open.stream().filter(this::namesNoOpenModel).toList();
    if (!ready.isEmpty()) {
      addAll(ready);
      return;
    }
    FreshetException first = null;
    for (ModelDefinition model : List.copyOf(open)) {
      try {
        add(model);
        return;
      } catch (FreshetException e) {
        first = first == null ? e : first;
      }
    }
    throw cycleOr(first);
  }

  private FreshetException cycleOr(@Nullable FreshetException first) {
    List<String> names = open.stream().map(ModelDefinition::name).toList();
    String message = first == null ? "" : first.getMessage();
    ErrorCode code = first == null ? ErrorCode.SQL_INVALID : first.code();
    return names.size() < 2
        ? new FreshetException(code, message, first)
        : new FreshetException(
            code,
            message
                + "\nThe models "
                + names
                + " read each other, if this one is not the only thing wrong.",
            first);
  }

  private boolean namesNoOpenModel(ModelDefinition model) {
    return open.stream()
        .noneMatch(
            other -> !other.name().equals(model.name()) && names(model.text(), other.name()));
  }

  private static boolean names(String sql, String model) {
    return Pattern.compile("(?i)(?<![A-Za-z0-9_])" + Pattern.quote(model) + "(?![A-Za-z0-9_])")
        .matcher(sql)
        .find();
  }

  /**
   * Compiles models that do not read each other on all cores, and tells the first error in their
   * order. The very first model is compiled alone: the planner's classes initialise each other in
   * circles, which two threads at once could turn into a deadlock (JVMS 5.5).
   */
  private void addAll(List<ModelDefinition> ready) {
    List<ModelDefinition> rest = ready;
    if (compiled.isEmpty()) {
      add(ready.getFirst());
      rest = ready.subList(1, ready.size());
    }
    Catalog catalog = Catalog.of(known, functions);
    List<Supplier<Model>> outcomes =
        rest.parallelStream().map(definition -> outcome(definition, catalog)).toList();
    for (int i = 0; i < rest.size(); i++) {
      add(rest.get(i), outcomes.get(i).get());
    }
  }

  private static Supplier<Model> outcome(ModelDefinition definition, Catalog catalog) {
    try {
      Model model = compile(definition, catalog);
      return () -> model;
    } catch (FreshetException e) {
      return () -> {
        throw e;
      };
    }
  }

  private void add(ModelDefinition definition) {
    add(definition, compile(definition, Catalog.of(known, functions)));
  }

  private void add(ModelDefinition definition, Model model) {
    compiled.add(model);
    known.add(relation(model));
    open.remove(definition);
  }

  private static Model compile(ModelDefinition definition, Catalog catalog) {
    SourceText source = SourceText.of(definition.file(), definition.text());
    CompiledQuery query = new SqlCompiler(catalog).model(source, definition.emit());
    List<String> passing =
        catalog.relations().stream()
            .filter(relation -> relation.keep() == Keep.NONE)
            .map(Relation::name)
            .filter(query.reads()::contains)
            .toList();
    return model(definition, query, passing);
  }

  private static Model model(
      ModelDefinition definition, CompiledQuery query, List<String> passing) {
    List<String> key =
        definition.key().isEmpty() ? query.key().orElse(List.of()) : definition.key();
    Schema schema = query.schema();
    for (String column : key) {
      if (schema.indexOf(column) < 0) {
        throw definition
            .place()
            .invalid(
                "Invalid key: column "
                    + column
                    + " is not in the model's result."
                    + Suggestion.of(column, schema.names())
                    + " Its columns are: "
                    + String.join(", ", schema.names())
                    + ".");
      }
    }
    boolean proven =
        query.keys().stream()
            .anyMatch(known -> known.stream().allMatch(i -> key.contains(schema.column(i).name())));
    return new Model(
        definition,
        query.plan(),
        key,
        proven ? Model.KeyProof.PROVEN : Model.KeyProof.DECLARED,
        query.reads(),
        passing,
        query.warnings());
  }

  private static Relation relation(Contract table) {
    return Relation.of(table.table(), table.schema(), table.key().toArray(String[]::new))
        .with(table.watermark())
        .with(table.keep());
  }

  private static Relation relation(Model model) {
    Relation relation =
        model.key().isEmpty() || model.keyProof() == Model.KeyProof.DECLARED
            ? Relation.of(model.name(), model.schema())
            : Relation.of(model.name(), model.schema(), model.key().toArray(String[]::new));
    return relation.with(model.plan()).with(model.definition().keep());
  }
}
