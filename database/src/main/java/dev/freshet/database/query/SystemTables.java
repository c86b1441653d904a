package dev.freshet.database.query;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.OperatorStatistics;
import dev.freshet.engine.Snapshot;
import dev.freshet.sql.CompiledQuery;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Tables about the system itself, for queries: {@code freshet_operators} has a row for each
 * operator of the dataflow. Views cannot read them: what they say does not come in steps. A
 * relation of the user's that has such a name hides the system's. Safe for all threads.
 */
public final class SystemTables {
  /** The operators: {@link OperatorStatistics} as columns, times in milliseconds. */
  public static final String OPERATORS = "freshet_operators";

  private static final DataType NAMES = new DataType.Array(Simple.VARCHAR);
  private static final double NANOS_PER_MILLI = 1e6;

  private static final Schema OPERATOR_SCHEMA =
      Schema.of(
          Column.notNull("id", Simple.VARCHAR),
          Column.notNull("operator", Simple.VARCHAR),
          Column.notNull("detail", Simple.VARCHAR),
          Column.notNull("inputs", NAMES),
          Column.notNull("views", NAMES),
          Column.notNull("rows_in", Simple.BIGINT),
          Column.notNull("rows_out", Simple.BIGINT),
          Column.notNull("state_rows", Simple.BIGINT),
          Column.notNull("memory_bytes", Simple.BIGINT),
          Column.notNull("disk_bytes", Simple.BIGINT),
          Column.notNull("busy_millis", Simple.DOUBLE));

  private SystemTables() {}

  /** The relations of a catalog and the system's, for queries. */
  public static Catalog with(Catalog catalog) {
    List<Catalog.Relation> all = new ArrayList<>(catalog.relations());
    if (all.stream().noneMatch(relation -> relation.name().equalsIgnoreCase(OPERATORS))) {
      all.add(Catalog.Relation.of(OPERATORS, OPERATOR_SCHEMA, "id"));
    }
    return Catalog.of(all, catalog.functions());
  }

  /**
   * The snapshot to run a query over: with what it reads of the system's tables.
   *
   * @param operators is asked only when the query reads them
   */
  public static Snapshot extend(
      Snapshot snapshot, CompiledQuery query, Supplier<List<OperatorStatistics>> operators) {
    return !snapshot.relations().contains(OPERATORS) && reads(query.plan())
        ? snapshot.with(OPERATORS, rows(operators.get()))
        : snapshot;
  }

  private static boolean reads(Plan plan) {
    return (plan instanceof Plan.Scan scan && scan.relation().equals(OPERATORS))
        || plan.inputs().stream().anyMatch(SystemTables::reads);
  }

  private static Batch rows(List<OperatorStatistics> operators) {
    BatchBuilder rows = new BatchBuilder(OPERATOR_SCHEMA, operators.size());
    for (OperatorStatistics each : operators) {
      rows.row(
          1,
          each.id(),
          each.operator(),
          each.detail(),
          each.inputs(),
          each.views(),
          each.rowsIn(),
          each.rowsOut(),
          each.stateRows(),
          each.stateBytes(),
          each.spilledBytes(),
          each.nanos() / NANOS_PER_MILLI);
    }
    return rows.build();
  }
}
