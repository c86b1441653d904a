package dev.freshet.engine.oracle;

import dev.freshet.core.type.DataType;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.SortKey;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Answers a plan over boxed rows by the definitions, without any incremental idea: the oracle of
 * the engine. Rows on which an expression fails are counted and left out.
 */
public final class NaivePlan {
  private final Function<String, ZSet> relations;
  private final Map<Plan, ZSet> answered = new HashMap<>();

  /** What stands for the rows of the recursion whose step is evaluated. */
  private ZSet recursing = new ZSet();

  private long failures;

  public NaivePlan(Function<String, ZSet> relations) {
    this.relations = relations;
  }

  /** How many rows failed in all evaluations so far. */
  public long failures() {
    return failures;
  }

  /** Equal sub-plans are answered once, so that a row that fails in one counts once. */
  public ZSet evaluate(Plan plan) {
    if (recurses(plan)) {
      return answer(plan);
    }
    ZSet known = answered.get(plan);
    if (known == null) {
      known = answer(plan);
      answered.put(plan, known);
    }
    return known;
  }

  private static boolean recurses(Plan plan) {
    return switch (plan) {
      case Plan.Recurse _ -> true;
      case Plan.Recursion _ -> false;
      default -> plan.inputs().stream().anyMatch(NaivePlan::recurses);
    };
  }

  /** Applies the step over and over; then once more over all, for the rows that fail in it. */
  private ZSet recursion(Plan.Recursion plan) {
    ZSet all = new ZSet();
    ZSet next = evaluate(plan.base());
    evaluateOutside(plan.step());
    final ZSet outer = recursing;
    final long failuresBefore = failures;
    while (!next.weights().isEmpty()) {
      ZSet found = new ZSet();
      for (Map.Entry<List<Object>, Long> row : next.weights().entrySet()) {
        if (plan.kind() == Plan.RecursionKind.ALL) {
          found.add(row.getKey(), row.getValue());
        } else if (!all.weights().containsKey(row.getKey())) {
          found.add(row.getKey(), 1);
        }
      }
      found.weights().forEach(all::add);
      if (found.weights().isEmpty()) {
        break;
      }
      recursing = plan.kind() == Plan.RecursionKind.ALL ? found : all;
      next = evaluate(plan.step());
      failures = failuresBefore;
    }
    recursing = all;
    evaluate(plan.step());
    recursing = outer;
    return all;
  }

  /** What does not read the recursion's rows fails once, however often the step is applied. */
  private void evaluateOutside(Plan plan) {
    for (Plan input : plan.inputs()) {
      if (!recurses(input)) {
        evaluate(input);
      } else if (!(input instanceof Plan.Recurse)) {
        evaluateOutside(input);
      }
    }
  }

  private ZSet asOf(Plan.AsOf join) {
    ZSet result = new ZSet();
    int width = join.right().schema().columnCount();
    Map<List<Object>, Long> right = evaluate(join.right()).weights();
    evaluate(join.left())
        .weights()
        .forEach((row, weight) -> {
          Optional<List<Object>> best =
              right.keySet().stream()
                  .filter(other -> isCandidate(join, row, other))
                  .max(nearer(join));
          if (best.isPresent() || join.kind() == Plan.JoinKind.LEFT) {
            List<Object> output = new ArrayList<>(row);
            output.addAll(best.orElse(java.util.Collections.nCopies(width, null)));
            result.add(output, weight);
          }
        });
    return result;
  }

  private static boolean isCandidate(Plan.AsOf join, List<Object> left, List<Object> right) {
    for (int i = 0; i < join.leftKeys().size(); i++) {
      Object key = left.get(join.leftKeys().get(i));
      if (key == null || !key.equals(right.get(join.rightKeys().get(i)))) {
        return false;
      }
    }
    int order = compare(right.get(join.rightTime()), left.get(join.leftTime()));
    return switch (join.match()) {
      case AT_OR_BEFORE -> order <= 0;
      case BEFORE -> order < 0;
      case AT_OR_AFTER -> order >= 0;
      case AFTER -> order > 0;
    };
  }

  private static Comparator<List<Object>> nearer(Plan.AsOf join) {
    boolean forward =
        join.match() == Plan.AsOfMatch.AT_OR_AFTER || join.match() == Plan.AsOfMatch.AFTER;
    SortKey time =
        new SortKey(
            join.rightTime(),
            forward ? SortKey.Direction.DESCENDING : SortKey.Direction.ASCENDING,
            SortKey.Nulls.FIRST);
    return order(List.of(time));
  }

  private ZSet answer(Plan plan) {
    return switch (plan) {
      case Plan.Scan scan -> relations.apply(scan.relation());
      case Plan.Constants constants -> constants(constants);
      case Plan.Filter filter -> filter(evaluate(filter.input()), filter.predicate());
      case Plan.Project project -> project(evaluate(project.input()), project);
      case Plan.Union union -> union(union);
      case Plan.Distinct distinct -> {
        ZSet result = new ZSet();
        evaluate(distinct.input()).weights().forEach((row, _) -> result.add(row, 1));
        yield result;
      }
      case Plan.Multiset multiset -> multiset(multiset);
      case Plan.Unnest unnest -> unnest(unnest);
      case Plan.Join join -> join(join);
      case Plan.Aggregate aggregate -> aggregate(aggregate);
      case Plan.TopN top -> top(top);
      case Plan.Windows windows -> windows(windows);
      case Plan.Sessions sessions -> sessions(sessions);
      case Plan.Over over -> over(over);
      case Plan.Arrivals _, Plan.NotAhead _, Plan.OnTime _, Plan.Expire _, Plan.Final _ ->
          throw new IllegalArgumentException("what is final depends on how rows came: " + plan);
      case Plan.AsOf join -> asOf(join);
      case Plan.Recursion recursion -> recursion(recursion);
      case Plan.Recurse _ -> recursing;
    };
  }

  private static ZSet constants(Plan.Constants constants) {
    ZSet result = new ZSet();
    for (List<Expression.Literal> literals : constants.rows()) {
      List<Object> row = new ArrayList<>();
      literals.forEach(literal -> row.add(literal.value().orElse(null)));
      result.add(row, 1);
    }
    return result;
  }

  private ZSet filter(ZSet input, Expression predicate) {
    ZSet result = new ZSet();
    for (Map.Entry<List<Object>, Long> row : input.weights().entrySet()) {
      try {
        if (NaiveExpression.isTrue(predicate, row.getKey())) {
          result.add(row.getKey(), row.getValue());
        }
      } catch (NaiveExpression.Failed e) {
        failures += row.getValue();
      }
    }
    return result;
  }

  private ZSet project(ZSet input, Plan.Project project) {
    ZSet result = new ZSet();
    for (Map.Entry<List<Object>, Long> row : input.weights().entrySet()) {
      try {
        List<Object> values = new ArrayList<>();
        for (Expression expression : project.expressions()) {
          values.add(NaiveExpression.evaluate(expression, row.getKey()));
        }
        result.add(values, row.getValue());
      } catch (NaiveExpression.Failed e) {
        failures += row.getValue();
      }
    }
    return result;
  }

  private ZSet union(Plan.Union union) {
    ZSet result = new ZSet();
    for (Plan input : union.inputs()) {
      evaluate(input).weights().forEach(result::add);
    }
    return result;
  }

  private ZSet multiset(Plan.Multiset multiset) {
    ZSet result = new ZSet();
    Map<List<Object>, Long> right = evaluate(multiset.right()).weights();
    evaluate(multiset.left())
        .weights()
        .forEach((row, weight) -> {
          long other = right.getOrDefault(row, 0L);
          long left =
              multiset.kind() == Plan.MultisetKind.INTERSECT
                  ? Math.min(weight, other)
                  : weight - other;
          if (left > 0) {
            result.add(row, left);
          }
        });
    return result;
  }

  private ZSet unnest(Plan.Unnest unnest) {
    ZSet result = new ZSet();
    int width = unnest.schema().columnCount();
    evaluate(unnest.input())
        .weights()
        .forEach((row, weight) -> {
          List<?> array = (List<?>) row.get(unnest.arrayColumn());
          List<?> elements = array == null ? List.of() : array;
          for (int i = 0; i < elements.size(); i++) {
            List<Object> added = new ArrayList<>(row);
            added.add(elements.get(i));
            added.add(i + 1L);
            result.add(added.subList(0, width), weight);
          }
          if (elements.isEmpty() && unnest.kind() == Plan.JoinKind.LEFT) {
            List<Object> padded = new ArrayList<>(row);
            padded.add(null);
            padded.add(null);
            result.add(padded.subList(0, width), weight);
          }
        });
    return result;
  }

  private ZSet join(Plan.Join join) {
    ZSet left = evaluate(join.left());
    ZSet right = evaluate(join.right());
    ZSet result = new ZSet();
    int rightColumns = join.right().schema().columnCount();
    left.weights()
        .forEach((leftRow, leftWeight) -> {
          boolean matched = false;
          for (Map.Entry<List<Object>, Long> entry : right.weights().entrySet()) {
            if (keysMatch(join, leftRow, entry.getKey())) {
              List<Object> pair = new ArrayList<>(leftRow);
              pair.addAll(entry.getKey());
              long weight = leftWeight * entry.getValue();
              try {
                if (NaiveExpression.isTrue(join.residual(), pair)) {
                  matched = true;
                  result.add(pair, weight);
                }
              } catch (NaiveExpression.Failed e) {
                // Not known whether it is a match: neither a pair nor a row without one.
                matched = true;
                failures += weight;
              }
            }
          }
          if (!matched && join.kind() == Plan.JoinKind.LEFT) {
            List<Object> padded = new ArrayList<>(leftRow);
            for (int i = 0; i < rightColumns; i++) {
              padded.add(null);
            }
            result.add(padded, leftWeight);
          }
        });
    return result;
  }

  private static boolean keysMatch(Plan.Join join, List<Object> left, List<Object> right) {
    for (int i = 0; i < join.leftKeys().size(); i++) {
      Object a = left.get(join.leftKeys().get(i));
      Object b = right.get(join.rightKeys().get(i));
      if (a == null || b == null || compare(a, b) != 0) {
        return false;
      }
    }
    return true;
  }

  private ZSet aggregate(Plan.Aggregate aggregate) {
    Map<List<Object>, List<List<Object>>> groups = new LinkedHashMap<>();
    if (aggregate.groupColumns().isEmpty()) {
      groups.put(List.of(), new ArrayList<>());
    }
    for (List<Object> row : evaluate(aggregate.input()).rows()) {
      List<Object> key = new ArrayList<>();
      aggregate.groupColumns().forEach(column -> key.add(row.get(column)));
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(row);
    }
    ZSet result = new ZSet();
    groups.forEach((key, rows) -> {
      try {
        List<Object> output = new ArrayList<>(key);
        for (AggregateCall call : aggregate.calls()) {
          output.add(answer(call, rows, aggregate.input()));
        }
        result.add(output, 1);
      } catch (NaiveExpression.Failed e) {
        failures++;
      }
    });
    return result;
  }

  static Object answer(AggregateCall call, List<List<Object>> rows, Plan input) {
    boolean extreme =
        call.function() == AggregateCall.Function.MIN
            || call.function() == AggregateCall.Function.MAX;
    if (call.function().isOrdered() && !extreme) {
      return NaiveAggregates.ordered(call, rows);
    }
    List<Object> values = new ArrayList<>();
    for (List<Object> row : rows) {
      boolean counts =
          call.filter().isEmpty() || Boolean.TRUE.equals(row.get(call.filter().getAsInt()));
      Object value = call.arguments().isEmpty() ? "row" : row.get(call.arguments().getFirst());
      if (counts && value != null) {
        values.add(value);
      }
    }
    if (call.quantifier() == AggregateCall.Quantifier.DISTINCT && !call.arguments().isEmpty()) {
      values = new ArrayList<>(new LinkedHashSet<>(values));
    }
    if (call.function() == AggregateCall.Function.COUNT) {
      return (long) values.size();
    }
    if (values.isEmpty()) {
      return null;
    }
    DataType type = input.schema().type(call.arguments().getFirst());
    return switch (call.function()) {
      case MIN -> values.stream().min(NaivePlan::compare).orElseThrow();
      case MAX -> values.stream().max(NaivePlan::compare).orElseThrow();
      case SUM -> sum(call, values);
      case AVG -> average(call, values, type);
      case BOOL_AND -> !values.contains(false);
      case BOOL_OR -> values.contains(true);
      default -> NaiveAggregates.deviation(call, values, type);
    };
  }

  private static Object sum(AggregateCall call, List<Object> values) {
    if (values.getFirst() instanceof Double) {
      return doubleSum(values);
    }
    BigDecimal sum = exactSum(values);
    if (call.type() instanceof DataType.Decimal decimal) {
      return checked(sum.setScale(decimal.scale(), RoundingMode.UNNECESSARY), decimal);
    }
    if (sum.toBigInteger().bitLength() > 63) {
      throw new NaiveExpression.Failed();
    }
    return sum.longValue();
  }

  private static Object average(AggregateCall call, List<Object> values, DataType type) {
    if (type.layout() == DataType.Layout.DOUBLE) {
      return normal(doubleSum(values) / values.size());
    }
    BigDecimal sum = exactSum(values);
    BigDecimal count = BigDecimal.valueOf(values.size());
    if (call.type() instanceof DataType.Decimal decimal) {
      return checked(sum.divide(count, decimal.scale(), RoundingMode.HALF_UP), decimal);
    }
    BigInteger cut = sum.toBigInteger().divide(count.toBigInteger());
    return cut.longValue();
  }

  static BigDecimal checked(BigDecimal value, DataType.Decimal type) {
    if (value.precision() > type.precision()) {
      throw new NaiveExpression.Failed();
    }
    return value;
  }

  private static double doubleSum(List<Object> values) {
    BigDecimal sum = BigDecimal.ZERO;
    double special = 0;
    for (Object value : values) {
      double number = (Double) value;
      if (Double.isFinite(number)) {
        sum = sum.add(new BigDecimal(number));
      } else {
        special += number;
      }
    }
    return special != 0 ? special : normal(sum.doubleValue());
  }

  private static double normal(double value) {
    return value == 0 ? 0.0 : value;
  }

  private static BigDecimal exactSum(List<Object> values) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Object value : values) {
      sum = sum.add(new BigDecimal(value.toString()));
    }
    return sum;
  }

  /** Times are numbers here; each window of the kind is tried, near the row's time. */
  private ZSet windows(Plan.Windows plan) {
    ZSet result = new ZSet();
    BigInteger step = BigInteger.valueOf(plan.step());
    BigInteger size = BigInteger.valueOf(plan.size());
    evaluate(plan.input())
        .weights()
        .forEach((row, weight) -> {
          BigInteger time = BigInteger.valueOf((Long) row.get(plan.timeColumn()));
          BigInteger unit = plan.kind() == Plan.WindowKind.HOP ? step : size;
          BigInteger offset = BigInteger.valueOf(plan.offset());
          BigInteger last =
              time.subtract(offset).subtract(time.subtract(offset).mod(unit)).add(offset);
          List<Long> windows = new ArrayList<>();
          boolean fits = true;
          for (BigInteger start = last; time.subtract(start).compareTo(size) < 0; ) {
            if (plan.kind() == Plan.WindowKind.HOP) {
              fits &= isLong(start) && isLong(start.add(size));
              windows.add(start.longValue());
              start = start.subtract(step);
              continue;
            }
            fits &= isLong(start) && isLong(start.add(size));
            for (BigInteger end = start.add(step);
                end.compareTo(start.add(size)) <= 0;
                end = end.add(step)) {
              if (end.compareTo(time) > 0) {
                windows.add(end.longValue());
              }
            }
            break;
          }
          if (!fits) {
            failures += weight;
            return;
          }
          for (long window : windows) {
            List<Object> output = new ArrayList<>(row);
            output.add(window);
            result.add(output, weight);
          }
        });
    return result;
  }

  private static boolean isLong(BigInteger value) {
    return value.bitLength() <= 63;
  }

  private ZSet sessions(Plan.Sessions plan) {
    Map<List<Object>, List<List<Object>>> partitions = new LinkedHashMap<>();
    for (List<Object> row : evaluate(plan.input()).rows()) {
      List<Object> key = new ArrayList<>();
      plan.partitionColumns().forEach(column -> key.add(row.get(column)));
      partitions.computeIfAbsent(key, _ -> new ArrayList<>()).add(row);
    }
    ZSet result = new ZSet();
    BigInteger gap = BigInteger.valueOf(plan.gap());
    for (List<List<Object>> rows : partitions.values()) {
      rows.sort(Comparator.comparing((List<Object> row) -> (Long) row.get(plan.timeColumn())));
      for (int from = 0, to; from < rows.size(); from = to) {
        to = from + 1;
        while (to < rows.size()
            && time(plan, rows.get(to)).subtract(time(plan, rows.get(to - 1))).compareTo(gap)
                <= 0) {
          to++;
        }
        BigInteger end = time(plan, rows.get(to - 1)).add(gap);
        for (List<Object> row : rows.subList(from, to)) {
          if (!isLong(end)) {
            failures++;
            continue;
          }
          List<Object> output = new ArrayList<>(row);
          output.add(time(plan, rows.get(from)).longValue());
          output.add(end.longValue());
          result.add(output, 1);
        }
      }
    }
    return result;
  }

  private static BigInteger time(Plan.Sessions plan, List<Object> row) {
    return BigInteger.valueOf((Long) row.get(plan.timeColumn()));
  }

  private ZSet top(Plan.TopN top) {
    ZSet result = new ZSet();
    for (List<List<Object>> rows : partitions(top.input(), top.partitionColumns(), top.order())) {
      rows.stream().skip(top.offset()).limit(top.limit()).forEach(row -> result.add(row, 1));
    }
    return result;
  }

  private ZSet over(Plan.Over over) {
    ZSet result = new ZSet();
    for (List<List<Object>> rows :
        partitions(over.input(), over.partitionColumns(), over.order())) {
      NaiveOver naive = new NaiveOver(over, rows);
      for (int i = 0; i < rows.size(); i++) {
        try {
          result.add(naive.values(i), 1);
        } catch (NaiveExpression.Failed e) {
          failures++;
        }
      }
    }
    return result;
  }

  private Collection<List<List<Object>>> partitions(
      Plan input, List<Integer> columns, List<SortKey> order) {
    Map<List<Object>, List<List<Object>>> partitions = new LinkedHashMap<>();
    for (List<Object> row : evaluate(input).rows()) {
      List<Object> key = new ArrayList<>();
      columns.forEach(column -> key.add(row.get(column)));
      partitions.computeIfAbsent(key, _ -> new ArrayList<>()).add(row);
    }
    partitions.values().forEach(rows -> rows.sort(order(order)));
    return partitions.values();
  }

  private static Comparator<List<Object>> order(List<SortKey> keys) {
    return (a, b) -> {
      for (SortKey key : keys) {
        int order = compare(key, a.get(key.column()), b.get(key.column()));
        if (order != 0) {
          return order;
        }
      }
      for (int c = 0; c < a.size(); c++) {
        if (!Objects.equals(a.get(c), b.get(c))) {
          return a.get(c) == null ? -1 : b.get(c) == null ? 1 : compare(a.get(c), b.get(c));
        }
      }
      return 0;
    };
  }

  static int compare(SortKey key, Object x, Object y) {
    boolean aNull = x == null || y == null;
    int order = aNull ? Boolean.compare(y == null, x == null) : compare(x, y);
    boolean reversed =
        aNull ? key.nulls() == SortKey.Nulls.LAST : key.direction() == SortKey.Direction.DESCENDING;
    return reversed ? -Integer.signum(order) : order;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  static int compare(Object a, Object b) {
    return ((Comparable) a).compareTo(b);
  }
}
