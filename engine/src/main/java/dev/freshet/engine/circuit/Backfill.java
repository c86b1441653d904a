package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Keep;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.arrangement.RunList;
import dev.freshet.engine.checkpoint.StateMemory;
import dev.freshet.engine.circuit.Circuit.Addition;
import dev.freshet.engine.circuit.Offers.Offer;
import dev.freshet.engine.circuit.TailNode.Beginning;
import dev.freshet.engine.table.Arrivals;
import dev.freshet.engine.time.ViewTime;
import dev.freshet.engine.workers.Workers;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Computes new views beside a running circuit, in a circuit of their own, so that neither memory
 * nor other views pay for it at once:
 *
 * <pre>
 *   begin      the content of what the views read is there as immutable runs; from now on every step offers its changes
 *   run        that content passes in pieces, as if rows came in; then the changes that were offered
 *   adopt      between two steps: the last changes, then the running circuit takes the operators' state
 * </pre>
 *
 * <p>A view that replaces another one is compared with it on the way: the old view's rows pass too,
 * each taken away once, into the sum of both. What is left in the end is what subscribers of the
 * old view have to be told.
 *
 * <p>{@link #begin}, {@link #offer}, {@link #adopt} and {@link #difference} are the engine's
 * thread's; {@link #run} is one other thread's, or its own, before {@code adopt}.
 */
public final class Backfill {
  /** Changes that wait may take so many bytes, if the memory for the views is less. */
  private static final long WAITING_BYTES_LEAST = 64L << 20;

  /** Steps of few rows are caught up with together. */
  private static final int TOGETHER_ROWS = 1 << 14;

  private final List<Wanted> views;
  private final StateMemory memory;
  private final Circuit circuit;

  /** By the relation's name; relations with the same root share one. */
  private final Map<String, SourceNode> inputs = new LinkedHashMap<>();

  private final Map<String, Output> reads = new LinkedHashMap<>();
  private final Map<String, Output> outputs = new LinkedHashMap<>();
  private final List<Feed> feeds = new ArrayList<>();

  /** What was there at the beginning, of each feed, until it has passed. Owned by {@link #run}. */
  private final Queue<Content> contents = new ArrayDeque<>();

  private final List<BackfillTime> times = new ArrayList<>();
  private final Map<String, ArrangeNode> differences = new HashMap<>();
  private final Offers offered;
  private long rowsAtBegin;
  private final AtomicLong rowsPassed = new AtomicLong();
  private volatile boolean cancelled;
  private boolean ran;

  /**
   * A view to be computed.
   *
   * @param plan over relations of the running circuit and over views before it
   * @param replaced the running view of the same columns whose place it takes
   * @param time of the running circuit, if it is a final one
   */
  @SuppressWarnings("ArrayRecordComponent") // read-only, never compared
  public record Wanted(
      String name,
      Plan plan,
      int[] keyColumns,
      Optional<Output> replaced,
      Optional<ViewTime> time) {}

  /** A relation of the running circuit whose rows go into an operator of this one. */
  private record Feed(Output from, Node into, Form form) {
    Batch shaped(Batch rows) {
      return switch (form) {
        case AS_IT_IS -> rows.withSchema(into.schema());
        case NEGATED -> rows.withSchema(into.schema()).negated();
        case BEFORE_ANY_WATERMARK -> ((ArrivalsNode) into).beforeAnyWatermark(rows);
      };
    }
  }

  private record Content(Feed feed, RunList rows) {}

  private enum Form {
    AS_IT_IS,
    NEGATED,
    BEFORE_ANY_WATERMARK
  }

  private Backfill(List<Wanted> views, StateMemory memory, Workers workers) {
    this.circuit = new Circuit(SavedState.NONE, workers);
    this.views = List.copyOf(views);
    this.memory = memory;
    this.offered = new Offers(Math.max(WAITING_BYTES_LEAST, memory.budgetBytes()));
  }

  /**
   * Begins between two steps.
   *
   * @param views each reads only relations of the running circuit and views before it
   * @param relations finds the output of a relation that a plan scans
   * @param memory for the state that the views come to
   * @param workers share the work; those of the running circuit may
   */
  public static Backfill begin(
      List<Wanted> views, Function<String, Output> relations, StateMemory memory, Workers workers) {
    Backfill backfill = new Backfill(views, memory, workers);
    // First all that exists: what equals it is then found to be it, and not computed again.
    List<String> own = new ArrayList<>();
    for (Wanted view : views) {
      for (String relation : scanned(view.plan())) {
        if (!own.contains(relation)) {
          backfill.read(relation, relations.apply(relation));
        }
      }
      own.add(view.name());
    }
    views.forEach(view -> backfill.add(view, relations));
    backfill.rowsAtBegin =
        backfill.contents.stream().mapToLong(each -> each.rows().storedRows()).sum();
    return backfill;
  }

  private static List<String> scanned(Plan plan) {
    List<String> relations = new ArrayList<>();
    collect(plan, relations);
    return relations;
  }

  private static void collect(Plan plan, List<String> relations) {
    if (plan instanceof Plan.Scan scan) {
      relations.add(scan.relation());
    }
    plan.inputs().forEach(input -> collect(input, relations));
  }

  private void read(String relation, Output output) {
    if (reads.putIfAbsent(relation, output) != null) {
      return;
    }
    for (Feed feed : feeds) {
      if (feed.from().root().equals(output.root())) {
        inputs.put(relation, (SourceNode) feed.into());
        return;
      }
    }
    SourceNode source = circuit.addSource(new SourceNode(output.root()));
    inputs.put(relation, source);
    feed(output, source, Form.AS_IT_IS);
  }

  private void add(Wanted view, Function<String, Output> relations) {
    Optional<BackfillTime> time = view.time().map(BackfillTime::new);
    Output output =
        circuit.addOver(
            view.plan(), new BackfillRelations(this::root, relations, time), view.keyColumns());
    outputs.put(view.name(), output);
    time.ifPresent(each -> begin(each, output, relations));
    view.replaced().ifPresent(old -> compare(view.name(), output, old));
  }

  private Node root(String relation) {
    Output own = outputs.get(relation);
    Node root = own == null ? inputs.get(relation) : own.root();
    Check.that(root != null, "what a view reads is there before it: " + relation);
    return Objects.requireNonNull(root);
  }

  private void begin(BackfillTime time, Output output, Function<String, Output> relations) {
    time.begin(output);
    times.add(time);
    for (ArrivalsNode node : output.arrivals()) {
      Output table = relations.apply(node.table());
      reads.put(node.table(), table);
      feed(table, node, Form.BEFORE_ANY_WATERMARK);
    }
  }

  private void compare(String name, Output output, Output old) {
    SourceNode less =
        circuit.addSource(new SourceNode("less the old " + name, output.root().schema()));
    feed(old, less, Form.NEGATED);
    differences.put(name, circuit.addSum(List.of(output.root(), less), output.order()));
  }

  private void feed(Output from, Node into, Form form) {
    Feed feed = new Feed(from, into, form);
    feeds.add(feed);
    contents.add(new Content(feed, from.content()));
  }

  /** The views, each after those that it reads. */
  public List<Wanted> views() {
    return views;
  }

  /** The views that an operator computes; all when it only compares them with others. */
  public List<String> usersOf(Node operator) {
    List<String> users = new ArrayList<>();
    outputs.forEach((view, output) -> {
      if (circuit.operatorsOf(output).contains(operator)) {
        users.add(view);
      }
    });
    return users.isEmpty() ? List.copyOf(outputs.keySet()) : users;
  }

  /** The outputs of what the views read. */
  public Map<String, Output> reads() {
    return Map.copyOf(reads);
  }

  /**
   * Takes the changes of a step, right after it ran.
   *
   * @param arrivals the single changes of tables, for final views
   */
  public void offer(Map<String, Arrivals> arrivals) {
    Map<Node, Batch> changes = new HashMap<>();
    for (Feed feed : feeds) {
      if (feed.form() != Form.BEFORE_ANY_WATERMARK && !feed.from().delta().isEmpty()) {
        changes.put(feed.into(), feed.shaped(feed.from().delta()));
      }
    }
    Map<BackfillTime, Long> watermarks = new HashMap<>();
    for (BackfillTime time : times) {
      changes.putAll(time.arrived(arrivals));
      time.moved().ifPresent(watermark -> watermarks.put(time, watermark));
    }
    offered.add(changes, watermarks);
  }

  /**
   * Computes the views over the content at the beginning, and over what was offered since.
   *
   * @param pieceRows about so many rows pass at once
   */
  public void run(int pieceRows) {
    for (Content content = contents.poll(); content != null; content = contents.poll()) {
      pass(content, pieceRows);
    }
    times.forEach(BackfillTime::toTheBeginning);
    step(Map.of());
    catchUp();
    differences.values().forEach(Backfill::compact);
    ran = true;
  }

  /** What cancels out is dropped here, so that the engine's thread need not pass over it. */
  private static void compact(ArrangeNode sum) {
    sum.restore(List.of(sum.after().compacted()));
  }

  /** From 0 to 100. From any thread. */
  public double percent() {
    return rowsAtBegin == 0 ? 100 : Math.min(100, 100.0 * rowsPassed.get() / rowsAtBegin);
  }

  /** Ends {@link #run} soon, with an error. From any thread. */
  public void cancel() {
    cancelled = true;
  }

  private void pass(Content content, int pieceRows) {
    Feed feed = content.feed();
    Piece piece = new Piece(content.rows().schema());
    content
        .rows()
        .contents(batch -> {
          for (int from = 0; from < batch.rowCount(); from += pieceRows) {
            piece.add(batch, from, Math.min(batch.rowCount(), from + pieceRows));
            if (piece.rowCount >= pieceRows) {
              pass(feed, piece);
            }
          }
          return true;
        });
    if (piece.rowCount > 0) {
      pass(feed, piece);
    }
  }

  private void pass(Feed feed, Piece piece) {
    long rows = piece.rowCount;
    step(Map.of(feed.into(), feed.shaped(piece.take())));
    rowsPassed.addAndGet(rows);
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
    for (Optional<Offer> offer = offered.poll(TOGETHER_ROWS);
        offer.isPresent();
        offer = offered.poll(TOGETHER_ROWS)) {
      offer.get().watermarks().forEach(BackfillTime::moveTo);
      step(offer.get().changes());
    }
  }

  private void step(Map<Node, Batch> changes) {
    if (cancelled) {
      throw new FreshetException(
          ErrorCode.NOT_RUNNING, "Cannot compute the views: it was cancelled.");
    }
    memory.enforce(circuit::forEachContent, circuit.tables());
    changes.forEach(Node::emit);
    circuit.step();
    circuit.endStep();
  }

  /**
   * Adds a view to the running circuit, as of its last step.
   *
   * @param relations finds the output of a relation in the running circuit, and of the views before
   */
  public Output adopt(Wanted view, Circuit running, Function<String, Output> relations) {
    Check.that(ran, "a backfill runs before its views are taken over");
    catchUp();
    times.forEach(BackfillTime::requireSame);
    return running.adopt(
        new Addition(view.plan(), Beginning.NOWHERE, view.time(), Keep.ALL, view.keyColumns()),
        relations,
        circuit.states());
  }

  /** What a view has more and less than the one that it replaces, as of the last step. */
  public Optional<Batch> difference(String view) {
    catchUp();
    return Optional.ofNullable(differences.get(view)).map(sum -> sum.after().scan());
  }
}
