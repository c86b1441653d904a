package dev.freshet.engine;

import dev.freshet.core.type.Schema;
import dev.freshet.engine.circuit.Output;
import dev.freshet.engine.circuit.SourceNode;
import dev.freshet.engine.table.TableInput;
import java.util.Set;

/** A table or view of an engine. */
sealed interface Relation {
  String name();

  Schema schema();

  /** Its place in the dataflow. */
  Output output();

  /** A table: where changes come in. */
  record Table(String name, Schema schema, SourceNode source, TableInput input, Output output)
      implements Relation {}

  /**
   * A view.
   *
   * @param reads the relations that its plan scans
   * @param since the position from which on it is there
   */
  record View(String name, Schema schema, Set<String> reads, long since, Output output)
      implements Relation {
    /** Where it begins to see what keeps no rows, if that comes after a step. */
    long beginsAfter(long step) {
      boolean waits = since > step && output.readsWhatIsNotKept();
      return waits ? since : Long.MAX_VALUE;
    }
  }
}
