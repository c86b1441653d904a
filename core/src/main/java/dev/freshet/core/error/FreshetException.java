package dev.freshet.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The one exception type that crosses module borders. Its message says what failed and with which
 * value, then the likely cause and the fix; it never carries a secret.
 */
public class FreshetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String message;

  public FreshetException(ErrorCode code, String message) {
    this(code, message, null);
  }

  public FreshetException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.message = message;
  }

  /** What failed, why and how to mend it; never {@code null}. */
  @Override
  public String getMessage() {
    return message;
  }

  public ErrorCode code() {
    return code;
  }
}
