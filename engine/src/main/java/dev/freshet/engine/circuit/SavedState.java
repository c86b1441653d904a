package dev.freshet.engine.circuit;

import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import java.util.List;
import java.util.Optional;

/** State of operators that was saved before, by fingerprint. */
public interface SavedState {
  /** Nothing was saved. */
  SavedState NONE =
      new SavedState() {
        @Override
        public boolean has(Fingerprint fingerprint) {
          return false;
        }

        @Override
        public Optional<List<RunList>> find(Fingerprint fingerprint, List<RowOrder> orders) {
          return Optional.empty();
        }
      };

  /** Whether something was saved under the fingerprint. */
  boolean has(Fingerprint fingerprint);

  /**
   * The state that an operator had.
   *
   * @param orders the orders of the operator's parts of state, the last one that of its error rows
   * @return one content per order; empty when nothing was saved under the fingerprint
   */
  Optional<List<RunList>> find(Fingerprint fingerprint, List<RowOrder> orders);
}
