package dev.freshet.sql.plan;

import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.List;

/**
 * A relational plan over Z-sets. Plans are values: equal plans compute equal results, so a plan's
 * text serves as the fingerprint of its state. Columns are named by position; names in schemas
 * matter only at the edges.
 */
public sealed interface Plan {
  /** The columns that the node puts out. */
  Schema schema();

  /** The nodes it reads. */
  List<Plan> inputs();

  /** All rows of a table or model. */
  record Scan(String relation, Schema schema) implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of();
    }
  }

  /** Constant rows; every cell is a literal of its column's type. */
  record Constants(Schema schema, List<List<Expression.Literal>> rows) implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of();
    }
  }

  /** The rows for which the predicate is TRUE (neither FALSE nor NULL). */
  record Filter(Plan input, Expression predicate) implements Plan {
    @Override
    public Schema schema() {
      return input.schema();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /** One output column per expression over the input's columns. */
  record Project(Plan input, List<Expression> expressions, Schema schema) implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /** UNION ALL: weights add up. All inputs have the same types column by column. */
  record Union(List<Plan> inputs, Schema schema) implements Plan {}

  /** Each row with a positive weight once. */
  record Distinct(Plan input) implements Plan {
    @Override
    public Schema schema() {
      return input.schema();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /**
   * INTERSECT ALL and EXCEPT ALL: how often a row comes out depends on how often it stands on both
   * sides. NULLs count as equal. Both sides have the same types column by column.
   */
  record Multiset(Plan left, Plan right, MultisetKind kind, Schema schema) implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(left, right);
    }
  }

  /** How the weights of both sides become one. */
  enum MultisetKind {
    /** The smaller one. */
    INTERSECT,
    /** The left one less the right one, if that is positive. */
    EXCEPT
  }

  /**
   * A row for each element of an array. Output: the input's columns, the element (of an array of
   * rows its fields), and, if the schema has one more column, the element's place from 1.
   *
   * @param arrayColumn a column of the input of an array type
   * @param kind whether a row whose array is empty or NULL stays, with NULLs
   */
  record Unnest(Plan input, int arrayColumn, JoinKind kind, Schema schema) implements Plan {
    /** What an element of an array is put out as, by name. */
    public static List<String> columns(DataType element) {
      return element instanceof DataType.Row row
          ? row.fields().stream().map(DataType.Row.Field::name).toList()
          : List.of("element");
    }

    /** Whether the last column is the element's place. */
    public boolean hasPlace() {
      DataType.Array array = (DataType.Array) input.schema().type(arrayColumn);
      int added = schema.columnCount() - input.schema().columnCount();
      return added > columns(array.element()).size();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /**
   * An equi-join. A pair matches when all keys are equal and not NULL and the residual is TRUE.
   * Output: the left columns, then the right ones (which are NULL for a left row without match in
   * {@link JoinKind#LEFT}).
   *
   * @param leftKeys positions in the left input, as many as {@code rightKeys}; both empty for a
   *     cross join
   * @param residual a condition over the concatenated columns; {@link Expression#TRUE} when there
   *     is none
   */
  record Join(
      Plan left,
      Plan right,
      JoinKind kind,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      Expression residual,
      Schema schema)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(left, right);
    }
  }

  /**
   * Each left row with the one right row of equal keys whose time is nearest to the left row's time
   * on one side of it. Of several right rows of that time it is the greatest by all columns, first
   * column first, NULL being the smallest value.
   *
   * @param leftTime a column of the left input that is NULL in no row; {@code rightTime} is one of
   *     the right input, of the same type and likewise
   * @param kind whether a left row without such a right row stays, with NULLs
   */
  record AsOf(
      Plan left,
      Plan right,
      JoinKind kind,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      int leftTime,
      int rightTime,
      AsOfMatch match,
      Schema schema)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(left, right);
    }
  }

  /** Which right times an {@link AsOf} takes for a left time; the nearest of them wins. */
  enum AsOfMatch {
    /** Those that are not after it. */
    AT_OR_BEFORE,
    /** Those before it. */
    BEFORE,
    /** Those that are not before it. */
    AT_OR_AFTER,
    /** Those after it. */
    AFTER
  }

  /**
   * WITH RECURSIVE: the rows of the base, and those that follow from them by the step, over and
   * over. The step reads the rows as {@link Recurse}.
   *
   * <p>Iteration 0 is the base. {@link RecursionKind#DISTINCT}: the least set of rows that holds
   * the base and what the step gives over the set. {@link RecursionKind#ALL}: iteration n + 1 is
   * what the step gives over iteration n, and the rows of all iterations count.
   *
   * @param step over rows of the same types as the base; in it everything over Recurse gives more
   *     rows when it gets more rows
   */
  record Recursion(Plan base, Plan step, RecursionKind kind, Schema schema) implements Plan {
    /** Rows that only a later iteration gives are errors. */
    public static final int MAX_ITERATIONS = 10_000;

    /** Once so many rows were found, nothing is made of the rows of the next iteration. */
    public static final long MAX_ROWS = 10_000_000;

    @Override
    public List<Plan> inputs() {
      return List.of(base, step);
    }
  }

  /** Whether the rows of a {@link Recursion} are a set. */
  enum RecursionKind {
    DISTINCT,
    ALL
  }

  /** The rows of the nearest {@link Recursion} in whose step it stands. */
  record Recurse(Schema schema) implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of();
    }
  }

  /** Which rows a join keeps. */
  enum JoinKind {
    INNER,
    LEFT
  }

  /**
   * GROUP BY. Output: the group columns in order, then one column per call. Without group columns
   * there is always exactly one row, also over no input.
   */
  record Aggregate(Plan input, List<Integer> groupColumns, List<AggregateCall> calls, Schema schema)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /**
   * The rows at ranks {@code offset} to {@code offset + limit - 1} of each partition in this order;
   * ties are broken by all columns, so the result is a function of the input.
   *
   * @param limit {@link #NO_LIMIT} for no upper bound
   */
  record TopN(
      Plan input, List<Integer> partitionColumns, List<SortKey> order, long offset, long limit)
      implements Plan {
    /** A limit that never cuts. */
    public static final long NO_LIMIT = Long.MAX_VALUE;

    @Override
    public Schema schema() {
      return input.schema();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /**
   * Each row once for each window of time that holds it, with one more column that names the
   * window. Windows start at {@code offset} and every {@code step} microseconds from there, both
   * ways.
   *
   * @param timeColumn a TIMESTAMP or TIMESTAMP_LTZ that is NULL in no row
   * @param step microseconds, positive
   * @param size microseconds, a multiple of {@code step}
   */
  record Windows(
      Plan input, WindowKind kind, int timeColumn, long step, long size, long offset, Schema schema)
      implements Plan {
    /** More windows than these are not made of one row. */
    public static final long MAX_PER_ROW = 10_000;

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /** How the windows of {@link Windows} lie. */
  enum WindowKind {
    /** One of {@code size} starts with each step; the column is the start. */
    HOP,
    /**
     * With each step one ends; all of a {@code size} start together, so that they grow from step to
     * size. The column is the end.
     */
    CUMULATE
  }

  /**
   * Each row with the start and end of its session. The rows of a partition in the order of their
   * time are one session as long as each is at most {@code gap} after the one before; it starts
   * with its first row and ends {@code gap} after its last.
   *
   * @param timeColumn a TIMESTAMP or TIMESTAMP_LTZ that is NULL in no row
   * @param gap microseconds, positive
   */
  record Sessions(
      Plan input, List<Integer> partitionColumns, int timeColumn, long gap, Schema schema)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /**
   * Window functions: the input's columns, then one column per call. Every row of the input stays.
   * Within a partition rows stand in this order, ties broken by all columns; a row with a weight of
   * n stands there n times, and each of them has values of its own.
   */
  record Over(
      Plan input,
      List<Integer> partitionColumns,
      List<SortKey> order,
      List<WindowCall> calls,
      Schema schema)
      implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /**
   * Every single change of a table in the order in which it came, with the watermark of the view
   * that reads it just before the change. For plans that {@link Final} ends. Output: the table's
   * columns, then the watermark in microseconds, {@link Long#MIN_VALUE} for none; of a table whose
   * rows can be too far ahead also the latest time that a row may have, {@link Long#MAX_VALUE} for
   * any.
   */
  record Arrivals(String relation, Schema schema) implements Plan {
    @Override
    public List<Plan> inputs() {
      return List.of();
    }
  }

  /**
   * The moment at which a row closes: no change can concern it once the watermark has reached it.
   *
   * @param column a TIMESTAMP or TIMESTAMP_LTZ; a row in which it is NULL never is in time
   * @param width if positive, the column's value is first cut to a multiple of it from the offset
   * @param lag microseconds to add
   */
  record Closing(int column, long width, long offset, long lag) {
    /** A column and how long after it. */
    public static Closing after(int column, long lag) {
      return new Closing(column, 0, 0, lag);
    }

    /** The moment for a value of the column; the greatest number when it is out of range. */
    public long moment(long value) {
      long start = width == 0 ? value : value - Math.floorMod(value - offset, width);
      long moment = start + lag;
      return lag > 0 && moment < start ? Long.MAX_VALUE : moment;
    }
  }

  /**
   * The changes that came before their row was closed.
   *
   * @param watermarkColumn the watermark that the change met, from {@link Arrivals}
   */
  record OnTime(Plan input, Closing closing, int watermarkColumn, Late late) implements Plan {
    @Override
    public Schema schema() {
      return input.schema();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /**
   * The changes of rows that were not too far ahead of their time when they came. The others are
   * errors of the row, and counted.
   *
   * @param timeColumn a TIMESTAMP or TIMESTAMP_LTZ
   * @param limitColumn the latest time that a row may have, from {@link Arrivals}; behind the
   *     table's columns
   */
  record NotAhead(Plan input, int timeColumn, int limitColumn) implements Plan {
    @Override
    public Schema schema() {
      return input.schema();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /** What becomes of a change that came late. */
  enum Late {
    /** It is an error of the row, and counted. */
    REPORTED,
    /** It is left out: the row is in other windows, or reported already. */
    LEFT_OUT
  }

  /**
   * The input's rows until they close; then they are taken back, some time after the watermark has
   * passed their moment.
   *
   * @param spread about how far apart moments lie, in microseconds: how the rows are stored
   */
  record Expire(Plan input, Closing closing, long spread) implements Plan {
    @Override
    public Schema schema() {
      return input.schema();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /** The input's rows once they close, never taken back. Parameters as {@link Expire}. */
  record Final(Plan input, Closing closing, long spread) implements Plan {
    @Override
    public Schema schema() {
      return input.schema();
    }

    @Override
    public List<Plan> inputs() {
      return List.of(input);
    }
  }

  /**
   * The columns of two inputs side by side; a name that stands in both gets a numeric suffix on the
   * right.
   */
  static Schema concat(Schema left, Schema right, JoinKind kind) {
    List<Column> columns = new ArrayList<>(left.columns());
    for (Column column : right.columns()) {
      String name = column.name();
      for (int n = 0; contains(columns, name); n++) {
        name = column.name() + n;
      }
      columns.add(
          kind == JoinKind.LEFT
              ? Column.nullable(name, column.type())
              : new Column(name, column.type(), column.nullability()));
    }
    return new Schema(columns);
  }

  private static boolean contains(List<Column> columns, String name) {
    return columns.stream().anyMatch(column -> column.name().equals(name));
  }
}
