package dev.freshet.engine.aggregate;

import dev.freshet.core.batch.ArrayCodec;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Values;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.batch.VectorBuilder;
import dev.freshet.core.function.library.AggregateMethod;
import dev.freshet.core.type.DataType;
import dev.freshet.engine.row.RowText;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.AggregateCall.Quantifier;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a call answers from a group's rows in order. Stateless. */
public final class OrderedResult {
  /** A longer list or array is an error: it would have to be made anew at every change. */
  private static final int MAX_ELEMENTS = 1 << 24;

  private static final int MAX_BYTES = 1 << 26;
  private static final String NONE = "";

  private final AggregateCall call;
  private final Batch rows;
  private final Vector values;
  private final int[] arguments;

  /**
   * @param rows as {@link OrderedCall} lays them out, each group's in order
   */
  public OrderedResult(OrderedCall call, Batch rows) {
    this.call = call.call();
    this.rows = rows;
    this.arguments = call.arguments();
    this.values =
        arguments.length == 0
            ? new LongVector(new long[0], Vector.NO_NULLS, 0)
            : rows.column(arguments[0]);
  }

  /**
   * Appends the answer of the group whose rows go from {@code start} to {@code end}.
   *
   * @return why there is none, or an empty text
   */
  public String append(VectorBuilder out, int start, int end) {
    if (call.function() == AggregateCall.Function.USER) {
      return FoldedCall.answer(call, out, () -> accumulated(start, end));
    }
    if (start == end) {
      out.appendNull();
      return NONE;
    }
    return switch (call.function()) {
      case FIRST -> appendValue(out, start);
      case PERCENTILE_DISC -> appendValue(out, discrete(elements(start, end)));
      case PERCENTILE_CONT -> appendInterpolated(out, elements(start, end));
      case LISTAGG, ARRAY_AGG, JSON_ARRAYAGG, JSON_OBJECTAGG -> appendAll(out, start, end);
      case COUNT, SUM, AVG, MIN, MAX, BOOL_AND, BOOL_OR ->
          throw new IllegalStateException("answered elsewhere: " + call.function());
      case USER -> throw new IllegalStateException("answered before");
      case VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP ->
          throw new IllegalStateException("answered from sums: " + call.function());
    };
  }

  /** The accumulator that saw all of the rows. */
  private Object accumulated(int start, int end) {
    AggregateMethod method = call.user().orElseThrow();
    Object accumulator = method.start();
    if (start == end) {
      return accumulator;
    }
    Elements elements = elements(start, end);
    @Nullable Object[] given = new Object[arguments.length];
    for (int i = 0; i < elements.rows().length; i++) {
      for (int k = 0; k < given.length; k++) {
        given[k] = value(k, elements.rows()[i]);
      }
      for (long n = elements.counts()[i]; n > 0; n--) {
        accumulator = method.accumulate(accumulator, given);
      }
    }
    return accumulator;
  }

  private String appendValue(VectorBuilder out, int row) {
    out.append(values, row);
    return NONE;
  }

  /** Rows with how often each counts. */
  @SuppressWarnings("ArrayRecordComponent") // lives for one call only
  private record Elements(int[] rows, long[] counts, long total) {
    /** The row of the element at a rank from 0. */
    int at(long rank) {
      long left = rank;
      for (int i = 0; i < rows.length; i++) {
        left -= counts[i];
        if (left < 0) {
          return rows[i];
        }
      }
      throw new IllegalStateException("rank " + rank + " of " + total);
    }
  }

  private Elements elements(int start, int end) {
    int[] all = new int[end - start];
    long[] counts = new long[all.length];
    long total = 0;
    for (int i = 0; i < all.length; i++) {
      all[i] = start + i;
      counts[i] = rows.weight(start + i);
      total += counts[i];
    }
    if (call.quantifier() == Quantifier.ALL) {
      return new Elements(all, counts, total);
    }
    Groups distinct = Groups.of(Rows.gather(rows, all, all.length), arguments);
    int[] first = new int[distinct.count()];
    long[] ones = new long[first.length];
    for (int i = 0; i < first.length; i++) {
      first[i] = start + distinct.firstRows()[i];
      ones[i] = 1;
    }
    return new Elements(first, ones, first.length);
  }

  /** As it was written: 0.55 of 100 is 55 and not a bit more. */
  private BigDecimal fraction() {
    return new BigDecimal(call.options().getFirst().value().orElseThrow().toString());
  }

  private int discrete(Elements elements) {
    BigDecimal share = fraction().multiply(BigDecimal.valueOf(elements.total()));
    long rank = share.setScale(0, RoundingMode.CEILING).longValueExact() - 1;
    return elements.at(Math.max(0, rank));
  }

  private String appendInterpolated(VectorBuilder out, Elements elements) {
    BigDecimal place = fraction().multiply(BigDecimal.valueOf(elements.total() - 1));
    long rank = place.setScale(0, RoundingMode.FLOOR).longValueExact();
    double beyond = place.subtract(BigDecimal.valueOf(rank)).doubleValue();
    double lower = number(elements.at(rank));
    if (beyond == 0) {
      out.appendDouble(lower);
      return NONE;
    }
    double upper = number(elements.at(rank + 1));
    out.appendDouble(lower == upper ? lower : lower + (upper - lower) * beyond);
    return NONE;
  }

  private double number(int row) {
    Object value = Values.read(rows.schema().type(arguments[0]), values, row);
    return ((Number) Objects.requireNonNull(value, "NULLs are left out")).doubleValue();
  }

  private String appendAll(VectorBuilder out, int start, int end) {
    Elements elements = elements(start, end);
    if (elements.total() > MAX_ELEMENTS) {
      return tooLarge(out);
    }
    int[] each = new int[(int) elements.total()];
    int at = 0;
    for (int i = 0; i < elements.rows().length; i++) {
      for (long n = elements.counts()[i]; n > 0; n--) {
        each[at++] = elements.rows()[i];
      }
    }
    byte[] bytes =
        call.function() == AggregateCall.Function.ARRAY_AGG
            ? ArrayCodec.encode(Rows.gather(values, each, each.length))
            : text(each).getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_BYTES) {
      return tooLarge(out);
    }
    out.appendBytes(bytes, 0, bytes.length);
    return NONE;
  }

  private String tooLarge(VectorBuilder out) {
    out.appendNull();
    return "Cannot evaluate "
        + call.function()
        + ": the result has more than "
        + MAX_ELEMENTS
        + " elements or "
        + MAX_BYTES
        + " bytes.";
  }

  private String text(int[] each) {
    return switch (call.function()) {
      case JSON_ARRAYAGG -> jsonArray(each);
      case JSON_OBJECTAGG -> jsonObject(each);
      default -> list(each);
    };
  }

  private String list(int[] each) {
    String separator = (String) call.options().getFirst().value().orElseThrow();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < each.length && text.length() <= MAX_BYTES; i++) {
      text.append(i == 0 ? "" : separator).append(((BytesVector) values).text(each[i]));
    }
    return text.toString();
  }

  private String jsonArray(int[] each) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < each.length && text.length() <= MAX_BYTES; i++) {
      RowText.append(text.append(i == 0 ? "" : ","), type(0), value(0, each[i]));
    }
    return text.append(']').toString();
  }

  private String jsonObject(int[] each) {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < each.length && text.length() <= MAX_BYTES; i++) {
      String name = Objects.requireNonNull(value(0, each[i]), "NULLs are left out").toString();
      RowText.append(text.append(i == 0 ? "" : ","), DataType.Simple.VARCHAR, name);
      RowText.append(text.append(':'), type(1), value(1, each[i]));
    }
    return text.append('}').toString();
  }

  private DataType type(int argument) {
    return rows.schema().type(arguments[argument]);
  }

  private @Nullable Object value(int argument, int row) {
    return Values.read(type(argument), rows.column(arguments[argument]), row);
  }
}
