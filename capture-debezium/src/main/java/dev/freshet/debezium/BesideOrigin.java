package dev.freshet.debezium;

/**
 * A server of which single tables can be read beside the stream, since it tells {@link Place}s.
 * Immutable; safe for all threads.
 */
interface BesideOrigin extends Origin {
  /**
   * The same server, of which only this table is captured, beside this origin.
   *
   * @param table by its name at the server
   * @param name in Freshet
   */
  Origin ofTable(String table, String name);
}
