package dev.freshet.sql.dialect;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;

/**
 * The functions that Calcite's standard table lacks or that it would rewrite in a way of its own.
 * The name of each is that of a plan function, or one that the translation knows.
 */
public final class FreshetFunctions {
  private static final SqlReturnTypeInference TEXT =
      ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.TO_NULLABLE);
  private static final SqlReturnTypeInference NULLABLE_TEXT =
      ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.FORCE_NULLABLE);
  private static final SqlTypeFamily CHARACTER = SqlTypeFamily.CHARACTER;
  private static final SqlTypeFamily INTEGER = SqlTypeFamily.INTEGER;

  /**
   * The start of the tumbling window of (time, size, offset); the type of the time. Not for SQL
   * text: the translation of the TUMBLE table function makes it.
   */
  public static final SqlFunction TUMBLE_START =
      function("TUMBLE_START", ReturnTypes.ARG0, OperandTypes.VARIADIC);

  /**
   * (time, slide, size, offset): a table function that adds the start of each window. Made, as the
   * next two, by the translation of the window functions only.
   */
  public static final SqlFunction HOP_STARTS =
      function("HOP_STARTS", ReturnTypes.ARG0, OperandTypes.VARIADIC);

  /** (time, step, size, offset): a table function that adds the end of each window. */
  public static final SqlFunction CUMULATE_ENDS =
      function("CUMULATE_ENDS", ReturnTypes.ARG0, OperandTypes.VARIADIC);

  /** (time, gap, partition...): a table function that adds a session's start and end. */
  public static final SqlFunction SESSIONS =
      function("SESSIONS", ReturnTypes.ARG0, OperandTypes.VARIADIC);

  /** (x): x itself, which the planner cannot look into. Not for SQL text. */
  public static final SqlFunction HIDDEN =
      function("HIDDEN", ReturnTypes.ARG0, OperandTypes.VARIADIC);

  /** (unit, from, to): whole units between two times. TIMESTAMPDIFF becomes this. */
  public static final SqlFunction TIME_DIFFERENCE =
      function("TIME_DIFFERENCE", ReturnTypes.INTEGER_NULLABLE, OperandTypes.VARIADIC);

  private FreshetFunctions() {}

  static List<SqlOperator> all() {
    List<SqlOperator> all = new ArrayList<>(basic());
    all.addAll(BuiltInFunctions.all());
    return all;
  }

  private static List<SqlOperator> basic() {
    return List.of(
        function("SQRT", ReturnTypes.DOUBLE_NULLABLE, OperandTypes.NUMERIC),
        function("EXP", ReturnTypes.DOUBLE_NULLABLE, OperandTypes.NUMERIC),
        function("LN", ReturnTypes.DOUBLE_NULLABLE, OperandTypes.NUMERIC),
        function("LOG10", ReturnTypes.DOUBLE_NULLABLE, OperandTypes.NUMERIC),
        function("POWER", ReturnTypes.DOUBLE_NULLABLE, OperandTypes.NUMERIC_NUMERIC),
        function("ROUND", FreshetFunctions::roundType, OperandTypes.NUMERIC_OPTIONAL_INTEGER),
        function("CONCAT", TEXT, OperandTypes.repeat(atLeast(1), OperandTypes.CHARACTER)),
        function("LTRIM", TEXT, optional(1, CHARACTER, CHARACTER)),
        function("RTRIM", TEXT, optional(1, CHARACTER, CHARACTER)),
        function("BTRIM", TEXT, optional(1, CHARACTER, CHARACTER)),
        function("REPLACE", TEXT, OperandTypes.family(CHARACTER, CHARACTER, CHARACTER)),
        function("LPAD", TEXT, OperandTypes.family(CHARACTER, INTEGER, CHARACTER)),
        function("RPAD", TEXT, OperandTypes.family(CHARACTER, INTEGER, CHARACTER)),
        function("REVERSE", TEXT, OperandTypes.CHARACTER),
        function("LEFT", TEXT, OperandTypes.family(CHARACTER, INTEGER)),
        function("RIGHT", TEXT, OperandTypes.family(CHARACTER, INTEGER)),
        function("SUBSTR", TEXT, optional(2, CHARACTER, INTEGER, INTEGER)),
        function("INSTR", ReturnTypes.INTEGER_NULLABLE, OperandTypes.family(CHARACTER, CHARACTER)),
        function(
            "LOCATE", ReturnTypes.INTEGER_NULLABLE, optional(2, CHARACTER, CHARACTER, INTEGER)),
        function("SPLIT_INDEX", NULLABLE_TEXT, OperandTypes.family(CHARACTER, CHARACTER, INTEGER)),
        function("REGEXP_EXTRACT", NULLABLE_TEXT, optional(2, CHARACTER, CHARACTER, INTEGER)),
        function("REGEXP", ReturnTypes.BOOLEAN_NULLABLE, OperandTypes.family(CHARACTER, CHARACTER)),
        function(
            "DATE_FORMAT",
            TEXT,
            OperandTypes.or(
                OperandTypes.family(SqlTypeFamily.DATETIME, CHARACTER),
                OperandTypes.family(CHARACTER, CHARACTER))),
        function(
            "ARRAY_CONTAINS",
            ReturnTypes.BOOLEAN_NULLABLE,
            OperandTypes.family(SqlTypeFamily.ARRAY, SqlTypeFamily.ANY)),
        function("ARRAY_JOIN", TEXT, OperandTypes.family(SqlTypeFamily.ARRAY, CHARACTER)),
        function("GREATEST", leastRestrictive(), OperandTypes.SAME_VARIADIC),
        function("LEAST", leastRestrictive(), OperandTypes.SAME_VARIADIC),
        function("IFNULL", FreshetFunctions::ifNullType, OperandTypes.SAME_SAME));
  }

  static SqlFunction function(
      String name, SqlReturnTypeInference type, SqlOperandTypeChecker operands) {
    return new SqlFunction(
        name,
        SqlKind.OTHER_FUNCTION,
        type,
        null,
        operands,
        SqlFunctionCategory.USER_DEFINED_FUNCTION);
  }

  private static org.apache.calcite.sql.SqlOperandCountRange atLeast(int count) {
    return org.apache.calcite.sql.type.SqlOperandCountRanges.from(count);
  }

  /** Arguments of these families, the first ones only, too. */
  static SqlOperandTypeChecker optional(int required, SqlTypeFamily... families) {
    List<SqlTypeFamily> all = List.of(families);
    SqlOperandTypeChecker[] counts = new SqlOperandTypeChecker[families.length - required + 1];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = OperandTypes.family(all.subList(0, required + i));
    }
    return counts.length == 1 ? counts[0] : OperandTypes.or(counts);
  }

  private static SqlReturnTypeInference leastRestrictive() {
    return ReturnTypes.LEAST_RESTRICTIVE.andThen(SqlTypeTransforms.TO_NULLABLE);
  }

  private static RelDataType ifNullType(SqlOperatorBinding call) {
    RelDataTypeFactory factory = call.getTypeFactory();
    RelDataType type = ReturnTypes.LEAST_RESTRICTIVE.inferReturnType(call);
    return factory.createTypeWithNullability(
        java.util.Objects.requireNonNull(type), call.getOperandType(1).isNullable());
  }

  /** ROUND of a DECIMAL keeps the digits asked for and has room for a carry, as in Flink. */
  static RelDataType roundType(SqlOperatorBinding call) {
    RelDataType argument = call.getOperandType(0);
    if (argument.getSqlTypeName() != SqlTypeName.DECIMAL) {
      return ReturnTypes.ARG0_NULLABLE.inferReturnType(call) == null ? argument : nullable(call);
    }
    int digits = 0;
    if (call.getOperandCount() > 1) {
      if (!call.isOperandLiteral(1, true)) {
        return nullable(call);
      }
      BigDecimal literal = call.getOperandLiteralValue(1, BigDecimal.class);
      digits = literal == null ? 0 : literal.intValue();
    }
    int scale = argument.getScale();
    if (digits >= scale) {
      return nullable(call);
    }
    int precision = 1 + argument.getPrecision() - scale + Math.max(0, digits);
    RelDataTypeFactory factory = call.getTypeFactory();
    RelDataType type =
        factory.createSqlType(
            SqlTypeName.DECIMAL,
            Math.min(precision, factory.getTypeSystem().getMaxPrecision(SqlTypeName.DECIMAL)),
            Math.max(0, digits));
    return factory.createTypeWithNullability(type, nullable(call).isNullable());
  }

  private static RelDataType nullable(SqlOperatorBinding call) {
    boolean mayBeNull = call.collectOperandTypes().stream().anyMatch(RelDataType::isNullable);
    return call.getTypeFactory().createTypeWithNullability(call.getOperandType(0), mayBeNull);
  }
}
