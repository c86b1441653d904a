package dev.freshet.core.function;

/**
 * A function that gives rows: one or several public methods called {@code eval} that return a
 * {@code List}, another {@code Iterable} or a {@code Stream}. The components of a record are the
 * columns; any other element is one column. SQL calls it with {@code LATERAL TABLE(name(...))}.
 *
 * <pre>{@code
 * public final class Words extends TableFunction {
 *   public record Word(String word, int length) {}
 *
 *   public List<Word> eval(String text) {
 *     return Stream.of(text.split(" ")).map(word -> new Word(word, word.length())).toList();
 *   }
 * }
 * }</pre>
 */
public abstract non-sealed class TableFunction extends UserFunction {}
