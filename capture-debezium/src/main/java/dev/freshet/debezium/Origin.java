package dev.freshet.debezium;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.core.error.FreshetException;
import dev.freshet.debezium.history.SchemaHistoryFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A server that one of Debezium's connectors reads. Immutable; safe for all threads. */
interface Origin {
  /** The server as messages name it, without a password. */
  String label();

  /** The connector's class. */
  String connectorClass();

  /**
   * Looks for everything that would keep the connector from running; changes nothing.
   *
   * @param history what was captured before
   * @param later tables, by their names in Freshet, that are left out now: what is wrong with them
   *     is a note, and they are as they were
   */
  SourceCheck check(
      ConnectorLoader loader, Resume resume, SchemaHistoryFile history, Set<String> later);

  /** The tables' names in Freshet, by those at the server. */
  static Map<String, String> names(SourceCheck check) {
    Map<String, String> names = new LinkedHashMap<>();
    check.tables().forEach(table -> names.putIfAbsent(table.origin(), table.name()));
    return names;
  }

  /** Where the connector gets the tables' shapes from when it starts. */
  enum Shapes {
    /** From the history, or, when there is no offset yet, from the server with the snapshot. */
    KNOWN,
    /** From the server as they are now: the history is lost. */
    LOST
  }

  /** The connector's whole configuration, but for the history of shapes. */
  Map<String, String> configuration(SourceCheck check, Shapes shapes);

  /** What is missing when a jar is. */
  List<SourceCheck.Problem> missing(ConnectorLoader loader);

  /** How the connector's records tell what belongs together. */
  EventForm form();

  /** What a failure of the connector means. */
  FreshetException error(Throwable failure);
}
