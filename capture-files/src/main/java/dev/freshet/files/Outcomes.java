package dev.freshet.files;

import dev.freshet.core.change.TableChanges;
import java.util.Optional;

/** What a piece of work on a {@link Reading} came to. */
sealed interface Outcomes {
  /** There is more to do before anything is to be delivered. */
  record Working() implements Outcomes {}

  /** Nothing is to be delivered: the content was read before. */
  record Known(FilePosition position) implements Outcomes {}

  /** Nothing is to be delivered yet: no whole row was added. */
  record Later() implements Outcomes {}

  /** Nothing is to be delivered yet: the file grows, and is not the one that was read before. */
  record Replaced() implements Outcomes {}

  /** Rows are to be delivered. */
  record Rows(Optional<TableChanges> changes, FilePosition position) implements Outcomes {}

  Working WORKING = new Working();
  Later LATER = new Later();
  Replaced REPLACED = new Replaced();
}
