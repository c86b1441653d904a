package dev.freshet.sql.dialect;

import dev.freshet.core.function.library.AggregateMethod;
import dev.freshet.core.function.library.BoundFunction;
import dev.freshet.core.type.DataType;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.util.Optionality;

/** An aggregate function in Java. */
public final class UserAggregate extends SqlAggFunction {
  private final Overloads overloads;

  UserAggregate(BoundFunction.Aggregate function) {
    super(
        function.name().toUpperCase(java.util.Locale.ROOT),
        null,
        SqlKind.OTHER_FUNCTION,
        call -> type(call, new Overloads(function)),
        null,
        new Overloads(function),
        SqlFunctionCategory.USER_DEFINED_FUNCTION,
        false,
        false,
        Optionality.FORBIDDEN);
    this.overloads = new Overloads(function);
  }

  /** The method that takes these arguments. */
  public Optional<AggregateMethod> method(List<DataType> arguments) {
    return overloads
        .ofTypes(arguments.stream().map(Optional::of).toList())
        .map(AggregateMethod.class::cast);
  }

  private static RelDataType type(SqlOperatorBinding call, Overloads overloads) {
    AggregateMethod method =
        (AggregateMethod) overloads.of(call.collectOperandTypes()).orElseThrow();
    FreshetTypeFactory factory = (FreshetTypeFactory) call.getTypeFactory();
    return factory.createTypeWithNullability(factory.type(method.type()), true);
  }
}
