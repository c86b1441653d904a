package dev.freshet.sql.plan;

import dev.freshet.core.function.library.ScalarMethod;
import dev.freshet.core.type.DataType;
import java.util.List;
import java.util.Optional;

/**
 * A scalar expression over the columns of one input. A value: equal expressions compute equal
 * results.
 */
public sealed interface Expression {
  /** The literal TRUE. */
  Expression TRUE = new Literal(DataType.Simple.BOOLEAN, Optional.of(true));

  DataType type();

  /** The value of an input column. */
  record ColumnRef(int index, DataType type) implements Expression {}

  /**
   * A constant.
   *
   * @param value boxed as {@link dev.freshet.core.batch.Values} describes; empty for NULL
   */
  record Literal(DataType type, Optional<Object> value) implements Expression {}

  /**
   * A function of its arguments; see {@link Function} for what the types of the arguments must be.
   */
  record Call(Function function, List<Expression> arguments, DataType type) implements Expression {}

  /**
   * A function in Java. Its arguments are of types that the method takes without a cast; which
   * NULLs it sees says the method.
   */
  record UserCall(ScalarMethod method, List<Expression> arguments, DataType type)
      implements Expression {}

  /** A conversion to {@code type}. */
  record Cast(Expression operand, DataType type, OnFailure onFailure) implements Expression {
    /** What a value that cannot be converted becomes. */
    public enum OnFailure {
      /** The row fails: CAST. */
      ERROR,
      /** NULL: TRY_CAST. */
      NULL
    }
  }

  /**
   * CASE WHEN: the first branch whose condition is TRUE, else {@code otherwise}. All results have
   * the type of the whole. A row that would fail in a branch that is not taken does not fail.
   */
  record Case(List<Branch> branches, Expression otherwise, DataType type) implements Expression {
    /** One WHEN and its THEN. */
    public record Branch(Expression condition, Expression result) {}
  }
}
