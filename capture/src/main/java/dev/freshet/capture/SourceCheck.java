package dev.freshet.capture;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@link Source#check} found.
 *
 * @param tables the tables that would be captured, as far as they could be read
 * @param problems all that must be mended first; empty when the source can run
 * @param notes what works in another way than a user may expect, a line each
 * @param changes the last changes of the tables' shapes, the oldest first, with those that are new
 *     since the source was read last; empty for a source that cannot tell
 */
public record SourceCheck(
    List<SourceTable> tables,
    List<Problem> problems,
    List<String> notes,
    List<SchemaChange> changes) {
  /**
   * One thing that keeps a source from running.
   *
   * @param message what is wrong, with value and likely cause
   * @param fix the statement or setting that mends it
   */
  public record Problem(ErrorCode code, String message, String fix) {
    /** The same to throw. */
    public FreshetException error() {
      return new FreshetException(code, toString());
    }

    @Override
    public String toString() {
      return fix.isEmpty() ? message : message + "\n  Fix: " + fix;
    }
  }

  public SourceCheck {
    tables = List.copyOf(tables);
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
    changes = List.copyOf(changes);
  }

  /** A check of a source that cannot tell how its tables have changed. */
  public SourceCheck(List<SourceTable> tables, List<Problem> problems, List<String> notes) {
    this(tables, problems, notes, List.of());
  }

  /** A check without notes. */
  public SourceCheck(List<SourceTable> tables, List<Problem> problems) {
    this(tables, problems, List.of());
  }

  public boolean passed() {
    return problems.isEmpty();
  }

  /**
   * Returns this when the check passed.
   *
   * @throws FreshetException with the first problem's code and all problems' messages
   */
  public SourceCheck orThrow() {
    if (passed()) {
      return this;
    }
    throw new FreshetException(
        problems.getFirst().code(),
        problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
  }
}
