package dev.freshet.engine.expression;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.engine.expression.TimeFields.DateField;
import dev.freshet.engine.expression.TimeFields.TimeField;
import dev.freshet.sql.plan.Expression.Call;
import java.util.List;

/** Which kernel computes which function of dates and times. */
final class TimeFunctions {
  private TimeFunctions() {}

  static Kernel kernel(Call call, List<Node> arguments) {
    DataType type = arguments.get(0).type();
    if (type != Simple.DATE
        && type != Simple.TIME
        && type != Simple.TIMESTAMP
        && type != Simple.TIMESTAMP_LTZ) {
      throw Functions.unsupported(call, arguments);
    }
    return switch (call.function()) {
      case EXTRACT_HOUR -> TimeFields.extract(TimeField.HOUR, type);
      case EXTRACT_MINUTE -> TimeFields.extract(TimeField.MINUTE, type);
      case EXTRACT_SECOND -> TimeFields.extract(TimeField.SECOND, type);
      case EXTRACT_MILLISECOND -> TimeFields.extract(TimeField.MILLISECOND, type);
      case EXTRACT_EPOCH -> TimeFields.epoch(type);
      case FLOOR_TO_HOUR -> TimeFields.floor(TimeField.HOUR, type);
      case FLOOR_TO_MINUTE -> TimeFields.floor(TimeField.MINUTE, type);
      case FLOOR_TO_SECOND -> TimeFields.floor(TimeField.SECOND, type);
      case PLUS_MICROS -> TimeKernels.plusMicros(type, call.type());
      case MICROS_BETWEEN -> TimeKernels.microsBetween(type);
      case DATE_FORMAT -> DateFormats.kernel(type, arguments);
      case TUMBLE_START -> TimeKernels::tumbleStart;
      default -> {
        if (type == Simple.TIME) {
          throw Functions.unsupported(call, arguments);
        }
        yield dated(call, type, arguments);
      }
    };
  }

  /** The functions that need a date. */
  private static Kernel dated(Call call, DataType type, List<Node> arguments) {
    return switch (call.function()) {
      case EXTRACT_YEAR -> TimeFields.extract(DateField.YEAR, type);
      case EXTRACT_QUARTER -> TimeFields.extract(DateField.QUARTER, type);
      case EXTRACT_MONTH -> TimeFields.extract(DateField.MONTH, type);
      case EXTRACT_WEEK -> TimeFields.extract(DateField.WEEK, type);
      case EXTRACT_DAY -> TimeFields.extract(DateField.DAY, type);
      case EXTRACT_DOW -> TimeFields.extract(DateField.DOW, type);
      case EXTRACT_DOY -> TimeFields.extract(DateField.DOY, type);
      case FLOOR_TO_YEAR -> TimeFields.floor(DateField.YEAR, type);
      case FLOOR_TO_QUARTER -> TimeFields.floor(DateField.QUARTER, type);
      case FLOOR_TO_MONTH -> TimeFields.floor(DateField.MONTH, type);
      case FLOOR_TO_WEEK -> TimeFields.floor(DateField.WEEK, type);
      case FLOOR_TO_DAY -> TimeFields.floor(DateField.DAY, type);
      case PLUS_MONTHS -> TimeKernels.plusMonths(type);
      case MONTHS_BETWEEN -> TimeKernels.monthsBetween(type);
      default -> throw Functions.unsupported(call, arguments);
    };
  }
}
