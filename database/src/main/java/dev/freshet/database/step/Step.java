package dev.freshet.database.step;

import dev.freshet.contracts.Ledger;
import dev.freshet.contracts.QuarantinedRow;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.engine.StepResult;
import java.util.List;

/**
 * What one step took and did. The number of a step is the log offset that it reaches: the state
 * after step n is that of all transactions that end in the log below offset n. So a step's number
 * names one state for ever, however the log is cut into steps.
 *
 * @param inputs the change sets of the transactions that the step took, in log order
 * @param quarantined rows that did not get in
 * @param ledger the count of the rows that came in
 */
public record Step(
    StepResult result, List<Input> inputs, List<QuarantinedRow> quarantined, Ledger ledger) {
  public Step {
    inputs = List.copyOf(inputs);
    quarantined = List.copyOf(quarantined);
  }

  public long number() {
    return result.step();
  }

  /** A change set and where it stands in the log. */
  public record Input(long offset, ChangeSet changes) {}
}
