package dev.freshet.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * docs/reference/sql.md as the parts that can be run. Lines are kept, so that a part's result can
 * be replaced.
 *
 * <pre>
 * ```sql                    statements; what the last one gives stands in the ```text block after them
 * | example | result |      the last two columns of a table: an expression over the table sample,
 *                           or over the one that a comment before it names: &lt;!-- from orders --&gt;
 *                           (with ", id = 10 of window w": for one of its rows in the order of amount)
 * </pre>
 */
final class DialectPage {
  static final Path FILE = Path.of("..", "docs", "reference", "sql.md");

  private static final Pattern FROM =
      Pattern.compile("<!-- from (\\w+(, id = \\d+ of window w)?) -->");
  private static final String SAMPLE = "sample";

  private final List<String> lines;

  /** A part of the page. */
  sealed interface Part {}

  /**
   * A fenced block of SQL.
   *
   * @param expected the lines of the result block, empty when there is none
   * @param line where the SQL begins, counted from 1
   * @param resultStart the index of the result's first line; -1 when there is none
   */
  record Block(String sql, String expected, int line, int resultStart) implements Part {}

  /** A row of a table with an example and its result. */
  record Example(String form, String expression, String from, String expected, int line)
      implements Part {}

  /** A row of the table of types. */
  record TypeRow(String names, String postgres, String java, String literal, String json, int line)
      implements Part {}

  private DialectPage(List<String> lines) {
    this.lines = new ArrayList<>(lines);
  }

  static DialectPage read() throws IOException {
    return new DialectPage(Files.readAllLines(FILE, StandardCharsets.UTF_8));
  }

  String text() {
    return String.join("\n", lines) + "\n";
  }

  List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    String from = SAMPLE;
    String header = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher named = FROM.matcher(line);
      if (named.matches()) {
        from = named.group(1);
      } else if (line.startsWith("#")) {
        from = SAMPLE;
      } else if (line.equals("```sql")) {
        parts.add(block(i));
      } else if (line.startsWith("| ") && !lines.get(i - 1).startsWith("|")) {
        header = line;
      } else if (line.startsWith("| ")) {
        List<String> cells = cells(line);
        if (header.endsWith("| example | result |")) {
          int last = cells.size() - 1;
          parts.add(
              new Example(
                  cells.getFirst(), code(cells.get(last - 1)), from, cells.get(last), i + 1));
        } else if (header.startsWith("| type | PostgreSQL |")) {
          parts.add(
              new TypeRow(
                  cells.get(0),
                  cells.get(1),
                  code(cells.get(2)),
                  code(cells.get(3)),
                  code(cells.get(4)),
                  i + 1));
        }
      }
    }
    return parts;
  }

  private Block block(int start) {
    int end = end(start);
    String sql = String.join("\n", lines.subList(start + 1, end));
    int next = end + 1;
    while (next < lines.size() && lines.get(next).isBlank()) {
      next++;
    }
    if (next < lines.size() && lines.get(next).equals("```text")) {
      String expected = String.join("\n", lines.subList(next + 1, end(next)));
      return new Block(sql, expected, start + 2, next + 1);
    }
    return new Block(sql, "", start + 2, -1);
  }

  private int end(int start) {
    int end = start + 1;
    while (!lines.get(end).equals("```")) {
      end++;
    }
    return end;
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    for (String cell : line.substring(1, line.lastIndexOf('|')).split("(?<!\\\\)\\|")) {
      cells.add(cell.strip().replace("\\|", "|"));
    }
    return cells;
  }

  /** What stands between backticks, or the whole. */
  static String code(String cell) {
    return cell.startsWith("`") ? cell.substring(1, cell.length() - 1) : cell;
  }

  /** The page with the results that the parts really have, part by part as {@link #parts}. */
  void rewrite(List<String> results) throws IOException {
    List<Part> parts = parts();
    for (int i = parts.size() - 1; i >= 0; i--) {
      String result = results.get(i);
      switch (parts.get(i)) {
        case Block block -> {
          if (block.resultStart() >= 0) {
            int end = end(block.resultStart() - 1);
            lines.subList(block.resultStart(), end).clear();
            lines.addAll(block.resultStart(), result.lines().toList());
          }
        }
        case Example example -> {
          String line = lines.get(example.line() - 1);
          int cell = line.lastIndexOf('|', line.length() - 2);
          lines.set(
              example.line() - 1,
              line.substring(0, cell) + "| " + result.replace("|", "\\|") + " |");
        }
        case TypeRow type -> {
          String line = lines.get(type.line() - 1);
          int cell = line.lastIndexOf('|', line.length() - 2);
          lines.set(type.line() - 1, line.substring(0, cell) + "| `" + result + "` |");
        }
      }
    }
    Files.writeString(FILE, text());
  }
}
