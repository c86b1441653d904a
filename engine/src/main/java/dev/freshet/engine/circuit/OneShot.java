package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Values;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.sql.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers a plan once: fresh operators see the whole content of the relations as one change. One
 * thread owns it.
 */
public final class OneShot {
  private final Contents contents;
  private final Map<Fingerprint, Node> nodes = new LinkedHashMap<>();

  /** Where the content of relations comes from. */
  public interface Contents {
    /** All rows of a relation. */
    Batch scan(String relation);

    /** Positions of the columns by which {@link #lookup} finds rows. */
    int[] keyColumns(String relation);

    /** The rows with one of these keys. */
    Batch lookup(String relation, Batch keys);
  }

  private OneShot(Contents contents) {
    this.contents = contents;
  }

  /**
   * The plan's rows: in order if the plan ends in a TopN without partition, else consolidated.
   *
   * @throws FreshetException {@link ErrorCode#VALUE_INVALID} when an expression fails on a row
   */
  public static Batch answer(Plan plan, Contents contents) {
    return new OneShot(contents).run(plan);
  }

  private Batch run(Plan plan) {
    KeyLookup lookups = new KeyLookup(contents);
    Plan reduced = lookups.rewrite(plan);
    PlanCompiler compiler =
        new PlanCompiler(this::intern, scan -> source(scan, lookups.found().get(scan.relation())));
    Node root = compiler.compile(reduced);
    for (Node node : nodes.values()) {
      node.step();
    }
    List<Batch> errors = new ArrayList<>();
    for (Node node : nodes.values()) {
      if (!node.errorDelta().isEmpty()) {
        errors.add(node.errorDelta());
      }
    }
    if (!errors.isEmpty()) {
      throw new FreshetException(
          ErrorCode.VALUE_INVALID,
          Values.read(ErrorRows.SCHEMA.type(0), errors.getFirst().column(0), 0)
              + " The row: "
              + Values.read(ErrorRows.SCHEMA.type(1), errors.getFirst().column(1), 0));
    }
    Batch rows = root.output();
    return isOrdered(plan) ? rows.withSchema(plan.schema()) : consolidated(rows, plan);
  }

  private Node intern(Node node) {
    Node known = nodes.putIfAbsent(node.fingerprint(), node);
    return known == null ? node : known;
  }

  private Node source(Plan.Scan scan, @org.jspecify.annotations.Nullable Batch found) {
    SourceNode source = new SourceNode(scan.relation(), scan.schema());
    Node interned = intern(source);
    if (!interned.isStarted()) {
      interned.markStarted();
      Batch rows = found == null ? contents.scan(scan.relation()) : found;
      interned.emit(rows.withSchema(scan.schema()));
    }
    return interned;
  }

  private static boolean isOrdered(Plan plan) {
    return switch (plan) {
      case Plan.TopN top -> top.partitionColumns().isEmpty();
      case Plan.Project project -> isOrdered(project.input());
      case Plan.Scan _, Plan.Constants _, Plan.Filter _, Plan.Union _, Plan.Distinct _ -> false;
      case Plan.Join _, Plan.Aggregate _ -> false;
    };
  }

  private static Batch consolidated(Batch rows, Plan plan) {
    int[] all = Schemas.range(plan.schema().columnCount());
    return Run.of(RowOrder.byKey(plan.schema(), all), rows.withSchema(plan.schema())).rows();
  }
}
