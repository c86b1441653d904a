package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.checkpoint.StateMemory;
import dev.freshet.engine.workers.Workers;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * Computes a new view beside a running circuit, in a circuit of its own, so that neither memory nor
 * other views pay for it at once:
 *
 * <pre>
 *   begin      the content of what the view reads is there as immutable runs; from now on every step offers its changes
 *   run        that content passes in pieces, as if rows came in; then the changes that were offered
 *   adopt      between two steps: the last changes, then the running circuit takes the operators' state
 * </pre>
 *
 * <p>{@link #begin}, {@link #offer} and {@link #adopt} are the engine's thread's; {@link #run} is
 * one other thread's, or its own, before {@code adopt}.
 */
public final class Backfill {
  private final Plan plan;
  private final int[] keyColumns;
  private final StateMemory memory;
  private final Circuit circuit;
  private final Map<String, SourceNode> inputs = new LinkedHashMap<>();
  private final Map<String, Output> reads = new LinkedHashMap<>();
  private final Map<String, RunList> content = new LinkedHashMap<>();
  private final Queue<Map<String, Batch>> offered = new ConcurrentLinkedQueue<>();

  private Backfill(Plan plan, int[] keyColumns, StateMemory memory, Workers workers) {
    this.circuit = new Circuit(SavedState.NONE, workers);
    this.plan = plan;
    this.keyColumns = keyColumns;
    this.memory = memory;
  }

  /**
   * Begins between two steps.
   *
   * @param relations finds the output of a relation that the plan scans
   * @param memory for the state that the view comes to
   * @param workers share the work; those of the running circuit may
   */
  public static Backfill begin(
      Plan plan,
      Function<String, Output> relations,
      int[] keyColumns,
      StateMemory memory,
      Workers workers) {
    Backfill backfill = new Backfill(plan, keyColumns.clone(), memory, workers);
    backfill.circuit.addOver(
        plan,
        relation ->
            backfill.inputs.computeIfAbsent(
                relation, name -> backfill.read(name, relations.apply(name))),
        keyColumns);
    return backfill;
  }

  private SourceNode read(String relation, Output output) {
    reads.put(relation, output);
    content.put(relation, output.content());
    return circuit.addStandIn(output.root());
  }

  /** The outputs of what the view reads. */
  public Map<String, Output> reads() {
    return Map.copyOf(reads);
  }

  /** Takes the changes of a step, right after it ran. */
  public void offer() {
    Map<String, Batch> changes = new HashMap<>();
    reads.forEach((name, output) -> {
      if (!output.delta().isEmpty()) {
        changes.put(name, output.delta());
      }
    });
    if (!changes.isEmpty()) {
      offered.add(changes);
    }
  }

  /**
   * Computes the view over the content at the beginning, and over what was offered since.
   *
   * @param pieceRows about so many rows pass at once
   */
  public void run(int pieceRows) {
    content.forEach((relation, rows) -> pass(relation, rows, pieceRows));
    content.clear();
    catchUp();
  }

  private void pass(String relation, RunList rows, int pieceRows) {
    Piece piece = new Piece(rows.schema());
    rows.contents(batch -> {
      for (int from = 0; from < batch.rowCount(); from += pieceRows) {
        piece.add(batch, from, Math.min(batch.rowCount(), from + pieceRows));
        if (piece.rowCount >= pieceRows) {
          step(Map.of(relation, piece.take()));
        }
      }
      return true;
    });
    if (piece.rowCount > 0) {
      step(Map.of(relation, piece.take()));
    }
  }

  /** Rows that pass together. */
  private static final class Piece {
    private final Schema schema;
    private final List<Batch> batches = new ArrayList<>();
    private int rowCount;

    Piece(Schema schema) {
      this.schema = schema;
    }

    void add(Batch batch, int from, int to) {
      boolean whole = to - from == batch.rowCount();
      int[] rows = new int[whole ? 0 : to - from];
      Arrays.setAll(rows, i -> from + i);
      batches.add(whole ? batch : Rows.gather(batch, rows, rows.length));
      rowCount += to - from;
    }

    Batch take() {
      Batch rows = batches.size() == 1 ? batches.getFirst() : Rows.concat(schema, batches);
      batches.clear();
      rowCount = 0;
      return rows;
    }
  }

  private void catchUp() {
    for (Map<String, Batch> changes = offered.poll(); changes != null; changes = offered.poll()) {
      step(changes);
    }
  }

  private void step(Map<String, Batch> changes) {
    memory.enforce(circuit::forEachContent);
    changes.forEach((relation, rows) -> {
      SourceNode input = Objects.requireNonNull(inputs.get(relation));
      input.offer(rows.withSchema(input.schema()));
    });
    circuit.step();
    circuit.endStep();
  }

  /** Adds the view to the running circuit, as of its last step. */
  public Output adopt(Circuit running, Function<String, Output> relations) {
    Check.that(content.isEmpty(), "a backfill runs before its view is taken over");
    catchUp();
    Map<Fingerprint, List<RunList>> states = new HashMap<>();
    circuit.forEachState(states::put);
    return running.adopt(
        plan,
        relations,
        keyColumns,
        new SavedState() {
          @Override
          public boolean has(Fingerprint fingerprint) {
            return states.containsKey(fingerprint);
          }

          @Override
          public Optional<List<RunList>> find(Fingerprint fingerprint, List<RowOrder> orders) {
            return Optional.ofNullable(states.get(fingerprint));
          }
        });
  }
}
