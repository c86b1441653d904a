package dev.freshet.sql.translate;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.optimize.ArrayRows;
import dev.freshet.sql.optimize.AsOfRows;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Function;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.JoinKind;
import dev.freshet.sql.plan.Plan.MultisetKind;
import dev.freshet.sql.plan.SortKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Minus;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/** Calcite's relational algebra to a plan, node by node. */
public final class RelToPlan {
  private final Catalog catalog;
  private final RexToExpression expressions;

  public RelToPlan(Catalog catalog, RelNode root) {
    this.catalog = catalog;
    this.expressions = new RexToExpression(root.getCluster().getRexBuilder());
  }

  /**
   * @throws UnsupportedSqlException for what the plan has no node for
   */
  public Plan convert(RelNode rel) {
    return convertNode(rel);
  }

  Plan convertNode(RelNode rel) {
    return switch (rel) {
      case TableScan scan -> scan(scan);
      case TableFunctionScan scan ->
          WindowScans.convert(scan, convertNode(scan.getInput(0)), expressions);
      case Values values -> constants(values);
      case Filter filter -> filter(filter);
      case Project project -> project(project);
      case Join join -> join(join);
      case Aggregate aggregate -> aggregate(aggregate);
      case Union union -> union(union);
      case Intersect intersect when intersect.all -> multiset(intersect, MultisetKind.INTERSECT);
      case Minus minus when minus.all -> multiset(minus, MultisetKind.EXCEPT);
      case ArrayRows rows -> arrayRows(rows);
      case AsOfRows rows -> asOf(rows);
      case Sort sort -> sort(sort);
      default -> throw unsupported(rel);
    };
  }

  private Plan scan(TableScan scan) {
    String name = scan.getTable().getQualifiedName().getLast();
    for (Catalog.Relation relation : catalog.relations()) {
      if (relation.name().equals(name)) {
        return new Plan.Scan(name, relation.schema());
      }
    }
    throw new IllegalStateException("no relation " + name);
  }

  private Plan constants(Values values) {
    Schema schema = schema(values.getRowType());
    List<List<Expression.Literal>> rows = new ArrayList<>();
    for (List<RexLiteral> tuple : values.getTuples()) {
      List<Expression.Literal> row = new ArrayList<>();
      for (int i = 0; i < tuple.size(); i++) {
        Expression cell = Expressions.as(expressions.convert(tuple.get(i)), schema.type(i));
        if (!(cell instanceof Expression.Literal literal)) {
          throw new UnsupportedSqlException(
              "VALUES", "The values of column " + (i + 1) + " have no common type.");
        }
        row.add(literal);
      }
      rows.add(List.copyOf(row));
    }
    return new Plan.Constants(schema, List.copyOf(rows));
  }

  private static Schema schema(RelDataType rowType) {
    List<Column> columns = new ArrayList<>();
    for (RelDataTypeField field : rowType.getFieldList()) {
      DataType type = RexToExpression.type(field.getType());
      String name = "c" + columns.size();
      columns.add(
          field.getType().isNullable() ? Column.nullable(name, type) : Column.notNull(name, type));
    }
    return new Schema(columns);
  }

  private Plan filter(Filter filter) {
    return filter(filter, ImmutableBitSet.range(filter.getRowType().getFieldCount()));
  }

  /**
   * @param used the filter's columns that are used above it
   */
  private Plan filter(Filter filter, ImmutableBitSet used) {
    Optional<RelNode> open = Qualify.open(filter, used);
    if (open.isPresent()) {
      return convertNode(open.get());
    }
    return TopNPattern.match(filter, used, this, expressions)
        .orElseGet(() ->
            PlanBuilder.filter(
                convertNode(filter.getInput()), expressions.convert(filter.getCondition())));
  }

  /** The input of a node that uses only some of its columns. */
  private Plan input(RelNode input, ImmutableBitSet used) {
    return input instanceof Filter filter ? filter(filter, used) : convertNode(input);
  }

  private Plan project(Project project) {
    Plan input =
        input(project.getInput(), RelOptUtil.InputFinder.bits(project.getProjects(), null));
    return project.containsOver()
        ? OverCalls.convert(project, input, expressions)
        : PlanBuilder.project(input, expressions.convert(project.getProjects()));
  }

  private Plan join(Join join) {
    Plan left = convertNode(join.getLeft());
    Plan right = convertNode(join.getRight());
    Expression condition = expressions.convert(join.getCondition());
    return switch (join.getJoinType()) {
      case INNER -> Joins.join(left, right, JoinKind.INNER, condition);
      case LEFT -> SingleValues.join(left, right, JoinKind.LEFT, condition);
      case RIGHT -> Joins.rightJoin(left, right, condition);
      case FULL -> Joins.fullJoin(left, right, condition);
      case SEMI, ANTI, ASOF, LEFT_ASOF, LEFT_MARK -> throw unsupported(join);
    };
  }

  private Plan asOf(AsOfRows rows) {
    return Joins.asOf(
        convertNode(rows.getLeft()),
        convertNode(rows.getRight()),
        rows.keepsLeft() ? JoinKind.LEFT : JoinKind.INNER,
        expressions.convert(rows.condition()),
        expressions.convert(rows.match()));
  }

  private Plan aggregate(Aggregate aggregate) {
    Plan input =
        input(aggregate.getInput(), ImmutableBitSet.of(RelOptUtil.getAllFields(aggregate)));
    boolean distinct =
        aggregate.getAggCallList().isEmpty()
            && Aggregate.isSimple(aggregate)
            && !aggregate.getGroupSet().isEmpty();
    if (distinct) {
      List<Expression> groups = new ArrayList<>();
      aggregate.getGroupSet().forEach(group -> groups.add(PlanBuilder.column(input, group)));
      return new Plan.Distinct(PlanBuilder.project(input, groups));
    }
    return Aggregates.convert(input, aggregate);
  }

  private Plan union(Union union) {
    Plan all = PlanBuilder.union(inputs(union));
    return union.all ? all : new Plan.Distinct(all);
  }

  private Plan multiset(SetOp operation, MultisetKind kind) {
    List<Plan> inputs = inputs(operation);
    Plan result = inputs.getFirst();
    for (Plan input : inputs.subList(1, inputs.size())) {
      result = new Plan.Multiset(result, input, kind, result.schema());
    }
    return result;
  }

  private Plan arrayRows(ArrayRows rows) {
    Plan input = convertNode(rows.getInput());
    int array = input.schema().columnCount() - 1;
    if (input.schema().type(array) instanceof DataType.Map map) {
      input = withEntries(input, map);
    }
    if (!(input.schema().type(array) instanceof DataType.Array(DataType element))) {
      throw new UnsupportedSqlException("UNNEST", "It takes an array or a map.");
    }
    List<String> names = new ArrayList<>(Plan.Unnest.columns(element));
    names.add("place");
    List<Column> added = new ArrayList<>();
    for (RelDataTypeField field :
        rows.getRowType().getFieldList().subList(array + 1, rows.getRowType().getFieldCount())) {
      String name = names.get(added.size());
      DataType type = RexToExpression.type(field.getType());
      added.add(
          field.getType().isNullable() || element instanceof DataType.Row
              ? Column.nullable(name, type)
              : Column.notNull(name, type));
    }
    Schema schema = Plan.concat(input.schema(), new Schema(added), rows.kind());
    return new Plan.Unnest(input, array, rows.kind(), schema);
  }

  /** The input with the array of the entries in place of the map in its last column. */
  private static Plan withEntries(Plan input, DataType.Map map) {
    int last = input.schema().columnCount() - 1;
    DataType.Row entry =
        new DataType.Row(
            List.of(
                new DataType.Row.Field("key", map.key()),
                new DataType.Row.Field("value", map.value())));
    List<Expression> columns = new ArrayList<>(PlanBuilder.columns(input, 0, last));
    columns.add(
        Expressions.call(
            Function.MAP_ENTRIES, new DataType.Array(entry), PlanBuilder.column(input, last)));
    return PlanBuilder.project(input, columns);
  }

  /** The inputs with the operation's types. */
  private List<Plan> inputs(SetOp operation) {
    List<RelDataTypeField> fields = operation.getRowType().getFieldList();
    List<Plan> inputs = new ArrayList<>();
    for (RelNode input : operation.getInputs()) {
      Plan plan = convertNode(input);
      List<Expression> columns = new ArrayList<>();
      for (int i = 0; i < fields.size(); i++) {
        columns.add(
            Expressions.as(
                PlanBuilder.column(plan, i), RexToExpression.type(fields.get(i).getType())));
      }
      inputs.add(PlanBuilder.project(plan, columns));
    }
    return inputs;
  }

  /** An order without a limit means nothing inside of a query. */
  private Plan sort(Sort sort) {
    Plan input = convertNode(sort.getInput());
    if (sort.offset == null && sort.fetch == null) {
      return input;
    }
    return new Plan.TopN(
        input,
        List.of(),
        sortKeys(sort.getCollation()),
        count(sort.offset, 0),
        count(sort.fetch, Plan.TopN.NO_LIMIT));
  }

  private static long count(@Nullable RexNode count, long otherwise) {
    if (count == null) {
      return otherwise;
    }
    BigDecimal value =
        count instanceof RexLiteral literal ? literal.getValueAs(BigDecimal.class) : null;
    if (value == null || value.stripTrailingZeros().scale() > 0) {
      throw new UnsupportedSqlException("ORDER BY", "LIMIT and OFFSET must be whole numbers.");
    }
    return value.longValueExact();
  }

  /** The order as sort keys over the same columns. */
  public static List<SortKey> sortKeys(RelCollation collation) {
    List<SortKey> keys = new ArrayList<>();
    for (RelFieldCollation field : collation.getFieldCollations()) {
      boolean descending = field.getDirection().isDescending();
      boolean nullsFirst =
          switch (field.nullDirection) {
            case FIRST -> true;
            case LAST -> false;
            case UNSPECIFIED -> !descending;
          };
      keys.add(
          new SortKey(
              field.getFieldIndex(),
              descending ? SortKey.Direction.DESCENDING : SortKey.Direction.ASCENDING,
              nullsFirst ? SortKey.Nulls.FIRST : SortKey.Nulls.LAST));
    }
    return List.copyOf(keys);
  }

  private static UnsupportedSqlException unsupported(RelNode rel) {
    return switch (rel.getRelTypeName()) {
      case "LogicalCorrelate" ->
          new UnsupportedSqlException(
              "$CORRELATED",
              "A sub-query refers to the outer query in this way. Write it as a join.");
      case "LogicalIntersect" ->
          new UnsupportedSqlException("INTERSECT", "Use INTERSECT, or a join.");
      case "LogicalMinus" -> new UnsupportedSqlException("EXCEPT", "Use EXCEPT, or NOT EXISTS.");
      default -> new UnsupportedSqlException("SELECT", "This form of query is not there yet.");
    };
  }
}
