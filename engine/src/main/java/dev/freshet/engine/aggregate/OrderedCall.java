package dev.freshet.engine.aggregate;

import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.SortKey;
import java.util.ArrayList;
import java.util.List;

/**
 * What a call that depends on an order reads: the group's columns and then, each once, the columns
 * that the call names. Immutable.
 *
 * <pre>
 * group columns | columns of the call's arguments, order and NOT NULL    in the call's order
 * </pre>
 */
public final class OrderedCall {
  private final AggregateCall call;
  private final int groupCount;
  private final List<Integer> used = new ArrayList<>();

  public OrderedCall(AggregateCall call, int groupCount) {
    this.call = call;
    this.groupCount = groupCount;
    call.arguments().forEach(this::use);
    call.order().forEach(key -> use(key.column()));
    call.notNull().forEach(this::use);
  }

  private void use(int column) {
    if (!used.contains(column)) {
      used.add(column);
    }
  }

  public AggregateCall call() {
    return call;
  }

  /** The columns of the aggregate's input behind the group's. */
  public List<Integer> used() {
    return used;
  }

  /** Positions of the arguments in the rows that are read. */
  public int[] arguments() {
    return call.arguments().stream().mapToInt(this::position).toArray();
  }

  private int position(int column) {
    return groupCount + used.indexOf(column);
  }

  /** How the rows that are read are kept. */
  public RowOrder order(Schema schema) {
    int[] key = new int[groupCount];
    for (int i = 0; i < groupCount; i++) {
      key[i] = i;
    }
    List<SortKey> order = call.order();
    if (order.isEmpty()) {
      return RowOrder.byKey(schema, key);
    }
    int[] sort = new int[order.size()];
    boolean[] descending = new boolean[sort.length];
    boolean[] nullsLast = new boolean[sort.length];
    for (int i = 0; i < sort.length; i++) {
      sort[i] = position(order.get(i).column());
      descending[i] = order.get(i).direction() == SortKey.Direction.DESCENDING;
      nullsLast[i] = order.get(i).nulls() == SortKey.Nulls.LAST;
    }
    return RowOrder.sorted(schema, key, sort, descending, nullsLast);
  }

  /** As {@link #order}, but with the row first that decides the answer, if it is one row. */
  public RowOrder bestFirst(Schema schema) {
    if (call.function() != AggregateCall.Function.MAX) {
      return order(schema);
    }
    int[] key = order(schema).key();
    return RowOrder.sorted(
        schema, key, new int[] {groupCount}, new boolean[] {true}, new boolean[] {true});
  }

  /** How much weight of a group's rows decides the answer. */
  public long rowsNeeded() {
    return switch (call.function()) {
      case MIN, MAX, FIRST -> 1;
      default -> Long.MAX_VALUE;
    };
  }
}
