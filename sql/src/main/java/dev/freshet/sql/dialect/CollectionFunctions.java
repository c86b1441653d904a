package dev.freshet.sql.dialect;

import static dev.freshet.sql.dialect.FreshetFunctions.function;
import static dev.freshet.sql.dialect.FreshetFunctions.optional;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;

/** Functions of maps, and of arrays as what they become. */
final class CollectionFunctions {
  private static final SqlTypeFamily ARRAY = SqlTypeFamily.ARRAY;
  private static final SqlTypeFamily MAP = SqlTypeFamily.MAP;

  private CollectionFunctions() {}

  static List<SqlOperator> all() {
    List<SqlOperator> all = new ArrayList<>();
    all.add(function("MAP_KEYS", nullable(CollectionFunctions::keys), OperandTypes.family(MAP)));
    all.add(
        function("MAP_VALUES", nullable(CollectionFunctions::values), OperandTypes.family(MAP)));
    all.add(
        function("MAP_ENTRIES", nullable(CollectionFunctions::entries), OperandTypes.family(MAP)));
    all.add(
        function(
            "MAP_FROM_ARRAYS",
            nullable(CollectionFunctions::ofArrays),
            OperandTypes.family(ARRAY, ARRAY)));
    all.add(
        function(
            "MAP_UNION",
            ReturnTypes.LEAST_RESTRICTIVE.andThen(SqlTypeTransforms.TO_NULLABLE),
            OperandTypes.repeat(SqlOperandCountRanges.from(1), OperandTypes.family(MAP))));
    all.add(
        function(
            "STR_TO_MAP",
            nullable(CollectionFunctions::texts),
            optional(
                1, SqlTypeFamily.CHARACTER, SqlTypeFamily.CHARACTER, SqlTypeFamily.CHARACTER)));
    all.add(
        function(
            "ARRAY_SORT",
            ReturnTypes.ARG0_NULLABLE,
            optional(1, ARRAY, SqlTypeFamily.BOOLEAN, SqlTypeFamily.BOOLEAN)));
    all.add(function("ELEMENT", CollectionFunctions::only, OperandTypes.family(ARRAY)));
    return all;
  }

  private static SqlReturnTypeInference nullable(SqlReturnTypeInference type) {
    return type.andThen(SqlTypeTransforms.TO_NULLABLE);
  }

  private static RelDataType array(SqlOperatorBinding call, RelDataType element) {
    return call.getTypeFactory().createArrayType(element, -1);
  }

  private static RelDataType keys(SqlOperatorBinding call) {
    return array(call, Objects.requireNonNull(call.getOperandType(0).getKeyType()));
  }

  private static RelDataType values(SqlOperatorBinding call) {
    RelDataType value = Objects.requireNonNull(call.getOperandType(0).getValueType());
    return array(call, call.getTypeFactory().createTypeWithNullability(value, true));
  }

  private static RelDataType entries(SqlOperatorBinding call) {
    RelDataType map = call.getOperandType(0);
    RelDataTypeFactory factory = call.getTypeFactory();
    RelDataType value = Objects.requireNonNull(map.getValueType());
    RelDataType entry =
        factory
            .builder()
            .add("key", Objects.requireNonNull(map.getKeyType()))
            .add("value", factory.createTypeWithNullability(value, true))
            .build();
    return array(call, entry);
  }

  private static RelDataType ofArrays(SqlOperatorBinding call) {
    RelDataTypeFactory factory = call.getTypeFactory();
    RelDataType key = Objects.requireNonNull(call.getOperandType(0).getComponentType());
    RelDataType value = Objects.requireNonNull(call.getOperandType(1).getComponentType());
    return factory.createMapType(
        factory.createTypeWithNullability(key, false),
        factory.createTypeWithNullability(value, true));
  }

  private static RelDataType texts(SqlOperatorBinding call) {
    RelDataTypeFactory factory = call.getTypeFactory();
    RelDataType text = factory.createSqlType(SqlTypeName.VARCHAR);
    return factory.createMapType(text, factory.createTypeWithNullability(text, true));
  }

  private static RelDataType only(SqlOperatorBinding call) {
    RelDataType element = Objects.requireNonNull(call.getOperandType(0).getComponentType());
    return call.getTypeFactory().createTypeWithNullability(element, true);
  }
}
