package dev.freshet.deliver;

import dev.freshet.core.output.DeliveryGuarantee;
import java.util.Optional;

/**
 * A receiver of the changes of one table or model, step by step. Whoever drives it calls {@link
 * #open} first, and again after anything has failed; so a write whose outcome nobody knows is
 * looked up, and never repeated blindly:
 *
 * <pre>
 *   open -> position known: write, write, ...      failure anywhere -> close -> open -> ...
 *        -> none known:     replace, write, ...
 * </pre>
 *
 * <p>All methods but {@link #close} are called by one thread. Each ends within a bounded time, and
 * fails with a {@link dev.freshet.core.error.FreshetException}: SINK_UNREACHABLE, SINK_FAILED,
 * SINK_MISCONFIGURED when a user has to change something, and COMMIT_OUTCOME_UNKNOWN when only the
 * next {@link #open} can tell whether what was written is there.
 */
public interface Sink extends AutoCloseable {
  /** What the receiver can rely on, whatever crashes and starts again in between. */
  DeliveryGuarantee guarantee();

  /**
   * Whether the receiver keeps the position together with the rows, so that {@link #open} tells it.
   * Where it does not, the caller keeps it.
   */
  boolean remembersPosition();

  /**
   * Tells receivers apart where the caller keeps the position: another one begins with the whole
   * content. No address, which may hold a secret.
   */
  String receiver();

  /**
   * Looks whether it could be written to, and changes nothing.
   *
   * @return what was found, for people
   */
  String check();

  /**
   * Makes ready to write, with what has to be created for that.
   *
   * @return what it has last taken: up to which step, and in which row of steps; empty when
   *     nothing, or when it does not remember
   */
  Optional<SinkPosition> open();

  /**
   * Puts rows in place of all that is there.
   *
   * @param at what the rows are the content of
   * @param rows with positive weights
   */
  void replace(SinkPosition at, Rows rows);

  /**
   * Writes the changes of a step, or of several in a row.
   *
   * @param before the position that the sink is at
   * @param after the position that it is at then, of the same generation
   * @param changes in order: of a key only the last one counts
   */
  void write(SinkPosition before, SinkPosition after, Rows changes);

  /** Lets go of everything, and ends what is under way. From any thread; it may be opened again. */
  @Override
  void close();
}
