package dev.freshet.sql.optimize;

import dev.freshet.sql.error.UnsupportedSqlException;
import dev.freshet.sql.plan.Plan.JoinKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/**
 * UNNEST of an array without correlation, which nothing could take away later.
 *
 * <pre>
 * Correlate $cor0
 *   left                                 Project left, element
 *   Uncollect                              ArrayRows
 *     Project $cor0.tags                     Project left, tags
 *       Values (0)                             left
 * </pre>
 */
final class UnnestExpansion extends RelHomogeneousShuttle {
  private UnnestExpansion() {}

  static RelNode expand(RelNode root) {
    return root.accept(new UnnestExpansion());
  }

  @Override
  public RelNode visit(RelNode other) {
    if (other instanceof Correlate correlate) {
      Optional<Uncollect> uncollect = unnested(correlate.getRight());
      if (uncollect.isPresent()) {
        return joined(correlate, uncollect.get(), correlate.getLeft().accept(this));
      }
    }
    RelNode visited = super.visit(other);
    return visited instanceof Uncollect uncollect ? alone(uncollect) : visited;
  }

  /** The Uncollect below filters and projections, over an array of the left side. */
  private static Optional<Uncollect> unnested(RelNode right) {
    return switch (right) {
      case Uncollect uncollect when isArrayOfOuter(uncollect) -> Optional.of(uncollect);
      case Filter filter -> unnested(filter.getInput());
      case Project project -> unnested(project.getInput());
      default -> Optional.empty();
    };
  }

  private static boolean isArrayOfOuter(Uncollect uncollect) {
    return uncollect.getInput() instanceof Project project
        && project.getInput() instanceof Values values
        && values.getTuples().size() == 1;
  }

  private static RelNode joined(Correlate correlate, Uncollect uncollect, RelNode left) {
    List<RexNode> arrays = ((Project) uncollect.getInput()).getProjects();
    if (arrays.size() != 1) {
      throw manyArrays();
    }
    JoinKind kind = correlate.getJoinType() == JoinRelType.LEFT ? JoinKind.LEFT : JoinKind.INNER;
    RexNode array = arrays.getFirst().accept(new OnLeft(correlate, left));
    RelNode rows = rows(left, array, uncollect, kind);
    Right right = right(correlate, correlate.getRight(), rows, left, kind);
    RexBuilder rex = left.getCluster().getRexBuilder();
    List<RelDataTypeField> fields = correlate.getRowType().getFieldList();
    List<RexNode> columns = new ArrayList<>();
    for (int i = 0; i < left.getRowType().getFieldCount(); i++) {
      columns.add(rex.makeInputRef(right.rows(), i));
    }
    columns.addAll(right.columns());
    for (int i = 0; i < columns.size(); i++) {
      columns.set(i, rex.ensureType(fields.get(i).getType(), columns.get(i), true));
    }
    return LogicalProject.create(
        right.rows(), List.of(), columns, correlate.getRowType().getFieldNames(), Set.of());
  }

  /** Each row of the input as often as its array has elements. */
  private static RelNode rows(RelNode input, RexNode array, Uncollect uncollect, JoinKind kind) {
    RexBuilder rex = input.getCluster().getRexBuilder();
    List<RexNode> columns = new ArrayList<>(rex.identityProjects(input.getRowType()));
    columns.add(array);
    RelNode withArray =
        LogicalProject.create(input, List.of(), columns, (List<String>) null, Set.of());
    RelDataTypeFactory types = input.getCluster().getTypeFactory();
    RelDataTypeFactory.Builder type = types.builder().addAll(withArray.getRowType().getFieldList());
    for (RelDataTypeField field : uncollect.getRowType().getFieldList()) {
      boolean mayBeNull = kind == JoinKind.LEFT || field.getType().isNullable();
      type.add(field.getName(), types.createTypeWithNullability(field.getType(), mayBeNull));
    }
    return new ArrayRows(withArray, kind, type.uniquify().build());
  }

  /** What the right side gives, as columns of the rows with elements. */
  private record Right(RelNode rows, List<RexNode> columns) {}

  private static Right right(
      Correlate correlate, RelNode right, RelNode rows, RelNode left, JoinKind kind) {
    return switch (right) {
      case Filter filter -> {
        Right below = right(correlate, filter.getInput(), rows, left, kind);
        if (kind == JoinKind.LEFT && !filter.getCondition().isAlwaysTrue()) {
          throw new UnsupportedSqlException("UNNEST", "LEFT JOIN UNNEST(...) takes ON TRUE only.");
        }
        RexNode condition = over(filter.getCondition(), below, correlate, left);
        yield new Right(LogicalFilter.create(below.rows(), condition), below.columns());
      }
      case Project project -> {
        Right below = right(correlate, project.getInput(), rows, left, kind);
        List<RexNode> columns = new ArrayList<>();
        for (RexNode column : project.getProjects()) {
          if (kind == JoinKind.LEFT && !(column instanceof RexInputRef)) {
            throw new UnsupportedSqlException("UNNEST", "Compute in SELECT what its rows give.");
          }
          columns.add(over(column, below, correlate, left));
        }
        yield new Right(below.rows(), columns);
      }
      default -> {
        List<RexNode> columns = new ArrayList<>();
        RexBuilder rex = rows.getCluster().getRexBuilder();
        int first = left.getRowType().getFieldCount() + 1;
        for (int i = first; i < rows.getRowType().getFieldCount(); i++) {
          columns.add(rex.makeInputRef(rows, i));
        }
        yield new Right(rows, columns);
      }
    };
  }

  private static RexNode over(RexNode expression, Right below, Correlate correlate, RelNode left) {
    RexNode replaced =
        expression.accept(
            new RexShuttle() {
              @Override
              public RexNode visitInputRef(RexInputRef reference) {
                return below.columns().get(reference.getIndex());
              }
            });
    return replaced.accept(new OnLeft(correlate, left));
  }

  /** UNNEST in FROM that refers to nothing beside it. */
  private static RelNode alone(Uncollect uncollect) {
    RelNode input = uncollect.getInput();
    if (input.getRowType().getFieldCount() != 1) {
      throw manyArrays();
    }
    RexBuilder rex = input.getCluster().getRexBuilder();
    RelNode rows = rows(input, rex.makeInputRef(input, 0), uncollect, JoinKind.INNER);
    List<RexNode> columns = new ArrayList<>();
    for (int i = 2; i < rows.getRowType().getFieldCount(); i++) {
      columns.add(rex.makeInputRef(rows, i));
    }
    return LogicalProject.create(
        rows, List.of(), columns, uncollect.getRowType().getFieldNames(), Set.of());
  }

  private static UnsupportedSqlException manyArrays() {
    return new UnsupportedSqlException("UNNEST", "Unnest one array, WITH ORDINALITY if need be.");
  }

  /** Columns of the outer query as columns of the left side. */
  private static final class OnLeft extends RexShuttle {
    private final Correlate correlate;
    private final RelNode left;

    OnLeft(Correlate correlate, RelNode left) {
      this.correlate = correlate;
      this.left = left;
    }

    @Override
    public RexNode visitFieldAccess(RexFieldAccess access) {
      boolean outer =
          access.getReferenceExpr() instanceof RexCorrelVariable variable
              && variable.id.equals(correlate.getCorrelationId());
      return outer
          ? left.getCluster().getRexBuilder().makeInputRef(left, access.getField().getIndex())
          : super.visitFieldAccess(access);
    }
  }
}
