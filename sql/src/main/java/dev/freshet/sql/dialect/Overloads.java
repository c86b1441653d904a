package dev.freshet.sql.dialect;

import dev.freshet.core.function.library.BoundFunction;
import dev.freshet.core.function.library.Overload;
import dev.freshet.core.type.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlTypeName;

/** Which method of a function takes which arguments: the one whose parameters are nearest. */
record Overloads(BoundFunction function) implements SqlOperandTypeChecker {
  Optional<Overload> of(List<RelDataType> arguments) {
    List<Optional<DataType>> types = new ArrayList<>();
    for (RelDataType argument : arguments) {
      boolean untyped = argument.getSqlTypeName() == SqlTypeName.NULL;
      Optional<DataType> type = untyped ? Optional.empty() : DataTypes.of(argument);
      if (type.isEmpty() && !untyped) {
        return Optional.empty();
      }
      types.add(type);
    }
    return ofTypes(types);
  }

  /** Empty stands for a NULL without a type. */
  Optional<Overload> ofTypes(List<Optional<DataType>> types) {
    Optional<Overload> nearest = Optional.empty();
    int least = Integer.MAX_VALUE;
    for (Overload overload : function.overloads()) {
      int distance = overload.distance(types).orElse(Integer.MAX_VALUE);
      if (distance < least) {
        least = distance;
        nearest = Optional.of(overload);
      }
    }
    return nearest;
  }

  @Override
  public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
    boolean right = of(binding.collectOperandTypes()).isPresent();
    if (!right && throwOnFailure) {
      throw binding.newValidationSignatureError();
    }
    return right;
  }

  @Override
  public SqlOperandCountRange getOperandCountRange() {
    int least = function.overloads().stream().mapToInt(Overload::argumentsMin).min().orElse(0);
    int most = function.overloads().stream().mapToInt(Overload::argumentsMax).max().orElse(0);
    return most == Integer.MAX_VALUE
        ? SqlOperandCountRanges.from(least)
        : SqlOperandCountRanges.between(least, most);
  }

  @Override
  public String getAllowedSignatures(SqlOperator operator, String name) {
    return function.overloads().stream().map(Overload::signature).collect(Collectors.joining(", "));
  }
}
