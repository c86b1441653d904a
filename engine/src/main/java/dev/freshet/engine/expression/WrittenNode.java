package dev.freshet.engine.expression;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.engine.row.RowText;
import dev.freshet.sql.plan.Function;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A text that is written from values of any types, NULLs among them: JSON, or a format's. */
record WrittenNode(Function function, List<Node> arguments) implements Node {
  @Override
  public DataType type() {
    return Simple.VARCHAR;
  }

  @Override
  public Operand evaluate(Batch batch) {
    int count = batch.rowCount();
    Operand[] operands = new Operand[arguments.size()];
    int[] failures = Failures.NONE;
    for (int i = 0; i < operands.length; i++) {
      operands[i] = arguments.get(i).evaluate(batch);
      failures = Failures.merge(failures, operands[i].failures(), count);
    }
    VectorBuilder result = new VectorBuilder(DataType.Layout.BYTES, count);
    @Nullable Object[] values = new Object[operands.length];
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < values.length; i++) {
        Vector vector = operands[i].vector();
        values[i] = Values.read(arguments.get(i).type(), vector, row & operands[i].mask());
      }
      String text = failures.length > 0 && failures[row] != 0 ? null : written(values);
      if (text == null) {
        result.appendNull();
      } else {
        Values.appendText(result, text);
      }
    }
    return new Operand(result.build(), Operand.Form.ROWS, failures);
  }

  private @Nullable String written(@Nullable Object[] values) {
    return switch (function) {
      case JSON_OBJECT -> object(values);
      case JSON_ARRAY -> array(values);
      case JSON_STRING -> value(values);
      default -> formatted(values);
    };
  }

  /** The first argument says whether NULLs stay. */
  private static boolean keepsNulls(@Nullable Object[] values) {
    return Boolean.TRUE.equals(values[0]);
  }

  private String object(@Nullable Object[] values) {
    StringBuilder text = new StringBuilder("{");
    for (int i = 1; i < values.length; i += 2) {
      if (values[i + 1] != null || keepsNulls(values)) {
        String name = Objects.requireNonNull(values[i], "a name is a literal").toString();
        RowText.append(text.append(text.length() > 1 ? "," : ""), Simple.VARCHAR, name);
        RowText.append(text.append(':'), arguments.get(i + 1).type(), values[i + 1]);
      }
    }
    return text.append('}').toString();
  }

  /** NULL for NULL. */
  private @Nullable String value(@Nullable Object[] values) {
    if (values[0] == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    RowText.append(text, arguments.getFirst().type(), values[0]);
    return text.toString();
  }

  private String array(@Nullable Object[] values) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 1; i < values.length; i++) {
      if (values[i] != null || keepsNulls(values)) {
        text.append(text.length() > 1 ? "," : "");
        RowText.append(text, arguments.get(i).type(), values[i]);
      }
    }
    return text.append(']').toString();
  }

  /** NULL for a format that is NULL or does not fit the values. */
  private static @Nullable String formatted(@Nullable Object[] values) {
    if (!(values[0] instanceof String format)) {
      return null;
    }
    @Nullable Object[] given = new Object[values.length - 1];
    System.arraycopy(values, 1, given, 0, given.length);
    try {
      return String.format(Locale.ROOT, format, given);
    } catch (IllegalFormatException e) {
      return null;
    }
  }
}
