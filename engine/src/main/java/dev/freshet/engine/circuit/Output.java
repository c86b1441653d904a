package dev.freshet.engine.circuit;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.engine.arrangement.Chain;
import dev.freshet.engine.arrangement.RowOrder;
import dev.freshet.engine.arrangement.Run;
import dev.freshet.engine.arrangement.RunList;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A relation's place in the dataflow: the operator that puts it out, and its content by key. One
 * thread owns it.
 */
public final class Output {
  private final Node root;
  private final ArrangeNode content;
  private final List<Node> own;
  private final boolean restored;

  /**
   * @param own the operators that compute the relation, those of the relations it reads left out
   */
  Output(Node root, ArrangeNode content, Set<Node> own) {
    this.root = root;
    this.content = content;
    this.own = List.copyOf(new LinkedHashSet<>(own));
    this.restored = content.isRestored();
  }

  Node root() {
    return root;
  }

  ArrangeNode arranged() {
    return content;
  }

  /** Where the single changes of tables come in, if the relation is a final view. */
  public List<ArrivalsNode> arrivals() {
    return ownOf(ArrivalsNode.class);
  }

  /** What waits for the watermark, if the relation is a final view. */
  public List<WatermarkNode> watermarks() {
    return ownOf(WatermarkNode.class);
  }

  /** How many changes came too late for the relation. */
  public long lateChanges() {
    long late = 0;
    for (OnTimeNode node : ownOf(OnTimeNode.class)) {
      late += node.lateChanges();
    }
    return late;
  }

  /** How many changes were of rows too far ahead of their time. */
  public long aheadChanges() {
    return ownOf(NotAheadNode.class).stream().mapToLong(NotAheadNode::aheadChanges).sum();
  }

  /** Where rows of relations that keep none come in. */
  public List<TailNode> tails() {
    return ownOf(TailNode.class);
  }

  /** Whether the relation reads others that keep no rows. */
  public boolean readsWhatIsNotKept() {
    return !tails().isEmpty() || arrivals().stream().anyMatch(ArrivalsNode::isOfPassing);
  }

  /** Whether the relation's rows are kept; if not, its content is empty. */
  public boolean isKept() {
    return !(content instanceof PassingNode);
  }

  private <T> List<T> ownOf(Class<T> kind) {
    return own.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Whether the content came from saved state rather than from its inputs. */
  public boolean isRestored() {
    return restored;
  }

  /** This step's change: no two rows cancel each other, but equal inserts may stand in it each. */
  public Batch delta() {
    return content.changedRows();
  }

  /** The content with this step's change. */
  public RunList content() {
    return content.after();
  }

  /** This step's change of the error rows, consolidated. */
  public Batch errorDelta() {
    List<Batch> changed = new ArrayList<>(0);
    for (Node node : own) {
      if (!node.errorDelta().isEmpty()) {
        changed.add(node.errorDelta());
      }
    }
    return changed.size() < 2
        ? changed.isEmpty() ? ErrorRows.NOTHING : changed.getFirst()
        : Run.of(ErrorRows.ORDER, Rows.concat(ErrorRows.SCHEMA, changed)).rows();
  }

  /** All error rows. */
  public RunList errors() {
    List<Chain> chains = new ArrayList<>();
    for (Node node : own) {
      chains.addAll(node.errorContent().chains());
    }
    return RunList.of(ErrorRows.ORDER, chains);
  }

  /** The order of the content. */
  public RowOrder order() {
    return content.order();
  }
}
