package dev.freshet.engine.expression;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.sql.plan.Expression.Call;
import java.util.List;

/** Which kernel computes which function of texts. */
final class TextFunctions {
  private TextFunctions() {}

  static Kernel kernel(Call call, List<Node> arguments) {
    DataType type = arguments.get(0).type();
    if (type != Simple.VARCHAR && type != Simple.JSON) {
      throw Functions.unsupported(call, arguments);
    }
    return switch (call.function()) {
      case CONCAT -> TextKernels::concat;
      case UPPER -> TextKernels::upper;
      case LOWER -> TextKernels::lower;
      case CHAR_LENGTH -> TextKernels::length;
      case SUBSTRING -> TextParts::substring;
      case TRIM -> TextParts.trim(TextParts.Ends.BOTH);
      case LTRIM -> TextParts.trim(TextParts.Ends.LEADING);
      case RTRIM -> TextParts.trim(TextParts.Ends.TRAILING);
      case REPLACE -> TextKernels::replace;
      case POSITION -> TextKernels::position;
      case LIKE -> PatternKernels.like(arguments);
      case LPAD -> TextKernels.pad(TextKernels.Side.LEFT);
      case RPAD -> TextKernels.pad(TextKernels.Side.RIGHT);
      case REVERSE -> TextKernels::reverse;
      case LEFT -> TextParts::left;
      case RIGHT -> TextParts::right;
      case SPLIT_INDEX -> TextParts::splitIndex;
      case REGEXP_EXTRACT -> PatternKernels.regexpExtract(arguments);
      case REGEXP -> PatternKernels.regexp(arguments);
      default -> throw Functions.unsupported(call, arguments);
    };
  }
}
