package dev.freshet.runtime.yaml;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;

/**
 * Where something stands in a file.
 *
 * @param file the path as the user knows it
 * @param line from 1
 * @param column from 1
 * @param sourceLine the text of that line
 */
public record Place(String file, int line, int column, String sourceLine) {
  /** The message, then the place and the line with a caret under the column. */
  public FreshetException error(ErrorCode code, String message) {
    String caret = " ".repeat(Math.max(0, column - 1)) + "^";
    return new FreshetException(
        code,
        message
            + "\n  at "
            + file
            + ":"
            + line
            + ":"
            + column
            + "\n  | "
            + sourceLine
            + "\n  | "
            + caret);
  }

  /** An error in the configuration at this place. */
  public FreshetException invalid(String message) {
    return error(ErrorCode.CONFIG_INVALID, message);
  }
}
