package dev.freshet.files;

import dev.freshet.files.FilePosition.Outcome;
import java.util.Optional;

/** Where reading of a file begins, by what became of it and of its content before. */
sealed interface Beginning {
  /** Its rows are there: they came with this file, or with another of its content. */
  record Nowhere(FilePosition position) implements Beginning {}

  /** Behind the rows that came before. */
  record Behind(FilePosition position) implements Beginning {}

  /** At its first row. */
  record AtStart() implements Beginning {}

  /**
   * Decides it for a file that is whole.
   *
   * @param before what became of the file of this path
   * @param isUnchanged whether the part of it that was digested is still the same
   * @param sameContent how far files of its content were read; empty where that does not count
   * @param mayGrow whether what stands behind a part that was read may be read alone
   */
  static Beginning of(
      FileIdentity file,
      Optional<FilePosition> before,
      boolean isUnchanged,
      Optional<FilePosition> sameContent,
      boolean mayGrow) {
    Optional<FilePosition> own = before.filter(FilePosition::hasTaken);
    boolean isCopy = own.isEmpty() || (isUnchanged && own.get().outcome() == Outcome.DUPLICATE);
    if (isCopy && sameContent.isPresent()) {
      FilePosition other = sameContent.get();
      return other.isComplete()
          ? new Nowhere(other.of(file, Outcome.DUPLICATE).withNumber(0))
          : new Behind(other);
    }
    if (own.isEmpty() || !isUnchanged) {
      return new AtStart();
    }
    FilePosition was = own.get();
    if (was.file().digested() < file.bytes()) {
      return mayGrow ? new Behind(was) : new AtStart();
    }
    return switch (was.outcome()) {
      case DONE, DUPLICATE -> new Nowhere(was.of(file, was.outcome()));
      case QUARANTINED -> new Nowhere(was.of(file, Outcome.DONE)); // what was wrong is gone
      case READING, ABANDONED -> new Behind(was);
    };
  }
}
