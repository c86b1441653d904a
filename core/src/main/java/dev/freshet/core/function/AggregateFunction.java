package dev.freshet.core.function;

/**
 * A function of a group's rows. Besides the methods below it has one or several public methods
 * {@code A accumulate(A accumulator, ...)} that give the accumulator with a row's values taken in,
 * and, for each of them or for none, {@code A retract(A accumulator, ...)} that takes them out
 * again.
 *
 * <p>With {@code retract} a change costs what the change is, whatever the size of the group: the
 * accumulator is kept, so it is a value of a type that SQL has, such as a record of numbers, and is
 * never changed in place. The order in which values are taken in and out must not matter. Without
 * {@code retract} the function sees all of a group's rows again when one of them changes, sorted by
 * the arguments; an accumulator may then be anything.
 *
 * @param <A> the accumulator
 * @param <R> the result
 */
public abstract non-sealed class AggregateFunction<A, R> extends UserFunction {
  /** The accumulator of no rows. */
  public abstract A start();

  /** What the accumulator answers; null for NULL. */
  public abstract R result(A accumulator);
}
