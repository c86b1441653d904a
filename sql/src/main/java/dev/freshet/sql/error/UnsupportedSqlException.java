package dev.freshet.sql.error;

import java.util.Locale;

/**
 * Valid SQL that cannot be planned, found where its position is no longer known. The compiler turns
 * it into an {@link SqlException} that points at the construct.
 */
public final class UnsupportedSqlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String construct;

  /**
   * @param construct the operator, function or clause, by which it is searched for in the text
   * @param advice why it is refused and how to write it
   */
  public UnsupportedSqlException(String construct, String advice) {
    super(advice);
    this.construct = construct.toUpperCase(Locale.ROOT);
  }

  public String construct() {
    return construct;
  }

  public String advice() {
    return String.valueOf(getMessage());
  }
}
