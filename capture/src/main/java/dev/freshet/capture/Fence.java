package dev.freshet.capture;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.List;
import java.util.function.Consumer;

/**
 * A source's tables as they are at one position of its changes.
 *
 * <pre>
 *   changes   |  offered to the sink  | F |  wait for the release
 *   tables                              '-- read as of here, for as long as the fence is open
 * </pre>
 *
 * <p>The changes do not wait for ever: after some seconds they go on, and {@link #correct} and
 * {@link #release} are refused. One thread uses it.
 */
public interface Fence extends AutoCloseable {
  /** The position in the source's own notation. */
  String position();

  /**
   * A table in its shape at the position.
   *
   * @throws FreshetException as {@link #read(String, Consumer)}
   */
  SourceTable table(String name);

  /**
   * Reads all rows of a table, as changes of a snapshot of bounded size. Rows that cannot be
   * decoded are among the rejected ones.
   *
   * @throws FreshetException when they cannot be read, or were not all there any more: {@link
   *     ErrorCode#SOURCE_UNREACHABLE} when the source is lost, any other code when it is only this
   *     table
   */
  void read(String table, Consumer<TableChanges> sink);

  /**
   * As above, of the rows with these keys; rows with other keys may be among them.
   *
   * @param keys columns of the table by their names
   */
  void read(String table, Batch keys, Consumer<TableChanges> sink);

  /**
   * Offers corrections to the sink, behind all changes before the position and before all behind
   * it. Only before {@link #release}.
   *
   * @throws FreshetException when the changes behind the position may have gone on, or the sink has
   *     no room, or they are too many bytes; then nothing was taken
   */
  void correct(List<TableChanges> corrections);

  /**
   * Lets the changes behind the position go on; the tables are read as they were.
   *
   * @throws FreshetException when they may have gone on before, so that what was delivered until
   *     now need not be what the tables have here
   */
  void release();

  /** How long the source's changes waited, until now or until they were released. */
  long heldMillis();

  /** Releases the changes and lets go of the source. */
  @Override
  void close();
}
