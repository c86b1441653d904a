package dev.freshet.bench.logictest;

import dev.freshet.bench.harness.Tally;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What came of all cases. May be used by several threads. */
final class Counts {
  private static final int FAILURES_SHOWN = 200;

  /** How a query runs. */
  enum Mode {
    ONE_SHOT,
    MAINTAINED
  }

  private final Tally tally;
  private final Map<Mode, Map<NotOurs, Long>> notOurs = new EnumMap<>(Mode.class);
  private final Map<Mode, Long> held = new EnumMap<>(Mode.class);
  private final Map<String, Long> statementsNotOurs = new TreeMap<>();
  private long failed;
  private long forOthers;
  private long statements;

  Counts(Tally tally) {
    this.tally = tally;
  }

  synchronized void held(Mode mode) {
    held.merge(mode, 1L, Long::sum);
    tally.passed();
  }

  synchronized void failed(String what) {
    failed++;
    if (failed <= FAILURES_SHOWN) {
      tally.failed(what);
    } else {
      tally.failed(what.lines().findFirst().orElse(""));
    }
  }

  synchronized void notOurs(Mode mode, NotOurs why) {
    notOurs.computeIfAbsent(mode, _ -> new EnumMap<>(NotOurs.class)).merge(why, 1L, Long::sum);
  }

  synchronized void statement() {
    statements++;
  }

  synchronized void statementNotOurs(NotOurs why) {
    statementsNotOurs.merge(why.name(), 1L, Long::sum);
  }

  synchronized void forOthers(long queries) {
    forOthers += queries;
  }

  synchronized String progress() {
    return "one-shot "
        + held.getOrDefault(Mode.ONE_SHOT, 0L)
        + ", maintained "
        + held.getOrDefault(Mode.MAINTAINED, 0L)
        + " hold, not ours "
        + notOurs.values().stream()
            .flatMap(counts -> counts.values().stream())
            .mapToLong(Long::longValue)
            .sum()
        + ", failed "
        + failed;
  }

  /** The counts as a table, one line each. */
  synchronized String table() {
    StringBuilder text = new StringBuilder();
    for (Mode mode : Mode.values()) {
      text.append("queries ").append(label(mode)).append(" that hold: ");
      text.append(held.getOrDefault(mode, 0L)).append('\n');
      notOurs
          .getOrDefault(mode, Map.of())
          .forEach((why, count) ->
              text.append("queries ")
                  .append(label(mode))
                  .append(" not ours, ")
                  .append(why.title())
                  .append(": ")
                  .append(count)
                  .append('\n'));
    }
    text.append("queries for one other system: ").append(forOthers).append('\n');
    text.append("statements that ran: ").append(statements).append('\n');
    statementsNotOurs.forEach((why, count) ->
        text.append("statements not ours, ")
            .append(NotOurs.valueOf(why).title())
            .append(": ")
            .append(count)
            .append('\n'));
    return text.toString();
  }

  static String label(Mode mode) {
    return switch (mode) {
      case ONE_SHOT -> "one-shot";
      case MAINTAINED -> "maintained";
    };
  }
}
