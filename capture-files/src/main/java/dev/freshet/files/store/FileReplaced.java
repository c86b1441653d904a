package dev.freshet.files.store;

/** A file is no longer the one that was found: another took its place, or it is gone. */
public final class FileReplaced extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason without the file's name
   */
  public FileReplaced(String reason, Throwable cause) {
    super(reason, cause);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
