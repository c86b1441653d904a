package dev.freshet.runtime.verify;

import dev.freshet.engine.hash.Part;
import dev.freshet.engine.hash.RowKind;
import dev.freshet.engine.hash.StateHash;
import dev.freshet.engine.hash.StateHash.WeightedText;
import java.util.List;
import java.util.Map;

/**
 * What is verified. Each answer is true for one step, which it names; a later answer may be for a
 * later step.
 */
interface LiveState {
  /** For the user: what this is. */
  String text();

  At<Map<String, Hashes>> relations();

  At<List<StateHash>> parts(String relation, RowKind kind, int count);

  At<List<WeightedText>> rows(String relation, RowKind kind, Part part);

  /** An answer and the step that it is true for. */
  record At<T>(long step, T value) {}

  /** Of a table or model. */
  record Hashes(StateHash content, StateHash errors) {
    StateHash of(RowKind kind) {
      return switch (kind) {
        case CONTENT -> content;
        case ERRORS -> errors;
      };
    }
  }
}
