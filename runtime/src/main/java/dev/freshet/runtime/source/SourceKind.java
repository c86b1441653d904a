package dev.freshet.runtime.source;

import dev.freshet.capture.NotedTables;
import dev.freshet.capture.PausedTables;
import dev.freshet.capture.Source;
import dev.freshet.contracts.Contract;
import dev.freshet.runtime.project.SourceSettings;
import java.nio.file.Path;
import java.util.Map;

/** A kind of source. Immutable; safe for all threads. */
interface SourceKind {
  /** Whether rows of a table are told apart by a key. */
  enum Keys {
    /** Rows are changed and deleted, so each table has a key, unless it keeps no rows. */
    REQUIRED,
    /** A table without a key is one whose rows are only added. */
    OPTIONAL
  }

  /**
   * What a source may use beside its file.
   *
   * @param project the project's folder, from which paths in its files go
   * @param state the project's state folder; nothing is created there before the source starts
   * @param keptFreeBytes of the state folder's disk: with less free, sources wait
   * @param contracts by table, with what the source's file says of the table
   */
  record Surroundings(
      Path project, Path state, long keptFreeBytes, Map<String, Contract> contracts) {
    public Surroundings {
      contracts = Map.copyOf(contracts);
    }

    /** The tables of a source that are left alone. */
    PausedTables paused(String source) {
      return new PausedTables(new NoteFile(state, source + ".paused"));
    }

    /** Those of its tables that are to be read anew. */
    NotedTables anew(String source) {
      return new NotedTables(new NoteFile(state, source + ".anew"));
    }
  }

  /** As {@code kind:} names it. */
  String name();

  Keys keys();

  /**
   * Makes a source from its file; touches nothing else.
   *
   * @throws dev.freshet.core.error.FreshetException CONFIG_INVALID with the place in the file
   */
  Source create(SourceSettings settings, Surroundings surroundings);
}
