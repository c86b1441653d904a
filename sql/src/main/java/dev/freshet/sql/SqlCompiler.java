package dev.freshet.sql;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.dialect.Constructs;
import dev.freshet.sql.dialect.Frontend;
import dev.freshet.sql.dialect.Positions;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SqlException;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.eventtime.AppendOnly;
import dev.freshet.sql.eventtime.Emit;
import dev.freshet.sql.eventtime.FinalPlan;
import dev.freshet.sql.optimize.Keys;
import dev.freshet.sql.optimize.RelPasses;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.recursion.RecursiveQueries;
import dev.freshet.sql.statement.Definition;
import dev.freshet.sql.statement.DefinitionReader;
import dev.freshet.sql.translate.PlanBuilder;
import dev.freshet.sql.translate.RelToPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlDelete;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUpdate;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * Compiles SQL over a catalog. Each call is independent: equal text over an equal catalog gives an
 * equal plan. Thread-safe.
 */
public final class SqlCompiler {
  private final Catalog catalog;

  public SqlCompiler(Catalog catalog) {
    this.catalog = catalog;
  }

  /** The names of all functions and aggregates that SQL text may use, in alphabetical order. */
  public static Set<String> functionNames() {
    return Frontend.functionNames();
  }

  /**
   * Compiles a SELECT for one answer.
   *
   * @param file how errors name the text, such as {@code query}
   * @throws SqlException with {@link ErrorCode#SQL_SYNTAX}, {@link ErrorCode#SQL_INVALID} or {@link
   *     ErrorCode#SQL_UNSUPPORTED}, pointing at the fragment
   */
  public CompiledQuery query(String sql, String file) {
    return compile(SourceText.of(file, withoutSemicolon(sql)), Order.PRESENTED);
  }

  /**
   * Compiles the SELECT of a maintained model: its result is a set of rows, so an ORDER BY without
   * LIMIT is dropped.
   *
   * @throws SqlException as {@link #query}
   */
  public CompiledQuery model(SourceText source) {
    return model(source, Emit.CHANGES);
  }

  /**
   * As {@link #model(SourceText)}.
   *
   * @param emit when the model's rows come out; it is checked that it is known when they are final
   */
  public CompiledQuery model(SourceText source, Emit emit) {
    CompiledQuery query = compile(source, emit == Emit.FINAL ? Order.FINAL : Order.DROPPED);
    Optional<String> problem = AppendOnly.problem(query.plan(), catalog);
    if (problem.isPresent()) {
      throw new SqlException(ErrorCode.SQL_INVALID, problem.get(), source, SourceText.Span.START);
    }
    return query;
  }

  /** What becomes of an ORDER BY, and of changes. */
  private enum Order {
    PRESENTED,
    DROPPED,
    /** The order is dropped, and rows come out once. */
    FINAL
  }

  /**
   * Compiles any statement of the library.
   *
   * @param file how errors name the text
   * @throws SqlException as {@link #query}
   */
  public Statement parse(String sql, String file) {
    SourceText source = SourceText.of(file, withoutSemicolon(sql));
    Optional<SourceText> explained = DefinitionReader.explained(source);
    if (explained.isPresent()) {
      return new Statement.Explain(compile(explained.get(), Order.PRESENTED));
    }
    Optional<Definition> definition = DefinitionReader.read(source);
    if (definition.isPresent()) {
      return defined(definition.get());
    }
    Frontend frontend = new Frontend(source, catalog);
    return switch (frontend.parse()) {
      case SqlInsert insert -> new Changes(this, catalog, source).insert(insert);
      case SqlUpdate update -> new Changes(this, catalog, source).update(update);
      case SqlDelete delete -> new Changes(this, catalog, source).delete(delete);
      case SqlNode query when query.isA(SqlKind.QUERY) ->
          new Statement.Query(compile(frontend, query, source, Order.PRESENTED));
      case SqlNode other -> throw Constructs.unknownStatement(source, Positions.span(other));
    };
  }

  private Statement defined(Definition definition) {
    return switch (definition) {
      case Definition.CreateTable create -> new Statement.CreateTable(create);
      case Definition.Drop drop -> new Statement.Drop(drop);
      case Definition.CreateView create -> {
        CompiledQuery query = model(create.query(), create.emit());
        yield new Statement.CreateView(
            create, create.columns().isPresent() ? query.renamed(create.columns().get()) : query);
      }
    };
  }

  private static String withoutSemicolon(String sql) {
    String text = sql.stripTrailing();
    return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
  }

  private CompiledQuery compile(SourceText source, Order order) {
    Frontend frontend = new Frontend(source, catalog);
    SqlNode query = frontend.parse();
    if (!query.isA(SqlKind.QUERY)) {
      throw new SqlException(
          ErrorCode.SQL_INVALID,
          "Invalid SQL: a query is wanted here, SELECT ... or WITH ... SELECT.",
          source,
          SourceText.Span.START);
    }
    return compile(frontend, query, source, order);
  }

  private CompiledQuery compile(Frontend frontend, SqlNode query, SourceText source, Order order) {
    try {
      RecursiveQueries.Expanded expanded =
          RecursiveQueries.expand(
              query,
              catalog,
              source,
              (part, visible) -> new SqlCompiler(visible).rows(part, source));
      if (expanded.definitions().isEmpty()) {
        return plan(frontend.convert(expanded.query()), order);
      }
      SqlCompiler extended = new SqlCompiler(expanded.catalog());
      Frontend withRecursions = new Frontend(source, expanded.catalog());
      CompiledQuery compiled = extended.plan(withRecursions.convert(expanded.query()), order);
      return extended.completed(compiled, expanded);
    } catch (UnsupportedSqlException e) {
      throw Constructs.locate(e, query, source);
    } catch (FreshetException e) {
      throw e;
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      // The planner gives up in many ways on what it cannot do; none of its words help the user.
      throw new SqlException(
          ErrorCode.SQL_UNSUPPORTED,
          "Cannot plan this query: it combines constructs in a way that is not there yet. Write it"
              + " in steps, as models over models or with WITH.",
          source,
          SourceText.Span.START,
          e);
    }
  }

  /** The rows of a query node that was made of a parsed statement. */
  Plan rows(SqlNode query, SourceText source) {
    return compile(new Frontend(source, catalog), query, source, Order.DROPPED).plan();
  }

  private CompiledQuery completed(CompiledQuery query, RecursiveQueries.Expanded expanded) {
    Plan plan = expanded.complete(query.plan());
    return new CompiledQuery(
        plan,
        query.columnCount(),
        query.order(),
        visibleKeys(plan, query.columnCount()),
        List.copyOf(reads(plan, new TreeSet<>())));
  }

  private CompiledQuery plan(RelRoot root, Order order) {
    RelNode rel = root.rel;
    List<SortKey> sortKeys = List.of();
    if (rel instanceof Sort sort) {
      if (order == Order.PRESENTED) {
        sortKeys = RelToPlan.sortKeys(sort.getCollation());
      }
      if (sort.fetch == null && sort.offset == null) {
        rel = sort.getInput();
      }
    }
    List<Integer> columns = new ArrayList<>(root.fields.leftList());
    int columnCount = columns.size();
    List<String> names = uniqueNames(root.fields.rightList());
    List<SortKey> presented = new ArrayList<>();
    for (SortKey key : sortKeys) {
      int at = columns.indexOf(key.column());
      if (at < 0) {
        at = columns.size();
        columns.add(key.column());
        names.add(unused("order_" + at, names));
      }
      presented.add(new SortKey(at, key.direction(), key.nulls()));
    }
    checkTypes(rel, columns.subList(0, columnCount), names);
    RelNode optimised = RelPasses.run(RelOptUtil.createProject(rel, columns));
    Plan plan = PlanBuilder.rename(new RelToPlan(catalog, optimised).convert(optimised), names);
    return new CompiledQuery(
        order == Order.FINAL ? FinalPlan.of(plan, catalog) : plan,
        columnCount,
        List.copyOf(presented),
        visibleKeys(plan, columnCount),
        List.copyOf(reads(plan, new TreeSet<>())));
  }

  private List<List<Integer>> visibleKeys(Plan plan, int columnCount) {
    return Keys.of(plan, catalog).stream()
        .filter(key -> key.stream().allMatch(column -> column < columnCount))
        .toList();
  }

  private static void checkTypes(RelNode rel, List<Integer> columns, List<String> names) {
    for (int i = 0; i < columns.size(); i++) {
      RelDataType type = rel.getRowType().getFieldList().get(columns.get(i)).getType();
      if (SqlTypeName.INTERVAL_TYPES.contains(type.getSqlTypeName())) {
        throw new UnsupportedSqlException(
            "SELECT",
            "Column "
                + names.get(i)
                + " is an interval, which cannot be stored. Use TIMESTAMPDIFF(unit, from, to).");
      }
    }
  }

  /** The names in order; one that stood before gets a number, as in Flink. */
  private static List<String> uniqueNames(List<String> names) {
    List<String> unique = new ArrayList<>();
    for (String name : names) {
      unique.add(unused(name, unique));
    }
    return unique;
  }

  private static String unused(String name, List<String> taken) {
    String unused = name;
    for (int n = 0; taken.contains(unused); n++) {
      unused = name + n;
    }
    return unused;
  }

  private static Set<String> reads(Plan plan, Set<String> names) {
    if (plan instanceof Plan.Scan scan) {
      names.add(scan.relation());
    }
    plan.inputs().forEach(input -> reads(input, names));
    return names;
  }
}
