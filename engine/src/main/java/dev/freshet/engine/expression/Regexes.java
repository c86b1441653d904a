package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

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
  private final Optional<RequiredText> required;
  private final Map<String, Optional<Pattern>> cache = new HashMap<>();
  private @Nullable Matcher last;

  private Regexes(Optional<Optional<Pattern>> constant, Optional<RequiredText> required) {
    this.constant = constant;
    this.required = required;
  }

  static Regexes ofConstant(Node regex) {
    if (!(regex instanceof ConstantNode node) || node.value().isNull(0)) {
      return new Regexes(Optional.empty(), Optional.empty());
    }
    String text = ((BytesVector) node.value()).text(0);
    Optional<Pattern> pattern = compile(text);
    return new Regexes(Optional.of(pattern), pattern.flatMap(_ -> RequiredText.of(text)));
  }

  /** Calls share neither a cache nor a matcher, because they may run on different threads. */
  Regexes forCall() {
    return new Regexes(constant, required);
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
      return function.applyAsInt(matcher(pattern.get(), text));
    } catch (StackOverflowError | TooManyLooks _) {
      x.fail(row, FailureKind.PATTERN_TOO_COSTLY);
      return otherwise;
    }
  }

  /**
   * What a function makes of the first match, which its matcher has found; {@code otherwise} when
   * there is none, and when it fails, which is then recorded.
   */
  int applyToFirst(Arguments x, int row, int otherwise, ToIntFunction<Matcher> function) {
    int from = 0;
    if (required.isPresent()) {
      BytesVector texts = x.bytes(0);
      int text = row & x.mask(0);
      int start = texts.start(text);
      byte[] wanted = required.get().bytes();
      int found =
          TextKernels.indexOf(texts.data(), start, texts.end(text), wanted, 0, wanted.length);
      if (found < 0) {
        return otherwise;
      }
      // Before the first place a match cannot begin, and there each byte is a character.
      boolean skips = found - start > required.get().charsBefore();
      if (skips && Utf8.isAscii(texts.data(), start, found)) {
        from = found - start - required.get().charsBefore();
      }
    }
    int begin = from;
    return apply(
        x,
        row,
        otherwise,
        matcher ->
            (begin == 0 ? matcher.find() : matcher.find(begin))
                ? function.applyAsInt(matcher)
                : otherwise);
  }

  private Matcher matcher(Pattern pattern, CountedText text) {
    Matcher used = last;
    if (used == null || !used.pattern().equals(pattern)) {
      Matcher made = pattern.matcher(text);
      last = made;
      return made;
    }
    return used.reset(text);
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
