package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.arrangement.BatchSink;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers a plan once: fresh operators see the content of the relations as their first change.
 * Where only filters and projections stand over one relation, its rows stream through in pieces,
 * and no more than wanted. One thread owns it.
 */
public final class OneShot {
  private final Contents contents;
  private final long rowsWanted;
  private final Map<Fingerprint, Node> nodes = new LinkedHashMap<>();

  /** Where the content of relations comes from. */
  public interface Contents {
    /** All rows of a relation in pieces, none that another cancels, until the sink has enough. */
    void contents(String relation, BatchSink sink);

    /** All rows of a relation as they are stored: rows that cancel each other may both be there. */
    Batch stored(String relation);

    /** How many rows a relation has. */
    long rowCount(String relation);

    /** Positions of the columns by which {@link #lookup} finds rows. */
    int[] keyColumns(String relation);

    /** The rows with one of these keys. */
    Batch lookup(String relation, Batch keys);
  }

  private OneShot(Contents contents, long rowsWanted) {
    this.contents = contents;
    this.rowsWanted = rowsWanted;
  }

  /**
   * The plan's rows with positive weights: in order if the plan ends in a TopN without partition.
   *
   * @param rowsWanted more rows need not be computed
   * @throws FreshetException {@link ErrorCode#VALUE_INVALID} when an expression fails on a row
   */
  public static Batch answer(Plan plan, Contents contents, long rowsWanted) {
    OneShotRewrite rewrite = new OneShotRewrite(contents);
    Plan reduced = rewrite.rewrite(plan);
    return new OneShot(contents, rowsWanted).run(reduced, rewrite.made()).withSchema(plan.schema());
  }

  /**
   * All rows of a plan of which {@link OneShotRewrite} has answered what it can.
   *
   * @param made the content of relations that stand for what was answered
   */
  static Batch rest(Plan reduced, Contents contents, Map<String, Batch> made) {
    return new OneShot(contents, Long.MAX_VALUE).run(reduced, made);
  }

  private Batch run(Plan reduced, Map<String, Batch> made) {
    List<Plan.Scan> scans = new ArrayList<>();
    Node root = new PlanCompiler(this::intern, new Scanned(scans)).compile(reduced);
    if (isChain(reduced)) {
      List<Batch> answered = new ArrayList<>();
      runChain(
          root,
          scans.getFirst(),
          made.get(scans.getFirst().relation()),
          (_, _) -> false,
          rows -> {
            answered.add(rows);
            return total(answered) < rowsWanted;
          });
      return answered.isEmpty() ? root.nothing() : Rows.concat(root.schema(), answered);
    }
    for (Plan.Scan scan : scans) {
      Batch rows = made.get(scan.relation());
      sourceOf(scan).emit(orStored(rows, scan).withSchema(scan.schema()));
    }
    stepAll();
    return isConsolidated(reduced) ? root.output() : consolidated(root.output());
  }

  /** Notes what is scanned. */
  private final class Scanned implements PlanCompiler.Relations {
    private final List<Plan.Scan> scans;

    Scanned(List<Plan.Scan> scans) {
      this.scans = scans;
    }

    @Override
    public Node scan(Plan.Scan scan) {
      scans.add(scan);
      Node source = sourceOf(scan);
      source.markStarted();
      return source;
    }

    @Override
    public ArrivalsNode arrivals(Plan.Arrivals arrivals) {
      throw onlyMaintained();
    }

    @Override
    public WatermarkNode watermark() {
      throw onlyMaintained();
    }

    private static IllegalStateException onlyMaintained() {
      return new IllegalStateException("a final plan is maintained, not answered once");
    }
  }

  private Batch orStored(@Nullable Batch made, Plan.Scan scan) {
    return made == null ? contents.stored(scan.relation()) : made;
  }

  private Node sourceOf(Plan.Scan scan) {
    return intern(new SourceNode(scan.relation(), scan.schema()));
  }

  private Node intern(Node node) {
    Node known = nodes.putIfAbsent(node.fingerprint(), node);
    return known == null ? node : known;
  }

  /** Rows of relations that come piece by piece. */
  interface Pieces {
    /** Hands them over; {@code false} when the relation is none of these. */
    boolean read(String relation, BatchSink sink);
  }

  private void runChain(
      Node root, Plan.Scan scan, @Nullable Batch made, Pieces others, BatchSink sink) {
    Node source = sourceOf(scan);
    BatchSink pieces =
        piece -> {
          source.emit(piece.withSchema(scan.schema()));
          stepAll();
          Batch rows = root.output();
          // Else an operator that gets nothing of the next piece would put this one out again.
          nodes.values().forEach(Node::endStep);
          return sink.accept(rows);
        };
    if (made != null) {
      pieces.accept(made);
    } else if (!others.read(scan.relation(), pieces)) {
      contents.contents(scan.relation(), pieces);
    }
  }

  /**
   * Hands over the rows of a chain of filters and projections over one relation, piece by piece.
   *
   * @param made the content of relations that are not those of {@code contents}
   * @param others gives the rows of relations that are neither
   */
  static void stream(
      Plan chain, Contents contents, Map<String, Batch> made, Pieces others, BatchSink sink) {
    OneShot shot = new OneShot(contents, Long.MAX_VALUE);
    List<Plan.Scan> scans = new ArrayList<>();
    Node root = new PlanCompiler(shot::intern, shot.new Scanned(scans)).compile(chain);
    Plan.Scan scan = scans.getFirst();
    shot.runChain(root, scan, made.get(scan.relation()), others, sink);
  }

  private static long total(List<Batch> batches) {
    return batches.stream().mapToLong(Batch::rowCount).sum();
  }

  private void stepAll() {
    for (Node node : nodes.values()) {
      node.step();
      if (!node.errorDelta().isEmpty()) {
        Batch errors = node.errorDelta();
        throw new FreshetException(
            ErrorCode.VALUE_INVALID,
            Values.read(ErrorRows.SCHEMA.type(0), errors.column(0), 0)
                + " The row: "
                + Values.read(ErrorRows.SCHEMA.type(1), errors.column(1), 0));
      }
    }
  }

  /** Whether only filters and projections stand over one relation. */
  static boolean isChain(Plan plan) {
    return switch (plan) {
      case Plan.Scan _ -> true;
      case Plan.Filter filter -> isChain(filter.input());
      case Plan.Project project -> isChain(project.input());
      case Plan.Constants _, Plan.Union _, Plan.Distinct _, Plan.Join _ -> false;
      case Plan.Aggregate _, Plan.TopN _, Plan.Sessions _, Plan.Over _ -> false;
      case Plan.Windows windows -> isChain(windows.input());
      case Plan.Unnest unnest -> isChain(unnest.input());
      case Plan.Multiset _, Plan.AsOf _, Plan.Recursion _, Plan.Recurse _ -> false;
      case Plan.Arrivals _, Plan.NotAhead _, Plan.OnTime _, Plan.Expire _, Plan.Final _ -> false;
    };
  }

  private static boolean isConsolidated(Plan plan) {
    return switch (plan) {
      case Plan.Distinct _, Plan.Aggregate _, Plan.TopN _ -> true;
      case Plan.Scan _, Plan.Constants _, Plan.Union _, Plan.Join _, Plan.Over _ -> false;
      case Plan.Filter filter -> isConsolidated(filter.input());
      case Plan.Windows windows -> isConsolidated(windows.input());
      case Plan.Sessions _, Plan.Multiset _ -> true;
      case Plan.Unnest _ -> false;
      case Plan.Project _ -> false;
      case Plan.Arrivals _, Plan.NotAhead _, Plan.OnTime _, Plan.Expire _, Plan.Final _ -> false;
      case Plan.AsOf _, Plan.Recursion _, Plan.Recurse _ -> false;
    };
  }

  private static Batch consolidated(Batch rows) {
    int[] all = Schemas.range(rows.schema().columnCount());
    return Run.of(RowOrder.byKey(rows.schema(), all), rows).rows();
  }
}
