package dev.freshet.engine.expression;

/** What users read of an exception that a function in Java threw. */
public final class UserFailures {
  private static final int MAX_CHARACTERS = 500;

  private UserFailures() {}

  /** One line, without the full stop at its end. */
  public static String message(Throwable thrown) {
    if (thrown instanceof StackOverflowError) {
      return "it calls itself too deeply";
    }
    String said = thrown.getMessage() == null ? "" : thrown.getMessage().strip();
    if (thrown instanceof LinkageError) {
      return "a class that it uses is not there or does not fit (" + said + ")";
    }
    String text =
        said.isEmpty() ? thrown.getClass().getSimpleName() : said.lines().findFirst().orElse(said);
    String cut = text.length() > MAX_CHARACTERS ? text.substring(0, MAX_CHARACTERS) : text;
    return cut.endsWith(".") ? cut.substring(0, cut.length() - 1) : cut;
  }
}
