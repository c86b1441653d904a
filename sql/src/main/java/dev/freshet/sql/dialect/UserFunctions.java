package dev.freshet.sql.dialect;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.function.library.BoundFunction;
import dev.freshet.core.function.library.FunctionLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlOperatorTables;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/** The functions of a library as Calcite's operators, beside the built-in ones. */
final class UserFunctions {
  private UserFunctions() {}

  static SqlOperatorTable beside(FreshetOperators builtIn, FunctionLibrary library) {
    if (library.functions().isEmpty()) {
      return builtIn;
    }
    Set<String> taken = builtIn.functionNames();
    List<SqlOperator> operators = new ArrayList<>();
    for (BoundFunction function : library.functions()) {
      if (taken.contains(function.name().toUpperCase(java.util.Locale.ROOT))) {
        throw new FreshetException(
            ErrorCode.FUNCTION_INVALID,
            "Cannot use function "
                + function.name()
                + ": SQL has one with this name. Override name().");
      }
      operators.add(
          switch (function) {
            case BoundFunction.Aggregate aggregate -> new UserAggregate(aggregate);
            case BoundFunction.Scalar _, BoundFunction.Table _ -> new UserScalar(function);
          });
    }
    return SqlOperatorTables.chain(builtIn, SqlOperatorTables.of(operators));
  }

  /**
   * A table function is a function whose array is unnested.
   *
   * <pre>
   * LATERAL TABLE(words(text))      UNNEST(words(text))
   * </pre>
   */
  static SqlNode unnested(SqlNode statement, FunctionLibrary library) {
    if (library.functions().isEmpty()) {
      return statement;
    }
    SqlNode rewritten = statement.accept(new Unnesting(library));
    return rewritten == null ? statement : rewritten;
  }

  private static final class Unnesting extends SqlShuttle {
    private final FunctionLibrary library;

    Unnesting(FunctionLibrary library) {
      this.library = library;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      SqlNode visited = super.visit(call);
      if (!(visited instanceof SqlCall inner) || inner.operandCount() != 1) {
        return visited;
      }
      SqlNode operand = inner.operand(0);
      if (inner.getKind() == SqlKind.LATERAL && operand.getKind() == SqlKind.UNNEST) {
        return operand;
      }
      boolean unnests =
          inner.getKind() == SqlKind.COLLECTION_TABLE
              && operand instanceof SqlCall function
              && function.getOperator() instanceof SqlFunction named
              && library
                  .find(named.getName())
                  .filter(BoundFunction.Table.class::isInstance)
                  .isPresent();
      return unnests
          ? SqlStdOperatorTable.UNNEST.createCall(inner.getParserPosition(), operand)
          : inner;
    }
  }
}
