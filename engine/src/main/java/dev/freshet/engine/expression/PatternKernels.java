package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Vector;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** LIKE. A constant pattern is compiled with the expression. */
final class PatternKernels {
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
}
