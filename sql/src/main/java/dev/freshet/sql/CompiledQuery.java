package dev.freshet.sql;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Schema;
import dev.freshet.sql.eventtime.UnboundedState;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.SortKey;
import dev.freshet.sql.translate.PlanBuilder;
import java.util.List;
import java.util.Optional;

/**
 * A query as a plan.
 *
 * @param plan the rows; its columns are the result's, then those that only the order needs
 * @param columnCount how many of the plan's columns belong to the result; the rest are for {@code
 *     order} only and must not be shown. A model has no such columns.
 * @param order in which to present the rows, over the plan's columns; empty when the query does not
 *     say. A maintained result is a set of rows, so the order is no part of the plan.
 * @param keys column positions that identify a row, as far as they follow from the keys of what is
 *     read and from GROUP BY, shortest first; an empty key says that there is at most one row; no
 *     keys when nothing is known
 * @param reads the names of the tables and models that the plan reads, sorted
 */
public record CompiledQuery(
    Plan plan, int columnCount, List<SortKey> order, List<List<Integer>> keys, List<String> reads) {
  /** The result's columns. */
  public Schema schema() {
    return new Schema(plan.schema().columns().subList(0, columnCount));
  }

  /**
   * The names of the shortest key's columns, at least one: a result of at most one row is
   * identified by its first column.
   */
  public Optional<List<String>> key() {
    return keys.stream()
        .findFirst()
        .map(key -> key.isEmpty() ? List.of(0) : key)
        .map(key -> key.stream().map(i -> plan.schema().column(i).name()).toList());
  }

  /**
   * What of the query, kept as a view, grows without end as rows come, and what would bound it: a
   * sentence each.
   */
  public List<String> warnings() {
    return UnboundedState.warnings(plan);
  }

  /** The same result under other column names. */
  CompiledQuery renamed(List<String> names) {
    if (names.size() != columnCount) {
      throw new FreshetException(
          ErrorCode.SQL_INVALID,
          "Invalid SQL: the view names "
              + names.size()
              + " columns, but its query has "
              + columnCount
              + ".");
    }
    return new CompiledQuery(PlanBuilder.rename(plan, names), columnCount, order, keys, reads);
  }
}
