package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Vector;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * LIKE, REGEXP and REGEXP_EXTRACT. A constant pattern is compiled with the expression.
 *
 * <p>Regular expressions are {@code java.util.regex}'s, which backtracks: a pattern with nested
 * repetition, such as {@code (a+)+b}, can take time exponential in the text. Nothing here guards
 * against such a pattern.
 */
final class PatternKernels {
  /** The most compiled patterns that one call keeps when the pattern is a column. */
  private static final int MAX_PATTERNS = 1_000;

  private PatternKernels() {}

  static Kernel like(List<Node> arguments) {
    boolean constant = true;
    for (Node argument : arguments.subList(1, arguments.size())) {
      constant &= argument instanceof ConstantNode node && !node.value().isNull(0);
    }
    if (!constant) {
      return PatternKernels::likeRows;
    }
    Optional<byte[]> escape =
        arguments.size() > 2 ? Optional.of(bytes(arguments.get(2))) : Optional.empty();
    Optional<LikePattern> pattern = LikePattern.parse(bytes(arguments.get(1)), escape);
    return x -> pattern.isPresent() ? likeConstant(x, pattern.get()) : failAll(x);
  }

  private static byte[] bytes(Node constant) {
    return ((BytesVector) ((ConstantNode) constant).value()).copyOf(0);
  }

  private static Vector failAll(Arguments x) {
    for (int i = 0; i < x.count(); i++) {
      x.failIfLive(i, FailureKind.INVALID_PATTERN);
    }
    return x.result(new boolean[x.count()]);
  }

  private static Vector likeConstant(Arguments x, LikePattern pattern) {
    boolean[] result = new boolean[x.count()];
    BytesVector text = x.bytes(0);
    if (x.isConstant(0)) {
      Arrays.fill(result, pattern.matches(text.data(), text.start(0), text.end(0)));
    } else {
      pattern.match(text.data(), text.offsets(), x.count(), result);
    }
    return x.result(result);
  }

  private static Vector likeRows(Arguments x) {
    BytesVector text = x.bytes(0);
    BytesVector patterns = x.bytes(1);
    boolean[] result = new boolean[x.count()];
    byte[] last = {};
    Optional<byte[]> lastEscape = Optional.empty();
    Optional<LikePattern> compiled = LikePattern.parse(last, lastEscape);
    for (int i = 0; i < result.length; i++) {
      if (x.isNull(i)) {
        continue;
      }
      byte[] pattern = patterns.copyOf(i & x.mask(1));
      Optional<byte[]> escape =
          x.size() > 2 ? Optional.of(x.bytes(2).copyOf(i & x.mask(2))) : Optional.empty();
      if (!Arrays.equals(pattern, last) || escape.isPresent()) {
        compiled = LikePattern.parse(pattern, escape);
        last = pattern;
      }
      if (compiled.isEmpty()) {
        x.fail(i, FailureKind.INVALID_PATTERN);
      } else {
        int row = i & x.mask(0);
        result[i] = compiled.get().matches(text.data(), text.start(row), text.end(row));
      }
    }
    return x.result(result);
  }

  /** (text, regex); the empty regex matches nothing, as in Flink. */
  static Kernel regexp(List<Node> arguments) {
    Regexes constant = Regexes.ofConstant(arguments.get(1));
    return x -> {
      Regexes regexes = constant.forCall();
      BytesVector text = x.bytes(0);
      boolean[] result = new boolean[x.count()];
      for (int i = 0; i < result.length; i++) {
        if (x.isNull(i)) {
          continue;
        }
        Optional<Pattern> pattern = regexes.get(x, i);
        if (pattern.isEmpty()) {
          x.fail(i, FailureKind.INVALID_PATTERN);
        } else if (!pattern.get().pattern().isEmpty()) {
          result[i] = find(x, i, pattern.get().matcher(text.text(i & x.mask(0))));
        }
      }
      return x.result(result);
    };
  }

  /**
   * Java's matcher recurses: a long text can exhaust the stack. That is the row's failure, not the
   * engine's.
   */
  private static boolean find(Arguments x, int row, Matcher matcher) {
    try {
      return matcher.find();
    } catch (StackOverflowError _) {
      x.fail(row, FailureKind.INVALID_PATTERN);
      return false;
    }
  }

  /** (text, regex, group): NULL too for a group that the regex does not have. */
  static Kernel regexpExtract(List<Node> arguments) {
    Regexes constant = Regexes.ofConstant(arguments.get(1));
    return x -> {
      Regexes regexes = constant.forCall();
      BytesVector text = x.bytes(0);
      int count = x.count();
      BytesOutput out = new BytesOutput(count, 8 * count);
      boolean[] nulls = new boolean[count];
      for (int i = 0; i < count; i++) {
        nulls[i] = x.isNull(i);
        if (!nulls[i]) {
          Optional<Pattern> pattern = regexes.get(x, i);
          long group = x.size() > 2 ? x.longs(2)[i & x.mask(2)] : 0;
          if (pattern.isEmpty()) {
            x.fail(i, FailureKind.INVALID_PATTERN);
          } else {
            nulls[i] = !extract(x, i, pattern.get().matcher(text.text(i & x.mask(0))), group, out);
          }
        }
        out.endRow();
      }
      return out.build(Masks.compact(nulls, count));
    };
  }

  private static boolean extract(
      Arguments x, int row, Matcher matcher, long group, BytesOutput out) {
    if (group < 0 || group > matcher.groupCount() || !find(x, row, matcher)) {
      return false;
    }
    String found = matcher.group((int) group);
    if (found == null) {
      return false;
    }
    out.append(found.getBytes(StandardCharsets.UTF_8));
    return true;
  }

  /** The compiled patterns of a call: one constant, or those met so far in a column. */
  private static final class Regexes {
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

    Optional<Pattern> get(Arguments x, int row) {
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
  }
}
