package dev.freshet.runtime.scaffold;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a new project that rows are posted to: views of pages, and who looks at them. */
public final class HttpScaffold {
  private HttpScaffold() {}

  /** Writes the project. Returns the paths written. */
  public static List<String> write(Path folder) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("freshet.yaml", Scaffold.mainFile(Scaffold.projectName(folder)));
    files.put(
        "sources/web.yaml",
        """
        # Rows are posted to /v1/ingest/TABLE; contracts/TABLE.yaml says which columns they have.
        kind: http
        tables: [page_views, visitors]
        """);
    files.put(
        "contracts/page_views.yaml",
        """
        description: Each view of a page. Without a key, rows are only added.
        columns:
          page: VARCHAR NOT NULL
          visitor: VARCHAR
          seen_at: TIMESTAMP_LTZ NOT NULL
        """);
    files.put(
        "contracts/visitors.yaml",
        """
        description: Who looks at pages. With a key, a row takes the place of the one with its key.
        key: [visitor]
        columns:
          visitor: VARCHAR
          country: VARCHAR
        """);
    files.put(
        "models/gold/views_per_page.sql",
        """
        /*
        description: How often each page was seen, and by how many
        */
        SELECT page, COUNT(*) AS views, COUNT(DISTINCT visitor) AS visitors
        FROM page_views
        GROUP BY page
        """);
    files.put(
        "models/gold/views_by_country.sql",
        """
        /*
        description: How often visitors of each country saw a page
        */
        SELECT v.country, COUNT(*) AS views
        FROM page_views AS p JOIN visitors AS v ON p.visitor = v.visitor
        GROUP BY v.country
        """);
    FolderWriter.write(folder, files);
    return List.copyOf(files.keySet());
  }
}
