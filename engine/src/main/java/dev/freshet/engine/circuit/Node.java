package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.workers.Workers;
import java.util.List;

/**
 * One operator: turns the changes of its inputs into the change of its output, step by step. The
 * first change it sees is the whole content of its inputs. One thread owns it; within {@link
 * #evaluate} it may give parts of its work to {@link #workers}, by ranges of keys: these read
 * immutable content and batches, and record failures by {@link #fail}.
 */
public abstract class Node {
  private final Fingerprint fingerprint;
  private final String label;
  private final Schema schema;
  private final List<Node> inputs;
  private final Batch nothing;
  private ErrorRows errors = new ErrorRows();
  private Workers workers = Workers.NONE;
  private boolean reportsToOther;
  private Batch output;
  private boolean started;
  private boolean restored;
  private String id = "";
  private long rowsIn;
  private long rowsOut;
  private long nanos;

  /**
   * @param label what the operator does; with the inputs' fingerprints it names the operator's
   *     state
   */
  Node(String label, Schema schema, List<Node> inputs) {
    this.label = label;
    this.schema = schema;
    this.inputs = List.copyOf(inputs);
    this.fingerprint = Fingerprint.of(label, inputs.stream().map(Node::fingerprint).toList());
    this.nothing = Batch.empty(schema);
    this.output = nothing;
  }

  /** Stands for another operator: has its fingerprint, and no inputs. */
  Node(Fingerprint fingerprint, Schema schema) {
    this.label = "stands for " + fingerprint.text();
    this.schema = schema;
    this.inputs = List.of();
    this.fingerprint = fingerprint;
    this.nothing = Batch.empty(schema);
    this.output = nothing;
  }

  /** The change of the output for the inputs' changes. */
  abstract Batch evaluate();

  /** The same operator without state over other inputs. */
  abstract Node copy(List<Node> otherInputs);

  /**
   * Whether the output never takes a row back, whatever comes: then nothing needs to be kept for
   * that. Says no where it is not certain.
   */
  boolean onlyInserts() {
    return false;
  }

  /** A short name of the kind of operator. */
  public abstract String operator();

  /** The orders of the operator's state, by which {@link #restore} reads it. */
  List<RowOrder> stateOrders() {
    return List.of();
  }

  /** Brings {@link #state} up to the last step, between two steps on the engine's thread. */
  void writeState() {}

  /** Rows that {@link #state} lacks before {@link #writeState}. */
  long unwrittenRows() {
    return 0;
  }

  /** Bytes of memory that the operator keeps beside its {@link #state}. From any thread. */
  long tableBytes() {
    return 0;
  }

  /** Gives the memory of {@link #tableBytes} back, between two steps on the engine's thread. */
  void releaseTable() {}

  /** The operator's state, in the order of {@link #stateOrders}. */
  List<RunList> state() {
    return List.of();
  }

  /** Takes state that {@link #state} gave before. */
  void restore(List<RunList> state) {}

  /** Forgets the step's changes; state stays. */
  void endStep() {
    forgetOutput();
    if (!reportsToOther) {
      errors.endStep();
    }
  }

  final void forgetOutput() {
    output = nothing;
  }

  /** Makes rows that fail here the other operator's error rows, which settles them. */
  final void reportTo(Node other) {
    errors = other.errors;
    reportsToOther = true;
  }

  /** Lets several threads share what the operator does in a step. */
  void useWorkers(Workers shared) {
    workers = shared;
  }

  final Workers workers() {
    return workers;
  }

  /** Makes the whole content stand as this step's change, for operators that start now. */
  void presentContent(Batch content) {
    output = content;
  }

  /** Runs the operator if there is something to do. */
  final void step() {
    if (started && !inputsChanged() && !hasWork()) {
      return;
    }
    long begin = System.nanoTime();
    started = true;
    output = evaluate();
    if (!reportsToOther) {
      errors.settle();
    }
    for (Node input : inputs) {
      rowsIn += input.output.rowCount();
    }
    rowsOut += output.rowCount();
    nanos += System.nanoTime() - begin;
  }

  /** Whether the operator has something to do even if no input changed. */
  boolean hasWork() {
    return false;
  }

  private boolean inputsChanged() {
    for (Node input : inputs) {
      if (!input.output.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  final void emit(Batch change) {
    output = change;
    rowsOut += change.rowCount();
  }

  /** Records that an expression failed on a row. May be called by several workers at once. */
  final void fail(String reason, Batch batch, int row, long weight) {
    errors.add(reason, batch, row, weight);
  }

  /** The change of this step. */
  public final Batch output() {
    return output;
  }

  /** The change of this step's error rows. */
  final Batch errorDelta() {
    return errors.delta();
  }

  final RunList errorContent() {
    return errors.content();
  }

  final Fingerprint fingerprint() {
    return fingerprint;
  }

  /** What the operator does, with its expressions and columns. */
  public final String label() {
    return label;
  }

  final Schema schema() {
    return schema;
  }

  /** The operators it reads. */
  public final List<Node> inputs() {
    return inputs;
  }

  final Node input() {
    return inputs.getFirst();
  }

  /** Counts time that the operator took outside of {@link #step}. */
  final void spent(long moreNanos) {
    nanos += moreNanos;
  }

  final Batch nothing() {
    return nothing;
  }

  final boolean isStarted() {
    return started;
  }

  final boolean isRestored() {
    return restored;
  }

  final void markRestored(RunList errorRows, List<RunList> state) {
    errors.restore(errorRows);
    restore(state);
    started = true;
    restored = true;
  }

  /** Takes the state of an equal operator, over inputs that it has now. */
  final void adopt(RunList errorRows, List<RunList> state) {
    errors.restore(errorRows);
    restore(state);
    started = true;
  }

  final void markStarted() {
    started = true;
  }

  final void name(String newId) {
    id = newId;
  }

  public final String id() {
    return id;
  }

  public final long rowsIn() {
    return rowsIn;
  }

  public final long rowsOut() {
    return rowsOut;
  }

  public final long nanos() {
    return nanos;
  }

  /** Rows in the operator's state. */
  public final long stateRows() {
    return state().stream().mapToLong(RunList::storedRows).sum()
        + errorContent().storedRows()
        + unwrittenRows();
  }

  /** Bytes of the operator's state that lie on disk only. */
  public final long spilledBytes() {
    return state().stream().mapToLong(RunList::spilledBytes).sum() + errorContent().spilledBytes();
  }

  /** Bytes of heap of the operator's state. */
  public final long stateBytes() {
    return state().stream().mapToLong(RunList::bytes).sum() + errorContent().bytes() + tableBytes();
  }
}
