package dev.freshet.sql;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.sql.error.SourceText;
import java.util.Optional;

/**
 * A model file: settings in a YAML block comment at its head, if there are any, then one SELECT.
 *
 * @param settings the YAML without the comment's marks
 * @param sql the SELECT, without a semicolon at its end, with its place in the file for errors
 */
public record ModelFile(Optional<Settings> settings, SourceText sql) {
  /**
   * The YAML text of a file.
   *
   * @param text what stands between the comment's marks
   * @param lineOffset lines of the file before the text's first line
   */
  public record Settings(String text, int lineOffset) {}

  /**
   * Splits the text of a file.
   *
   * @throws FreshetException {@link ErrorCode#CONFIG_INVALID} when the comment does not end
   */
  public static ModelFile read(String text, String file) {
    int start = skipBlank(text, 0);
    if (!text.startsWith("/*", start)) {
      return new ModelFile(Optional.empty(), source(text, 0, file));
    }
    int end = text.indexOf("*/", start + 2);
    if (end < 0) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Invalid model file: "
              + file
              + ":"
              + (lines(text, start) + 1)
              + ": the comment with the settings does not end. Close it with */ before the SELECT.");
    }
    Settings settings = new Settings(text.substring(start + 2, end), lines(text, start + 2));
    return new ModelFile(Optional.of(settings), source(text, end + 2, file));
  }

  /**
   * The SQL from a position on: whole lines, so that columns stay right; what is before is blank.
   */
  private static SourceText source(String text, int from, String file) {
    int lineStart = text.lastIndexOf('\n', from - 1) + 1;
    String sql = " ".repeat(from - lineStart) + text.substring(from);
    String trimmed = sql.stripTrailing();
    if (trimmed.endsWith(";")) {
      trimmed = trimmed.substring(0, trimmed.length() - 1);
    }
    return new SourceText(file, trimmed, lines(text, lineStart));
  }

  private static int lines(String text, int end) {
    return (int) text.chars().limit(end).filter(c -> c == '\n').count();
  }

  private static int skipBlank(String text, int from) {
    int i = from;
    while (i < text.length()
        && (Character.isWhitespace(text.charAt(i)) || text.charAt(i) == '\uFEFF')) {
      i++;
    }
    return i;
  }
}
