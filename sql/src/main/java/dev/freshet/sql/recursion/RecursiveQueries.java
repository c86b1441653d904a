package dev.freshet.sql.recursion;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.function.library.FunctionLibrary;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.dialect.Frontend;
import dev.freshet.sql.dialect.Positions;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SqlException;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.RecursionKind;
import dev.freshet.sql.plan.PlanInputs;
import dev.freshet.sql.translate.SameTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the recursive queries of a statement, each in two parts, and puts relations in their
 * place.
 *
 * <pre>
 * WITH RECURSIVE r (x) AS (             WITH r (x) AS (SELECT * FROM "recursion 2")
 *   base UNION step)            to      SELECT ...
 * SELECT ...                            where recursion 2 is Recursion(plan of base, plan of
 *                                         WITH r (x) AS (SELECT * FROM "recursion 1") step)
 *                                       and in the step recursion 1 is Recurse
 * </pre>
 *
 * <p>So all scoping of names stays the planner's, which sees no recursion at all.
 */
public final class RecursiveQueries {
  /** How often the types of both parts are made one: wider types may make yet wider ones. */
  private static final int ROUNDS_MAX = 4;

  private final SourceText source;
  private final Compiler compiler;
  private final List<SqlNode> scope = new ArrayList<>();
  private final List<Catalog.Relation> relations;
  private final FunctionLibrary functions;
  private final Map<String, Plan> definitions = new LinkedHashMap<>();
  private int named;

  /** Compiles a query of its own. */
  public interface Compiler {
    Plan compile(SqlNode query, Catalog catalog);
  }

  private Catalog catalog(List<Catalog.Relation> all) {
    return Catalog.of(all, functions);
  }

  private RecursiveQueries(Catalog catalog, SourceText source, Compiler compiler) {
    this.source = source;
    this.compiler = compiler;
    this.relations = new ArrayList<>(catalog.relations());
    this.functions = catalog.functions();
  }

  /**
   * A query without recursion.
   *
   * @param query reads relations that are only in {@code catalog}
   * @param definitions the plans of these relations
   */
  public record Expanded(SqlNode query, Catalog catalog, Map<String, Plan> definitions) {
    /** The plan with the definitions in place of their relations. */
    public Plan complete(Plan plan) {
      return definitions.isEmpty()
          ? plan
          : PlanInputs.replaceScans(
              plan,
              scan -> Objects.requireNonNull(definitions.getOrDefault(scan.relation(), scan)));
    }
  }

  public static Expanded expand(
      SqlNode query, Catalog catalog, SourceText source, Compiler compiler) {
    if (!Recursive.in(query)) {
      return new Expanded(query, catalog, Map.of());
    }
    RecursiveQueries queries = new RecursiveQueries(catalog, source, compiler);
    SqlNode expanded = Objects.requireNonNull(query.accept(queries.new Expansion()));
    return new Expanded(expanded, queries.catalog(queries.relations), queries.definitions);
  }

  private static final class Recursive extends SqlShuttle {
    private boolean found;

    static boolean in(SqlNode query) {
      Recursive recursive = new Recursive();
      query.accept(recursive);
      return recursive.found;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      found |= call instanceof SqlWithItem item && item.recursive.booleanValue();
      return super.visit(call);
    }
  }

  private final class Expansion extends SqlShuttle {
    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      if (!(call instanceof SqlWith with)) {
        return super.visit(call);
      }
      int outer = scope.size();
      for (int i = 0; i < with.withList.size(); i++) {
        SqlWithItem item = (SqlWithItem) with.withList.get(i);
        refuseMutual(item, with.withList, i);
        SqlNode query =
            item.recursive.booleanValue() && TableNames.reads(item.query, name(item))
                ? expanded(item)
                : Objects.requireNonNull(item.query.accept(this));
        scope.add(renamed(item, query));
      }
      List<SqlNode> own = scope.subList(outer, scope.size());
      SqlNodeList items = new SqlNodeList(own, with.withList.getParserPosition());
      SqlNode body = Objects.requireNonNull(with.body.accept(this));
      SqlNode result = new SqlWith(with.getParserPosition(), items, body);
      own.clear();
      return result;
    }

    private void refuseMutual(SqlWithItem item, SqlNodeList items, int at) {
      for (int later = at + 1; later < items.size(); later++) {
        SqlWithItem other = (SqlWithItem) items.get(later);
        if (item.recursive.booleanValue()
            && TableNames.reads(item.query, name(other))
            && relations.stream().noneMatch(r -> r.name().equalsIgnoreCase(name(other)))) {
          throw refused(
              item,
              ErrorCode.SQL_UNSUPPORTED,
              "It reads "
                  + name(other)
                  + ", which stands after it. Write what depends on each other as one recursive query,"
                  + " with a column that tells the rows apart.");
        }
      }
    }

    /** A query that reads the relation which stands for the recursive one. */
    private SqlNode expanded(SqlWithItem item) {
      int outer = scope.size();
      SqlNode query = item.query;
      while (query instanceof SqlWith with) {
        for (SqlNode each : with.withList) {
          SqlWithItem own = (SqlWithItem) each;
          scope.add(renamed(own, Objects.requireNonNull(own.query.accept(this))));
        }
        query = with.body;
      }
      Parts parts = parts(item, query);
      String name = define(recursion(item, parts));
      scope.subList(outer, scope.size()).clear();
      return select(name);
    }
  }

  private static SqlWithItem renamed(SqlWithItem item, SqlNode query) {
    return new SqlWithItem(
        item.getParserPosition(),
        item.name,
        item.columnList,
        query,
        SqlLiteral.createBoolean(false, item.getParserPosition()));
  }

  private static String name(SqlWithItem item) {
    return item.name.getSimple();
  }

  /** What a recursive query begins with, and what follows. */
  private record Parts(SqlNode base, SqlNode step, RecursionKind kind) {}

  private Parts parts(SqlWithItem item, SqlNode query) {
    if (query.getKind() != SqlKind.UNION) {
      throw refused(
          item,
          query instanceof SqlOrderBy ? ErrorCode.SQL_UNSUPPORTED : ErrorCode.SQL_INVALID,
          query instanceof SqlOrderBy
              ? "ORDER BY and LIMIT belong to the query that reads it."
              : "It reads itself, so it must be: first rows UNION [ALL] rows that follow from them.");
    }
    boolean all = isAll((SqlCall) query);
    List<SqlNode> bases = new ArrayList<>();
    List<SqlNode> steps = new ArrayList<>();
    collect(item, query, all, bases, steps);
    if (bases.isEmpty()) {
      throw refused(
          item, ErrorCode.SQL_INVALID, "One part of its UNION must give rows without reading it.");
    }
    SqlSetOperator union = (SqlSetOperator) ((SqlCall) query).getOperator();
    return new Parts(
        joined(bases, union),
        joined(steps, union),
        all ? RecursionKind.ALL : RecursionKind.DISTINCT);
  }

  private static boolean isAll(SqlCall union) {
    return ((SqlSetOperator) union.getOperator()).isAll();
  }

  private static void collect(
      SqlWithItem item, SqlNode query, boolean all, List<SqlNode> bases, List<SqlNode> steps) {
    if (query instanceof SqlCall union && query.getKind() == SqlKind.UNION && isAll(union) == all) {
      union.getOperandList().forEach(part -> collect(item, part, all, bases, steps));
    } else {
      (TableNames.reads(query, name(item)) ? steps : bases).add(query);
    }
  }

  private static SqlNode joined(List<SqlNode> parts, SqlSetOperator union) {
    return parts.stream()
        .reduce((a, b) -> union.createCall(a.getParserPosition().plus(b.getParserPosition()), a, b))
        .orElseThrow();
  }

  private Plan recursion(SqlWithItem item, Parts parts) {
    Plan base = compiler.compile(within(List.of(), parts.base()), catalog(relations));
    Schema schema = named(base.schema(), item);
    for (int round = 0; round < ROUNDS_MAX; round++) {
      String name = unused();
      List<Catalog.Relation> visible = new ArrayList<>(relations);
      visible.add(Catalog.Relation.of(name, schema));
      SqlNode step = within(List.of(renamed(item, select(name))), parts.step());
      Plan following = compiler.compile(step, catalog(visible));
      Optional<String> problem = Growth.problem(following, parts.kind(), name);
      if (problem.isPresent()) {
        throw refused(item, ErrorCode.SQL_UNSUPPORTED, problem.get());
      }
      Optional<Schema> common = SameTypes.of(schema, following.schema());
      if (common.isEmpty()) {
        throw refused(
            item, ErrorCode.SQL_INVALID, "Its parts give columns of different number or types.");
      }
      if (common.get().equals(schema)) {
        Plan recursing =
            PlanInputs.replaceScans(
                following,
                scan -> scan.relation().equals(name) ? new Plan.Recurse(scan.schema()) : scan);
        return new Plan.Recursion(
            SameTypes.as(base, schema), SameTypes.as(recursing, schema), parts.kind(), schema);
      }
      schema = common.get();
    }
    throw refused(
        item,
        ErrorCode.SQL_INVALID,
        "The types of its columns widen with each iteration. CAST what follows to the types of the"
            + " first part.");
  }

  /** The columns under the names that the query gives them. */
  private static Schema named(Schema schema, SqlWithItem item) {
    List<String> names =
        item.columnList == null ? schema.names() : SqlIdentifier.simpleNames(item.columnList);
    if (names.size() != schema.columnCount() || Set.copyOf(names).size() < names.size()) {
      return schema;
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Column column = schema.column(i);
      columns.add(new Column(names.get(i), column.type(), column.nullability()));
    }
    return new Schema(columns);
  }

  /** The query with the names that are visible at its place. */
  private SqlNode within(List<SqlNode> more, SqlNode query) {
    List<SqlNode> items = new ArrayList<>(scope);
    items.addAll(more);
    SqlNode copy = Copy.of(query);
    if (items.isEmpty()) {
      return copy;
    }
    SqlNodeList list =
        new SqlNodeList(items.stream().map(Copy::of).toList(), query.getParserPosition());
    return switch (copy) {
      case SqlWith with -> {
        List<SqlNode> both = new ArrayList<>(list);
        both.addAll(with.withList);
        yield new SqlWith(
            query.getParserPosition(), new SqlNodeList(both, query.getParserPosition()), with.body);
      }
      case SqlOrderBy order ->
          new SqlOrderBy(
              query.getParserPosition(),
              new SqlWith(query.getParserPosition(), list, order.query),
              order.orderList,
              order.offset,
              order.fetch);
      default -> new SqlWith(query.getParserPosition(), list, copy);
    };
  }

  private String define(Plan recursion) {
    String name = unused();
    relations.add(Catalog.Relation.of(name, recursion.schema()));
    definitions.put(name, recursion);
    return name;
  }

  private String unused() {
    String name;
    do {
      name = "recursion " + ++named;
    } while (isTaken(name));
    return name;
  }

  private boolean isTaken(String name) {
    return relations.stream().anyMatch(relation -> relation.name().equals(name));
  }

  private static SqlNode select(String relation) {
    return Frontend.parseOwn("SELECT * FROM \"" + relation + "\"");
  }

  private SqlException refused(SqlWithItem item, ErrorCode code, String reason) {
    String verb = code == ErrorCode.SQL_INVALID ? "Invalid SQL: " : "Cannot run ";
    return new SqlException(
        code,
        verb + "recursive query " + name(item) + ". " + reason,
        source,
        Positions.span(item.name));
  }
}
