package dev.freshet.sql.plan;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.util.OptionalInt;

/** One function of a {@link Plan.Over}. Columns are positions in the window's input. */
public sealed interface WindowCall {
  DataType type();

  /** The row's place in its partition. */
  record Rank(Ranking ranking) implements WindowCall {
    @Override
    public DataType type() {
      return switch (ranking) {
        case ROW_NUMBER, RANK, DENSE_RANK -> Simple.BIGINT;
        case PERCENT_RANK, CUME_DIST -> Simple.DOUBLE;
      };
    }
  }

  /** How places are counted. All but ROW_NUMBER give the same to rows equal in the order. */
  enum Ranking {
    ROW_NUMBER,
    RANK,
    DENSE_RANK,
    /** (RANK - 1) / (rows - 1); 0 for a single row. */
    PERCENT_RANK,
    /** The share of the rows that are not after the row. */
    CUME_DIST
  }

  /**
   * NTILE: the number of the row's part, when the partition is cut into as many parts of sizes that
   * differ by one at most.
   *
   * @param parts at least 1
   */
  record Tile(long parts) implements WindowCall {
    @Override
    public DataType type() {
      return Simple.BIGINT;
    }
  }

  /**
   * LAG and LEAD: a column of another row.
   *
   * @param rows so many rows after the row, or before it when negative
   * @param otherwise a column of the row itself, for when there is no such row; NULL without
   */
  record Shift(int column, long rows, OptionalInt otherwise, Nulls nulls, DataType type)
      implements WindowCall {}

  /**
   * FIRST_VALUE, LAST_VALUE and NTH_VALUE: a column of a row of the frame, NULL if there is none.
   *
   * @param nth from 1
   */
  record Pick(int column, long nth, End end, Nulls nulls, WindowFrame frame, DataType type)
      implements WindowCall {}

  /** From which end of the frame rows are counted. */
  enum End {
    FIRST,
    LAST
  }

  /** Whether rows with NULL in the column count. */
  enum Nulls {
    COUNT,
    SKIP
  }

  /** An aggregate over the frame's rows; never DISTINCT. */
  record Framed(AggregateCall call, WindowFrame frame) implements WindowCall {
    @Override
    public DataType type() {
      return call.type();
    }
  }
}
