package dev.freshet.engine.expression;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A path into a JSON document: the part of SQL/JSON's path language that leads to at most one
 * value.
 *
 * <pre>
 * path   [lax | strict] $ step*
 * step   .name | ['name'] | ["name"] | [index from 0]
 * </pre>
 *
 * <p>The two modes differ only in errors, and those give NULL (or FALSE for JSON_EXISTS) either
 * way.
 */
record JsonPath(List<Step> steps) {
  /** One step down. */
  sealed interface Step {
    /** The member of an object with this name, as UTF-8. */
    record Member(byte[] name) implements Step {}

    /** The element of an array at this index, from 0. */
    record Element(int index) implements Step {}
  }

  /**
   * @throws FreshetException {@link ErrorCode#SQL_UNSUPPORTED} for wildcards, filters and
   *     functions, {@link ErrorCode#SQL_INVALID} for what is no path at all
   */
  static JsonPath parse(String text) {
    return new Parser(text).parse();
  }

  private static final class Parser {
    private final String text;
    private int position;

    Parser(String text) {
      this.text = text;
    }

    JsonPath parse() {
      skipSpace();
      if (text.startsWith("lax ", position) || text.startsWith("strict ", position)) {
        position = text.indexOf(' ', position);
        skipSpace();
      }
      if (!accept('$')) {
        throw invalid("it must begin with $");
      }
      List<Step> steps = new ArrayList<>();
      while (position < text.length()) {
        if (accept('.')) {
          steps.add(member());
        } else if (accept('[')) {
          steps.add(bracket());
        } else {
          skipSpace();
          if (position < text.length()) {
            throw invalid("unexpected '" + text.charAt(position) + "'");
          }
        }
      }
      return new JsonPath(List.copyOf(steps));
    }

    private Step member() {
      int start = position;
      if (start < text.length() && text.charAt(start) == '"') {
        return new Step.Member(quoted());
      }
      while (position < text.length() && isNamePart(text.charAt(position))) {
        position++;
      }
      if (position == start || (position < text.length() && text.charAt(position) == '(')) {
        throw unsupportedOrInvalid();
      }
      return new Step.Member(text.substring(start, position).getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isNamePart(char c) {
      return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '$' || c > 0x7F;
    }

    private Step bracket() {
      skipSpace();
      char c = position < text.length() ? text.charAt(position) : ' ';
      Step step;
      if (c == '\'' || c == '"') {
        step = new Step.Member(quoted());
      } else if (c >= '0' && c <= '9') {
        step = new Step.Element(index());
      } else {
        throw unsupportedOrInvalid();
      }
      skipSpace();
      if (!accept(']')) {
        throw invalid("a ] is missing");
      }
      return step;
    }

    private byte[] quoted() {
      char quote = text.charAt(position++);
      StringBuilder name = new StringBuilder();
      while (position < text.length() && text.charAt(position) != quote) {
        char c = text.charAt(position++);
        if (c == '\\' && position < text.length()) {
          c = text.charAt(position++);
        }
        name.append(c);
      }
      if (!accept(quote)) {
        throw invalid("a closing quote is missing");
      }
      return name.toString().getBytes(StandardCharsets.UTF_8);
    }

    private int index() {
      int start = position;
      while (position < text.length() && Character.isDigit(text.charAt(position))) {
        position++;
      }
      if (position - start > 9) {
        throw invalid("the index is too large");
      }
      return Integer.parseInt(text.substring(start, position));
    }

    private FreshetException unsupportedOrInvalid() {
      char c = position < text.length() ? text.charAt(position) : ' ';
      if ("*.?@(:,-".indexOf(c) < 0) {
        return invalid("a name or an index is missing");
      }
      return new FreshetException(
          ErrorCode.SQL_UNSUPPORTED,
          "Cannot use the JSON path "
              + text
              + ": wildcards, filters, ranges and functions are not supported. Steps are .name, ['name'] and"
              + " [index].");
    }

    private FreshetException invalid(String why) {
      return new FreshetException(
          ErrorCode.SQL_INVALID,
          "Invalid JSON path: " + text + " (" + why + "). Write it like $.items[0].name.");
    }

    private boolean accept(char wanted) {
      if (position < text.length() && text.charAt(position) == wanted) {
        position++;
        return true;
      }
      return false;
    }

    private void skipSpace() {
      while (position < text.length() && text.charAt(position) == ' ') {
        position++;
      }
    }
  }
}
