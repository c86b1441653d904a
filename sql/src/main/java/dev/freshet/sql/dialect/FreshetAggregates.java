package dev.freshet.sql.dialect;

import java.util.List;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlBasicAggFunction;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.apache.calcite.util.Optionality;

/** The aggregates beyond COUNT, SUM, AVG, MIN and MAX. The translation knows them by name. */
final class FreshetAggregates {
  private static final SqlReturnTypeInference DOUBLE =
      ReturnTypes.DOUBLE.andThen(SqlTypeTransforms.FORCE_NULLABLE);
  private static final SqlReturnTypeInference BOOLEAN =
      ReturnTypes.BOOLEAN.andThen(SqlTypeTransforms.FORCE_NULLABLE);
  private static final SqlReturnTypeInference TEXT =
      ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.FORCE_NULLABLE);

  static final SqlFunction PERCENTILE_CONT =
      percentile("PERCENTILE_CONT", SqlKind.PERCENTILE_CONT, FreshetAggregates::interpolated);
  static final SqlFunction PERCENTILE_DISC =
      percentile("PERCENTILE_DISC", SqlKind.PERCENTILE_DISC, FreshetAggregates::ordered);

  /** Calcite's own is never NULL, but it is over no rows, and then conditions on it go wrong. */
  private static final SqlFunction ARRAY_AGG =
      SqlBasicAggFunction.create(
              "ARRAY_AGG",
              SqlKind.ARRAY_AGG,
              Objects.requireNonNull(SqlLibraryOperators.ARRAY_AGG.getReturnTypeInference())
                  .andThen(SqlTypeTransforms.FORCE_NULLABLE),
              OperandTypes.ANY)
          .withFunctionType(SqlFunctionCategory.SYSTEM)
          .withSyntax(SqlSyntax.ORDERED_FUNCTION)
          .withAllowsNullTreatment(true);

  private FreshetAggregates() {}

  static List<SqlOperator> all() {
    return List.of(
        numeric("VAR_POP", SqlKind.VAR_POP),
        numeric("VAR_SAMP", SqlKind.VAR_SAMP),
        numeric("VARIANCE", SqlKind.VAR_SAMP),
        numeric("STDDEV_POP", SqlKind.STDDEV_POP),
        numeric("STDDEV_SAMP", SqlKind.STDDEV_SAMP),
        numeric("STDDEV", SqlKind.STDDEV_SAMP),
        numeric("MEDIAN", SqlKind.OTHER_FUNCTION),
        aggregate("PERCENTILE", SqlKind.OTHER_FUNCTION, DOUBLE, OperandTypes.NUMERIC_NUMERIC),
        aggregate("BOOL_AND", SqlKind.OTHER_FUNCTION, BOOLEAN, OperandTypes.BOOLEAN),
        aggregate("BOOL_OR", SqlKind.OTHER_FUNCTION, BOOLEAN, OperandTypes.BOOLEAN),
        aggregate("EVERY", SqlKind.OTHER_FUNCTION, BOOLEAN, OperandTypes.BOOLEAN),
        aggregate(
            "ANY_VALUE",
            SqlKind.ANY_VALUE,
            ReturnTypes.ARG0.andThen(SqlTypeTransforms.FORCE_NULLABLE),
            OperandTypes.ANY),
        byKey("ARG_MIN", SqlKind.ARG_MIN),
        byKey("ARG_MAX", SqlKind.ARG_MAX),
        aggregate(
                "LISTAGG",
                SqlKind.LISTAGG,
                TEXT,
                OperandTypes.CHARACTER.or(OperandTypes.CHARACTER_CHARACTER))
            .withGroupOrder(Optionality.OPTIONAL),
        PERCENTILE_CONT,
        PERCENTILE_DISC,
        ARRAY_AGG,
        SqlStdOperatorTable.JSON_ARRAYAGG,
        SqlStdOperatorTable.JSON_OBJECTAGG,
        SqlStdOperatorTable.APPROX_COUNT_DISTINCT,
        SqlStdOperatorTable.GROUPING_ID,
        SqlStdOperatorTable.WITHIN_GROUP,
        SqlStdOperatorTable.IGNORE_NULLS,
        SqlStdOperatorTable.RESPECT_NULLS);
  }

  private static SqlBasicAggFunction aggregate(
      String name, SqlKind kind, SqlReturnTypeInference type, SqlOperandTypeChecker operands) {
    return SqlBasicAggFunction.create(name, kind, type, operands);
  }

  private static SqlBasicAggFunction numeric(String name, SqlKind kind) {
    return aggregate(name, kind, DOUBLE, OperandTypes.NUMERIC);
  }

  private static SqlBasicAggFunction byKey(String name, SqlKind kind) {
    return aggregate(
        name,
        kind,
        ReturnTypes.ARG0.andThen(SqlTypeTransforms.FORCE_NULLABLE),
        OperandTypes.ANY_COMPARABLE);
  }

  private static SqlBasicAggFunction percentile(
      String name, SqlKind kind, SqlReturnTypeInference type) {
    return aggregate(name, kind, type, OperandTypes.UNIT_INTERVAL_NUMERIC_LITERAL)
        .withGroupOrder(Optionality.MANDATORY)
        .withPercentile(true);
  }

  private static RelDataType interpolated(SqlOperatorBinding call) {
    RelDataTypeFactory factory = call.getTypeFactory();
    return factory.createTypeWithNullability(factory.createSqlType(SqlTypeName.DOUBLE), true);
  }

  private static RelDataType ordered(SqlOperatorBinding call) {
    RelDataType type = Objects.requireNonNull(call.getCollationType(), "ordered");
    return call.getTypeFactory().createTypeWithNullability(type, true);
  }
}
