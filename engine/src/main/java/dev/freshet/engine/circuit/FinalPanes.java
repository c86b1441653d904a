package dev.freshet.engine.circuit;

import dev.freshet.sql.plan.AggregateCall;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.Closing;
import dev.freshet.sql.plan.Plan.Late;
import dev.freshet.sql.plan.Plan.WindowKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * As {@link Panes}, for windows that come out once. A row that came before the first of its windows
 * had closed counts in all of them, so in its pane; the pane closes with that window, and then its
 * sums go into all of its windows, that one among them. Any other row goes into those of its
 * windows that were open when it came.
 *
 * <pre>
 *                       | rows, with the watermark that they met
 *     before all close  |          | later
 *            final aggregate    windows of t, those still open
 *               by pane            |
 *                  |               |
 *            windows of pane       |
 *                  '------+--------'
 *               final aggregate by window
 * </pre>
 *
 * @param windows whose windows they are
 * @param group the group's columns among the columns of {@code windows}
 * @param windowGroup which of the group's columns is the window
 * @param calls by columns of {@code windows}
 * @param beforeAll which rows came before the first of their windows closed
 * @param beforeEach which of a row's windows had not closed when it came
 * @param paneClosing when a pane closes, by its column of the group
 */
record FinalPanes(
    Plan.Windows windows,
    List<Integer> group,
    int windowGroup,
    List<AggregateCall> calls,
    Plan.OnTime beforeAll,
    Plan.OnTime beforeEach,
    Closing paneClosing) {
  /**
   * @param rows the aggregation's input: windows of rows with the watermark that they met, without
   *     those that had closed
   */
  static Optional<FinalPanes> of(Plan.Aggregate aggregate, Plan rows, Closing closing) {
    List<Integer> columns = new ArrayList<>();
    for (int c = 0; c < rows.schema().columnCount(); c++) {
      columns.add(c);
    }
    Plan aboveTest = below(rows, columns);
    if (!(aboveTest instanceof Plan.OnTime test) || test.late() != Late.LEFT_OUT) {
      return Optional.empty();
    }
    List<Integer> tested =
        new ArrayList<>(List.of(test.closing().column(), test.watermarkColumn()));
    List<Integer> both = new ArrayList<>(columns);
    both.addAll(tested);
    Plan aboveWindows = below(test.input(), both);
    if (!(aboveWindows instanceof Plan.Windows windows)) {
      return Optional.empty();
    }
    int width = columns.size();
    int closes = both.get(width);
    int watermark = both.get(width + 1);
    int window = windows.schema().columnCount() - 1;
    List<Integer> at = both.subList(0, width);
    List<Integer> group = aggregate.groupColumns().stream().map(at::get).toList();
    List<AggregateCall> calls =
        aggregate.calls().stream().map(call -> Panes.moved(call, at)).toList();
    boolean fits =
        group.indexOf(window) == closing.column()
            && calls.stream().noneMatch(call -> call.arguments().contains(window))
            && closes == window
            && watermark < window
            && windows.kind() == WindowKind.HOP
            && windows.size() > windows.step()
            && test.closing().width() == 0
            && closing.width() == 0
            && closing.lag() == test.closing().lag();
    return fits ? Optional.of(of(windows, group, calls, closing, watermark)) : Optional.empty();
  }

  private static FinalPanes of(
      Plan.Windows windows,
      List<Integer> group,
      List<AggregateCall> calls,
      Closing closing,
      int watermark) {
    int window = windows.schema().columnCount() - 1;
    long lag = closing.lag();
    long first = lag - (windows.size() - windows.step());
    Closing byTime = new Closing(windows.timeColumn(), windows.step(), windows.offset(), first);
    return new FinalPanes(
        windows,
        group,
        closing.column(),
        calls,
        new Plan.OnTime(windows.input(), byTime, watermark, Late.LEFT_OUT),
        new Plan.OnTime(windows, Closing.after(window, lag), watermark, Late.LEFT_OUT),
        Closing.after(closing.column(), first));
  }

  /** What stands below projections that only move columns; {@code columns} are followed. */
  private static Plan below(Plan plan, List<Integer> columns) {
    Plan at = plan;
    while (at instanceof Plan.Project project && Panes.isSelection(project)) {
      List<Expression> selected = project.expressions();
      columns.replaceAll(c -> ((Expression.ColumnRef) selected.get(c)).index());
      at = project.input();
    }
    return at;
  }
}
