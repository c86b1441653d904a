package dev.freshet.engine.aggregate;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.function.library.AggregateMethod;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.KeyGroups;
import dev.freshet.engine.expression.UserFailures;
import dev.freshet.sql.plan.AggregateCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call whose accumulator is kept for each group. Immutable.
 *
 * <pre>
 * group columns | rows taken in | accumulator | why there is no answer, else NULL
 * </pre>
 */
public final class FoldedCall {
  private static final String NONE = "";

  private final AggregateCall call;
  private final AggregateMethod method;
  private final int groupCount;

  public FoldedCall(AggregateCall call, int groupCount) {
    this.call = call;
    this.method = call.user().orElseThrow();
    this.groupCount = groupCount;
  }

  /** The columns of what is kept for a group. */
  public Schema schema(Schema group) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < groupCount; i++) {
      Column column = group.column(i);
      columns.add(new Column("g" + i, column.type(), column.nullability()));
    }
    columns.add(Column.notNull("rows", Simple.BIGINT));
    columns.add(Column.notNull("accumulator", Simple.BINARY));
    columns.add(Column.nullable("problem", Simple.VARCHAR));
    return new Schema(columns);
  }

  /**
   * Appends the answer of the group at a position.
   *
   * @return why there is none, or an empty text
   */
  public String append(VectorBuilder out, KeyGroups kept, int position) {
    int row = kept.offsets()[position];
    boolean isKept = kept.offsets()[position + 1] > row;
    if (isKept && !kept.rows().column(groupCount + 2).isNull(row)) {
      out.appendNull();
      return ((BytesVector) kept.rows().column(groupCount + 2)).text(row);
    }
    return answer(
        call,
        out,
        () ->
            isKept
                ? method.decode(((BytesVector) kept.rows().column(groupCount + 1)).copyOf(row))
                : method.start());
  }

  /** Makes an accumulator, and may throw what a function in Java throws. */
  public interface Folding {
    Object accumulator();
  }

  /**
   * Appends what an accumulator answers.
   *
   * @return why there is no answer, or an empty text
   */
  public static String answer(AggregateCall call, VectorBuilder out, Folding folding) {
    int row = out.length();
    DataType type = call.type();
    try {
      @Nullable Object result = call.user().orElseThrow().result(folding.accumulator());
      Values.append(out, type, result);
      return NONE;
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      out.truncate(row);
      out.appendNull();
      return "Cannot evaluate " + call.name() + ": " + UserFailures.message(e) + ".";
    }
  }
}
