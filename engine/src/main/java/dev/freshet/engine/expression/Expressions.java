package dev.freshet.engine.expression;

import dev.freshet.core.error.FreshetException;
import dev.freshet.sql.plan.Expression;

/** Compiles the plan's expressions. */
public final class Expressions {
  private Expressions() {}

  /**
   * Picks the kernels for an expression; constant parts are computed now.
   *
   * @throws FreshetException {@code SQL_UNSUPPORTED} for a function or cast over types that it is
   *     not defined for, {@code SQL_INVALID} for a JSON path that does not parse
   */
  public static CompiledExpression compile(Expression expression) {
    return new Compiler().compile(expression);
  }
}
