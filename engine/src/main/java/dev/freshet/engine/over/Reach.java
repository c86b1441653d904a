package dev.freshet.engine.over;

import dev.freshet.engine.arrangement.LocatedKeys.Until;
import dev.freshet.sql.plan.AggregateCall.Function;
import dev.freshet.sql.plan.WindowCall;
import dev.freshet.sql.plan.WindowFrame;
import dev.freshet.sql.plan.WindowFrame.Bound;
import dev.freshet.sql.plan.WindowFrame.Unit;
import java.util.List;
import java.util.Optional;

/**
 * Which positions a position's values depend on, so that only those around a change are looked at:
 * so many before it, so many after it, and of what comes before these at most how many rows there
 * are and what they add up to.
 *
 * <p>Positions that do not depend on the change may see less than they should. That does not show:
 * they see the same before the change and after it.
 *
 * @param until whether all positions behind a change depend on it
 */
public record Reach(long before, long after, Until until) {
  /** Reading more rows one by one is no gain. */
  private static final long ROWS_MAX = 1 << 12;

  private static final Reach PEERS = new Reach(0, 0, Until.NEAR);

  /** Of all calls together; empty when one of them depends on whole partitions. */
  public static Optional<Reach> of(List<WindowCall> calls) {
    Reach all = PEERS;
    for (WindowCall call : calls) {
      Optional<Reach> reach = of(call);
      if (reach.isEmpty()) {
        return reach;
      }
      all = all.and(reach.get());
    }
    return all.near() <= ROWS_MAX ? Optional.of(all) : Optional.empty();
  }

  private Reach and(Reach other) {
    return new Reach(
        Math.max(before, other.before),
        Math.max(after, other.after),
        until == Until.END ? until : other.until);
  }

  /** How many rows around a change there must be: what depends on it, and what that depends on. */
  public long near() {
    return before + after;
  }

  private static Optional<Reach> of(WindowCall call) {
    return switch (call) {
      case WindowCall.Rank rank ->
          switch (rank.ranking()) {
            case ROW_NUMBER, RANK -> Optional.of(new Reach(0, 0, Until.END));
            case DENSE_RANK, PERCENT_RANK, CUME_DIST -> Optional.empty();
          };
      case WindowCall.Tile _ -> Optional.empty();
      case WindowCall.Shift shift ->
          shift.nulls() == WindowCall.Nulls.COUNT
              ? between(shift.rows(), shift.rows())
              : Optional.empty();
      case WindowCall.Pick pick -> frame(pick.frame());
      case WindowCall.Framed framed -> framed(framed);
    };
  }

  private static Optional<Reach> framed(WindowCall.Framed framed) {
    Function function = framed.call().function();
    boolean addsUp =
        switch (function) {
          case COUNT, SUM, AVG -> true;
          default -> false;
        };
    if (addsUp && framed.frame().from() instanceof Bound.Unbounded) {
      return rows(framed.frame(), framed.frame().to())
          .flatMap(to -> between(to, to))
          .map(reach -> new Reach(reach.before, reach.after, Until.END));
    }
    return frame(framed.frame());
  }

  private static Optional<Reach> frame(WindowFrame frame) {
    Optional<Long> to = rows(frame, frame.to());
    return rows(frame, frame.from()).flatMap(from -> to.flatMap(end -> between(from, end)));
  }

  /** How many rows after the row, or after its peers, a bound lies; empty for any number. */
  private static Optional<Long> rows(WindowFrame frame, Bound bound) {
    return switch (bound) {
      case Bound.CurrentRow _ -> Optional.of(0L);
      case Bound.Rows rows ->
          frame.unit() == Unit.ROWS ? Optional.of(rows.offset()) : Optional.empty();
      case Bound.Unbounded _, Bound.Value _ -> Optional.empty();
    };
  }

  private static Optional<Reach> between(long from, long to) {
    if (Math.min(from, to) < -ROWS_MAX || Math.max(from, to) > ROWS_MAX) {
      return Optional.empty();
    }
    return Optional.of(
        new Reach(Math.max(0, -Math.min(from, to)), Math.max(0, Math.max(from, to)), Until.NEAR));
  }
}
