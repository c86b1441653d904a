package dev.freshet.sql.dialect;

import static dev.freshet.sql.dialect.FreshetFunctions.function;
import static dev.freshet.sql.dialect.FreshetFunctions.optional;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;

/**
 * More of Flink's built-in functions, under its names: those whose translation is {@code
 * dev.freshet.sql.translate.BuiltInCalls}.
 */
final class BuiltInFunctions {
  private static final SqlTypeFamily CHARACTER = SqlTypeFamily.CHARACTER;
  private static final SqlTypeFamily INTEGER = SqlTypeFamily.INTEGER;
  private static final SqlTypeFamily ARRAY = SqlTypeFamily.ARRAY;

  private static final SqlReturnTypeInference TEXT =
      ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.TO_NULLABLE);
  private static final SqlReturnTypeInference MAYBE_TEXT =
      ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.FORCE_NULLABLE);
  private static final SqlReturnTypeInference BYTES =
      ReturnTypes.explicit(SqlTypeName.VARBINARY).andThen(SqlTypeTransforms.TO_NULLABLE);
  private static final SqlReturnTypeInference MAYBE_BYTES =
      ReturnTypes.explicit(SqlTypeName.VARBINARY).andThen(SqlTypeTransforms.FORCE_NULLABLE);

  private BuiltInFunctions() {}

  static List<SqlOperator> all() {
    List<SqlOperator> all = new ArrayList<>();
    numbers(all);
    texts(all);
    encodings(all);
    times(all);
    arrays(all);
    all.addAll(CollectionFunctions.all());
    return all;
  }

  private static void numbers(List<SqlOperator> all) {
    for (String name :
        List.of(
            "LOG2", "SIN", "COS", "TAN", "COT", "ASIN", "ACOS", "ATAN", "SINH", "COSH", "TANH",
            "DEGREES", "RADIANS")) {
      all.add(function(name, ReturnTypes.DOUBLE_NULLABLE, OperandTypes.NUMERIC));
    }
    all.add(function("ATAN2", ReturnTypes.DOUBLE_NULLABLE, OperandTypes.NUMERIC_NUMERIC));
    all.add(
        function(
            "LOG",
            ReturnTypes.DOUBLE_NULLABLE,
            optional(1, SqlTypeFamily.NUMERIC, SqlTypeFamily.NUMERIC)));
    all.add(function("PI", ReturnTypes.DOUBLE, OperandTypes.NILADIC));
    all.add(function("E", ReturnTypes.DOUBLE, OperandTypes.NILADIC));
    all.add(
        function("TRUNCATE", FreshetFunctions::roundType, OperandTypes.NUMERIC_OPTIONAL_INTEGER));
    all.add(function("BIN", TEXT, OperandTypes.family(INTEGER)));
    all.add(
        function(
            "HEX", TEXT, OperandTypes.or(OperandTypes.family(INTEGER), OperandTypes.CHARACTER)));
  }

  private static void texts(List<SqlOperator> all) {
    all.add(
        function(
            "CONCAT_WS",
            ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.ARG0_NULLABLE),
            OperandTypes.repeat(SqlOperandCountRanges.from(2), OperandTypes.CHARACTER)));
    all.add(function("REPEAT", TEXT, OperandTypes.family(CHARACTER, INTEGER)));
    all.add(function("INITCAP", TEXT, OperandTypes.CHARACTER));
    all.add(function("ASCII", ReturnTypes.INTEGER_NULLABLE, OperandTypes.CHARACTER));
    all.add(function("CHR", TEXT, OperandTypes.family(INTEGER)));
    for (String name : List.of("STARTSWITH", "ENDSWITH")) {
      all.add(
          function(name, ReturnTypes.BOOLEAN_NULLABLE, OperandTypes.family(CHARACTER, CHARACTER)));
    }
    for (String name : List.of("IS_ALPHA", "IS_DIGIT", "IS_DECIMAL")) {
      all.add(function(name, ReturnTypes.BOOLEAN_NOT_NULL, OperandTypes.CHARACTER));
    }
    all.add(function("TYPEOF", ReturnTypes.VARCHAR, OperandTypes.ANY));
    all.add(function("JSON_STRING", TEXT, OperandTypes.ANY));
    all.add(function("JSON_QUOTE", TEXT, OperandTypes.CHARACTER));
    all.add(function("JSON_UNQUOTE", TEXT, OperandTypes.CHARACTER));
    all.add(function("TRANSLATE", TEXT, OperandTypes.family(CHARACTER, CHARACTER, CHARACTER)));
    all.add(function("ELT", MAYBE_TEXT, OperandTypes.variadic(SqlOperandCountRanges.from(2))));
    all.add(function("SPLIT", textArray(), OperandTypes.family(CHARACTER, CHARACTER)));
    all.add(function("PARSE_URL", MAYBE_TEXT, optional(2, CHARACTER, CHARACTER, CHARACTER)));
    all.add(function("REGEXP_REPLACE", TEXT, OperandTypes.family(CHARACTER, CHARACTER, CHARACTER)));
    for (String name : List.of("REGEXP_COUNT", "REGEXP_INSTR")) {
      all.add(
          function(name, ReturnTypes.INTEGER_NULLABLE, OperandTypes.family(CHARACTER, CHARACTER)));
    }
    all.add(function("REGEXP_SUBSTR", MAYBE_TEXT, OperandTypes.family(CHARACTER, CHARACTER)));
    all.add(
        function(
            "REGEXP_EXTRACT_ALL",
            textArray().andThen(SqlTypeTransforms.FORCE_NULLABLE),
            optional(2, CHARACTER, CHARACTER, INTEGER)));
  }

  private static void encodings(List<SqlOperator> all) {
    for (String name :
        List.of(
            "MD5",
            "SHA1",
            "SHA224",
            "SHA256",
            "SHA384",
            "SHA512",
            "TO_BASE64",
            "FROM_BASE64",
            "URL_ENCODE")) {
      all.add(function(name, TEXT, OperandTypes.CHARACTER));
    }
    all.add(function("URL_DECODE", MAYBE_TEXT, OperandTypes.CHARACTER));
    all.add(function("SHA2", TEXT, OperandTypes.family(CHARACTER, INTEGER)));
    all.add(function("UNHEX", MAYBE_BYTES, OperandTypes.CHARACTER));
    all.add(function("ENCODE", BYTES, OperandTypes.family(CHARACTER, CHARACTER)));
    all.add(function("DECODE", TEXT, OperandTypes.family(SqlTypeFamily.BINARY, CHARACTER)));
  }

  private static void times(List<SqlOperator> all) {
    all.add(
        function(
            "TO_DATE",
            ReturnTypes.DATE.andThen(SqlTypeTransforms.FORCE_NULLABLE),
            optional(1, CHARACTER, CHARACTER)));
    all.add(
        function(
            "TO_TIMESTAMP",
            timestamp(SqlTypeName.TIMESTAMP).andThen(SqlTypeTransforms.FORCE_NULLABLE),
            optional(1, CHARACTER, CHARACTER)));
    all.add(
        function(
            "TO_TIMESTAMP_LTZ",
            BuiltInFunctions::moment,
            OperandTypes.or(optional(1, INTEGER, INTEGER), optional(1, CHARACTER, CHARACTER))));
    all.add(
        function(
            "UNIX_TIMESTAMP",
            ReturnTypes.BIGINT.andThen(SqlTypeTransforms.FORCE_NULLABLE),
            optional(1, CHARACTER, CHARACTER)));
    all.add(function("FROM_UNIXTIME", TEXT, optional(1, INTEGER, CHARACTER)));
    all.add(
        function("CONVERT_TZ", MAYBE_TEXT, OperandTypes.family(CHARACTER, CHARACTER, CHARACTER)));
  }

  /** NULL for a text that does not fit. */
  private static RelDataType moment(SqlOperatorBinding call) {
    RelDataType argument = call.getOperandType(0);
    RelDataType type =
        call.getTypeFactory().createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, 6);
    boolean mayBeNull =
        CHARACTER.getTypeNames().contains(argument.getSqlTypeName()) || argument.isNullable();
    return call.getTypeFactory().createTypeWithNullability(type, mayBeNull);
  }

  private static SqlReturnTypeInference timestamp(SqlTypeName name) {
    return call -> call.getTypeFactory().createSqlType(name, 6);
  }

  private static void arrays(List<SqlOperator> all) {
    all.add(
        function(
            "ARRAY_POSITION",
            ReturnTypes.INTEGER_NULLABLE,
            OperandTypes.family(ARRAY, SqlTypeFamily.ANY)));
    for (String name : List.of("ARRAY_DISTINCT", "ARRAY_REVERSE")) {
      all.add(function(name, ReturnTypes.ARG0_NULLABLE, OperandTypes.family(ARRAY)));
    }
    for (String name : List.of("ARRAY_APPEND", "ARRAY_PREPEND", "ARRAY_REMOVE")) {
      all.add(
          function(
              name, BuiltInFunctions::firstArray, OperandTypes.family(ARRAY, SqlTypeFamily.ANY)));
    }
    for (String name : List.of("ARRAY_MAX", "ARRAY_MIN")) {
      all.add(function(name, BuiltInFunctions::elementOfArray, OperandTypes.family(ARRAY)));
    }
    all.add(
        function("ARRAY_SLICE", ReturnTypes.ARG0_NULLABLE, optional(2, ARRAY, INTEGER, INTEGER)));
    for (String name : List.of("ARRAY_UNION", "ARRAY_INTERSECT", "ARRAY_EXCEPT")) {
      all.add(function(name, BuiltInFunctions::commonArray, OperandTypes.family(ARRAY, ARRAY)));
    }
    all.add(
        function(
            "ARRAY_CONCAT",
            BuiltInFunctions::commonArray,
            OperandTypes.repeat(SqlOperandCountRanges.from(1), OperandTypes.family(ARRAY))));
  }

  private static RelDataType firstArray(SqlOperatorBinding call) {
    return call.getOperandType(0);
  }

  private static RelDataType elementOfArray(SqlOperatorBinding call) {
    RelDataType element = Objects.requireNonNull(call.getOperandType(0).getComponentType());
    return call.getTypeFactory().createTypeWithNullability(element, true);
  }

  private static RelDataType commonArray(SqlOperatorBinding call) {
    RelDataType common =
        Objects.requireNonNullElse(
            call.getTypeFactory().leastRestrictive(call.collectOperandTypes()),
            call.getOperandType(0));
    boolean mayBeNull = call.collectOperandTypes().stream().anyMatch(RelDataType::isNullable);
    return call.getTypeFactory().createTypeWithNullability(common, mayBeNull);
  }

  private static SqlReturnTypeInference textArray() {
    SqlReturnTypeInference array =
        call -> {
          RelDataType text = call.getTypeFactory().createSqlType(SqlTypeName.VARCHAR);
          return call.getTypeFactory()
              .createArrayType(call.getTypeFactory().createTypeWithNullability(text, true), -1);
        };
    return array.andThen(SqlTypeTransforms.TO_NULLABLE);
  }
}
