package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import java.util.List;

/**
 * What a view sees of a relation that keeps no rows: those that come after a position. Each view
 * has its own, so that it shares no state with views that began earlier. One thread owns it.
 */
public final class TailNode extends Node {
  private final Beginning beginning;
  private boolean open;

  /**
   * Where a view begins.
   *
   * @param view tells it from others, and from what had its name before
   * @param since the position up to which rows are not the view's
   */
  public record Beginning(String view, long since) {
    /** Of views that read nothing as it passes. */
    public static final Beginning NOWHERE = new Beginning("", 0);

    /** Whether a step's rows are the view's. */
    boolean isBefore(long step) {
      return step > since;
    }
  }

  TailNode(Node input, Beginning beginning) {
    super(
        "tail for " + beginning.view() + " since " + beginning.since(),
        input.schema(),
        List.of(input));
    this.beginning = beginning;
  }

  /** Says which step comes next. No step holds rows of both sides of the beginning. */
  public void offer(long step) {
    open = beginning.isBefore(step);
  }

  @Override
  Batch evaluate() {
    return open ? input().output() : nothing();
  }

  @Override
  boolean onlyInserts() {
    return input().onlyInserts();
  }

  @Override
  Node copy(List<Node> otherInputs) {
    return new TailNode(otherInputs.getFirst(), beginning);
  }

  @Override
  public String operator() {
    return "tail";
  }
}
