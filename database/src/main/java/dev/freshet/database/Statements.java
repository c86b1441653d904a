package dev.freshet.database;

import dev.freshet.database.query.SystemTables;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.Statement;
import dev.freshet.sql.catalog.Catalog;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Compiles statements over one set of relations, and remembers the queries that were asked last.
 * Safe for all threads.
 */
final class Statements {
  private static final int REMEMBERED_MAX = 256;
  private static final int REMEMBERED_LENGTH_MAX = 10_000;

  private final SqlCompiler compiler;
  private final SqlCompiler queries;
  private final Map<String, Statement> remembered = new Remembered();

  Statements(Catalog catalog) {
    this.compiler = new SqlCompiler(catalog);
    this.queries = new SqlCompiler(SystemTables.with(catalog));
  }

  private static final class Remembered extends LinkedHashMap<String, Statement> {
    private static final long serialVersionUID = 1L;

    Remembered() {
      super(64, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Statement> eldest) {
      return size() > REMEMBERED_MAX;
    }
  }

  /**
   * @throws dev.freshet.sql.error.SqlException pointing into the text
   */
  Statement compile(String sql) {
    return compiler.parse(sql, "statement");
  }

  /**
   * As {@link #compile}, for a text that is likely to come again and only reads; it may read the
   * system's tables too.
   */
  Statement query(String sql) {
    if (sql.length() > REMEMBERED_LENGTH_MAX) {
      return queries.parse(sql, "statement");
    }
    synchronized (remembered) {
      Statement known = remembered.get(sql);
      if (known != null) {
        return known;
      }
    }
    Statement compiled = queries.parse(sql, "statement");
    synchronized (remembered) {
      remembered.put(sql, compiled);
    }
    return compiled;
  }
}
