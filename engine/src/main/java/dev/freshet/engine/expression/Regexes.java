package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The compiled patterns of a call, the second argument: one constant, or those met so far in a
 * column.
 *
 * <p>Regular expressions are {@code java.util.regex}'s, as Flink's are. It backtracks, so that a
 * pattern of several repetitions, such as {@code (.*)(.*)(.*)x}, could take time of a high power of
 * the text's length, or exponential. Every look at a character counts, and a row that takes more
 * than its text's length allows fails.
 */
final class Regexes {
  /** The most compiled patterns that one call keeps when the pattern is a column. */
  private static final int MAX_PATTERNS = 1_000;

  private static final long MAX_LOOKS = 2_000_000;
  private static final long LOOKS_PER_CHARACTER = 100;

  private final Optional<Optional<Pattern>> constant;
  private final Map<String, Optional<Pattern>> cache = new HashMap<>();

  private Regexes(Optional<Optional<Pattern>> constant) {
    this.constant = constant;
  }

  static Regexes ofConstant(Node regex) {
    return new Regexes(
        regex instanceof ConstantNode node && !node.value().isNull(0)
            ? Optional.of(compile(((BytesVector) node.value()).text(0)))
            : Optional.empty());
  }

  /** Calls do not share a cache, because they may run on different threads. */
  Regexes forCall() {
    return constant.isPresent() ? this : new Regexes(constant);
  }

  private Optional<Pattern> get(Arguments x, int row) {
    if (constant.isPresent()) {
      return constant.get();
    }
    if (cache.size() >= MAX_PATTERNS) {
      cache.clear();
    }
    return cache.computeIfAbsent(x.bytes(1).text(row & x.mask(1)), Regexes::compile);
  }

  private static Optional<Pattern> compile(String regex) {
    try {
      return Optional.of(Pattern.compile(regex));
    } catch (PatternSyntaxException _) {
      return Optional.empty();
    }
  }

  /**
   * What a function makes of the row's text and pattern; {@code otherwise} when it fails, which is
   * then recorded. Java's matcher recurses, so that a long text can exhaust the stack: that is the
   * row's failure, not the engine's.
   */
  int apply(Arguments x, int row, int otherwise, ToIntFunction<Matcher> function) {
    Optional<Pattern> pattern = get(x, row);
    if (pattern.isEmpty()) {
      x.fail(row, FailureKind.INVALID_PATTERN);
      return otherwise;
    }
    CountedText text = new CountedText(x.bytes(0).text(row & x.mask(0)));
    try {
      return function.applyAsInt(pattern.get().matcher(text));
    } catch (StackOverflowError | TooManyLooks _) {
      x.fail(row, FailureKind.PATTERN_TOO_COSTLY);
      return otherwise;
    }
  }

  /** Thrown out of the matcher, which knows no other way to stop. */
  private static final class TooManyLooks extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final TooManyLooks INSTANCE = new TooManyLooks();

    private TooManyLooks() {
      super("the pattern takes too many steps", null, false, false);
    }
  }

  /** A text that may be looked at a limited number of times. */
  private static final class CountedText implements CharSequence {
    private final String text;
    private long left;

    CountedText(String text) {
      this.text = text;
      this.left = MAX_LOOKS + LOOKS_PER_CHARACTER * text.length();
    }

    @Override
    public char charAt(int index) {
      if (--left < 0) {
        throw TooManyLooks.INSTANCE;
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
