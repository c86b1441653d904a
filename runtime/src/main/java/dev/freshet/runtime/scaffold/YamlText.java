package dev.freshet.runtime.scaffold;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Texts of others as YAML: plain where that is safe, else in quotes. */
final class YamlText {
  /** Safe in a block and between braces, with nothing behind it. */
  private static final Pattern PLAIN =
      Pattern.compile("[\\p{L}_./][\\p{L}\\p{N}_./@:?=&%+*~ -]*(?<![ :])");

  private static final Pattern PLAIN_NAME = Pattern.compile("[a-z_][a-z0-9_]*");
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");
  private static final List<String> WORDS =
      List.of("true", "false", "null", "y", "n", "yes", "no", "on", "off");

  private YamlText() {}

  /** A value. */
  static String of(String text) {
    boolean isPlain =
        PLAIN.matcher(text).matches()
            && !text.contains(": ")
            && !WORDS.contains(text.toLowerCase(Locale.ROOT));
    return isPlain ? text : quoted(text);
  }

  /** A column's name as a key, or in a list of them. */
  static String key(String name) {
    return PLAIN_NAME.matcher(name).matches() && !WORDS.contains(name) ? name : quoted(name);
  }

  /** A value or key in quotes. */
  static String quoted(String text) {
    return UNPRINTABLE.matcher(text).find()
        ? doubleQuoted(text)
        : "'" + text.replace("'", "''") + "'";
  }

  static String doubleQuoted(String text) {
    String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"");
    return "\""
        + UNPRINTABLE
            .matcher(escaped)
            .replaceAll(found -> "\\\\U%08x".formatted(found.group().codePointAt(0)))
        + "\"";
  }

  /** A text that stays on its line. */
  static String comment(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("?");
  }
}
