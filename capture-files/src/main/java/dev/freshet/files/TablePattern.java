package dev.freshet.files;

import java.util.List;
import java.util.Locale;
import java.util.regex.PatternSyntaxException;

/**
 * Which files hold rows of a table. Immutable; safe for all threads.
 *
 * <pre>
 *   orders              orders.csv, orders-2026-11.csv.gz, orders_1.json, everything below orders/
 *   in/orders*.csv      as shells match: * within a folder, ** through folders, ?, [abc], {a,b}
 * </pre>
 */
public final class TablePattern {
  private static final String SPECIAL = "*?[{";
  private static final List<String> TEMPORARY =
      List.of(
          ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".inprogress");

  private final String table;
  private final String pattern;
  private final List<Glob> globs;

  /**
   * @throws PatternSyntaxException when it is no pattern
   */
  public TablePattern(String table, String pattern) {
    this.table = table;
    this.pattern = pattern;
    List<String> texts =
        isName(pattern)
            ? List.of(pattern + ".*", pattern + "[-_.]*", pattern + "/**")
            : List.of(pattern);
    this.globs = texts.stream().map(Glob::of).toList();
  }

  /** Whether a text is a table's name rather than a pattern of paths. */
  public static boolean isName(String pattern) {
    return pattern.chars().noneMatch(c -> SPECIAL.indexOf(c) >= 0 || c == '/' || c == '.');
  }

  public String table() {
    return table;
  }

  public String pattern() {
    return pattern;
  }

  /** Whether a file of this path, below the source's folder, is meant. */
  public boolean matches(String path) {
    return globs.stream().anyMatch(glob -> glob.matches(path));
  }

  /**
   * Whether a path is one that writers give to files that are not done, or are nobody's rows: by
   * its name, or that of a folder it lies in.
   */
  public static boolean isTemporary(String path) {
    int slash = path.indexOf('/');
    while (slash >= 0) {
      if (isTemporaryName(path.substring(path.lastIndexOf('/', slash - 1) + 1, slash))) {
        return true;
      }
      slash = path.indexOf('/', slash + 1);
    }
    return isTemporaryName(path.substring(path.lastIndexOf('/') + 1));
  }

  private static boolean isTemporaryName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return name.startsWith(".")
        || name.startsWith("_")
        || name.startsWith("~")
        || name.endsWith("~")
        || TEMPORARY.stream().anyMatch(lower::endsWith);
  }
}
