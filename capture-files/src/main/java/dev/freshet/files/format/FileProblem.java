package dev.freshet.files.format;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.files.store.FileReplaced;
import org.jspecify.annotations.Nullable;

/** Why a file cannot be read to its end. */
public final class FileProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final String reason;

  /** What may help. */
  public enum Kind {
    /** It ends in the middle: perhaps its writer is not done. */
    INCOMPLETE,
    /** It is damaged, or no file of its format. */
    CORRUPT
  }

  private FileProblem(Kind kind, String reason, @Nullable Throwable cause) {
    super(reason, cause);
    this.kind = kind;
    this.reason = reason;
  }

  static FileProblem incomplete(String reason) {
    return new FileProblem(Kind.INCOMPLETE, reason, null);
  }

  static FileProblem incomplete(String reason, Throwable cause) {
    return new FileProblem(Kind.INCOMPLETE, reason, cause);
  }

  /** What makes a file unreadable for good. */
  public static FileProblem corrupt(String reason) {
    return new FileProblem(Kind.CORRUPT, reason, null);
  }

  static FileProblem corrupt(String reason, Throwable cause) {
    return new FileProblem(Kind.CORRUPT, reason, cause);
  }

  /**
   * Throws what a library wrapped, when that is that the file could not be read, or is another now:
   * it says nothing of its content.
   */
  static void throwUnread(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof FileReplaced replaced) {
        throw replaced;
      }
      if (cause instanceof FreshetException unread && unread.code() == ErrorCode.SOURCE_FAILED) {
        throw unread;
      }
    }
  }

  public Kind kind() {
    return kind;
  }

  /** What is wrong with it, without its name. */
  public String reason() {
    return reason;
  }
}
