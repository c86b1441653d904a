package dev.freshet.core.function;

/**
 * A function of a row's values: one or several public methods called {@code eval}, told apart by
 * their parameters.
 *
 * <pre>{@code
 * public final class CountChar extends ScalarFunction {
 *   public long eval(String text, String character) {
 *     return text.chars().filter(c -> c == character.charAt(0)).count();
 *   }
 * }
 * }</pre>
 */
public abstract non-sealed class ScalarFunction extends UserFunction {}
