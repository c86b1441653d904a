package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Expression.Call;
import dev.freshet.sql.plan.Expression.Case;
import dev.freshet.sql.plan.Expression.Cast;
import dev.freshet.sql.plan.Expression.Cast.OnFailure;
import dev.freshet.sql.plan.Expression.ColumnRef;
import dev.freshet.sql.plan.Expression.Literal;
import dev.freshet.sql.plan.Expression.UserCall;
import java.util.ArrayList;
import java.util.List;

/** Turns one expression into nodes. Used once, by one thread. */
final class Compiler {
  /** One row without columns, over which constants are computed. */
  private static final Batch ONE_ROW =
      new Batch(new Schema(List.of()), new Vector[0], new long[] {1}, 1);

  private final List<Site> sites = new ArrayList<>();

  CompiledExpression compile(Expression expression) {
    Node root = node(expression);
    return new CompiledExpression(root, sites);
  }

  private Node node(Expression expression) {
    return switch (expression) {
      case ColumnRef column -> new ColumnNode(column.index(), column.type());
      case Literal literal -> literal(literal);
      case Call call -> call(call);
      case UserCall call -> user(call);
      case Cast cast -> cast(cast);
      case Case branches -> branches(branches);
    };
  }

  private static Node literal(Literal literal) {
    VectorBuilder builder = new VectorBuilder(literal.type().layout(), 1);
    Values.append(builder, literal.type(), literal.value().orElse(null));
    return new ConstantNode(builder.build(), literal.type());
  }

  private Node call(Call call) {
    List<Node> arguments = nodes(call.arguments());
    return switch (call.function()) {
      case AND -> folded(new LogicNode(LogicNode.Connective.AND, arguments), arguments);
      case OR -> folded(new LogicNode(LogicNode.Connective.OR, arguments), arguments);
      case IS_NULL -> nullTest(NullTestNode.Test.IS_NULL, arguments);
      case IS_NOT_NULL -> nullTest(NullTestNode.Test.IS_NOT_NULL, arguments);
      case IS_TRUE -> nullTest(NullTestNode.Test.IS_TRUE, arguments);
      case IS_FALSE -> nullTest(NullTestNode.Test.IS_FALSE, arguments);
      case ARRAY -> array(call, arguments);
      case ROW -> row(call, arguments);
      case JSON_OBJECT, JSON_ARRAY, JSON_STRING, PRINTF ->
          folded(new WrittenNode(call.function(), arguments), arguments);
      case IS_DISTINCT_FROM -> nullTest(NullTestNode.Test.DISTINCT, arguments);
      default ->
          site(
              Functions.kernel(call, arguments),
              arguments,
              call.type(),
              call.function().name(),
              OnFailure.ERROR);
    };
  }

  private static Node array(Call call, List<Node> elements) {
    DataType.Array type = (DataType.Array) call.type();
    for (Node element : elements) {
      Check.that(element.type().equals(type.element()), "all elements have the array's type");
    }
    return elements.isEmpty()
        ? new ConstantNode(new ArrayNode(elements, type).evaluate(ONE_ROW).vector(), type)
        : folded(new ArrayNode(elements, type), elements);
  }

  private static Node row(Call call, List<Node> fields) {
    DataType.Row type = (DataType.Row) call.type();
    for (int i = 0; i < fields.size(); i++) {
      Check.that(
          fields.get(i).type().equals(type.fields().get(i).type()), "fields have their types");
    }
    return folded(new RowNode(fields, type), fields);
  }

  private Node nullTest(NullTestNode.Test test, List<Node> arguments) {
    Kernel equal = Comparisons.equal(arguments.get(0).type().layout());
    return folded(new NullTestNode(test, arguments, equal), arguments);
  }

  private Node user(UserCall call) {
    List<Node> arguments = nodes(call.arguments());
    UserNode node = new UserNode(call.method(), arguments, call.type(), sites.size());
    sites.add(node);
    return folded(node, arguments);
  }

  private Node cast(Cast cast) {
    Node operand = node(cast.operand());
    if (operand.type().equals(cast.type())) {
      return operand;
    }
    String label = cast.onFailure() == OnFailure.NULL ? "TRY_CAST" : "CAST";
    Kernel kernel = Casts.kernel(operand.type(), cast.type());
    return site(kernel, List.of(operand), cast.type(), label, cast.onFailure());
  }

  private Node branches(Case expression) {
    List<Node> conditions = new ArrayList<>();
    List<Node> results = new ArrayList<>();
    for (Case.Branch branch : expression.branches()) {
      conditions.add(node(branch.condition()));
      results.add(node(branch.result()));
    }
    results.add(node(expression.otherwise()));
    for (Node result : results) {
      Check.that(
          result.type().layout() == expression.type().layout(),
          "all branches have the CASE's type");
    }
    List<Node> all = new ArrayList<>(conditions);
    all.addAll(results);
    return folded(new CaseNode(conditions, results, expression.type()), all);
  }

  private List<Node> nodes(List<Expression> expressions) {
    List<Node> nodes = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      nodes.add(node(expression));
    }
    return nodes;
  }

  private Node site(
      Kernel kernel, List<Node> arguments, DataType type, String label, OnFailure onFailure) {
    CallNode call = new CallNode(kernel, arguments, type, sites.size(), label, onFailure);
    sites.add(call);
    return folded(call, arguments);
  }

  /**
   * A node over constants becomes a constant, unless it fails: then each row that reaches it does.
   */
  private static Node folded(Node node, List<Node> parts) {
    for (Node part : parts) {
      if (!(part instanceof ConstantNode)) {
        return node;
      }
    }
    Operand value = node.evaluate(ONE_ROW).expanded(1);
    return Failures.any(value.failures(), 1) ? node : new ConstantNode(value.vector(), node.type());
  }
}
