package dev.freshet.sql.dialect;

import dev.freshet.core.function.library.BoundFunction;
import dev.freshet.core.function.library.ScalarMethod;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;

/** A scalar function in Java, or a table function as one that gives the array of its rows. */
public final class UserScalar extends SqlFunction {
  private final Overloads overloads;

  UserScalar(BoundFunction function) {
    super(
        function.name().toUpperCase(java.util.Locale.ROOT),
        SqlKind.OTHER_FUNCTION,
        call -> type(call, new Overloads(function)),
        null,
        new Overloads(function),
        SqlFunctionCategory.USER_DEFINED_FUNCTION);
    this.overloads = new Overloads(function);
  }

  /** The method that takes these arguments. */
  public Optional<ScalarMethod> method(List<RelDataType> arguments) {
    return overloads.of(arguments).map(ScalarMethod.class::cast);
  }

  private static RelDataType type(SqlOperatorBinding call, Overloads overloads) {
    List<RelDataType> arguments = call.collectOperandTypes();
    ScalarMethod method = (ScalarMethod) overloads.of(arguments).orElseThrow();
    boolean mayBeNull = !method.neverReturnsNull();
    for (int i = 0; i < arguments.size(); i++) {
      mayBeNull |= method.isNullForNull(i) && arguments.get(i).isNullable();
    }
    FreshetTypeFactory factory = (FreshetTypeFactory) call.getTypeFactory();
    return factory.createTypeWithNullability(factory.type(method.type()), mayBeNull);
  }
}
