package dev.freshet.engine.oracle;

import dev.freshet.sql.plan.Function;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSON functions over a tree of objects and lists; a scalar that is not text is kept as its {@link
 * Raw} spelling.
 */
final class NaiveJson {
  private static final Pattern STEP = Pattern.compile("\\.(\\w+)|\\[(\\d+)]|\\['([^']*)']");
  private static final Pattern SCALAR =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false|null");

  private record Raw(String text) {}

  /** An object's members in order, those of the same name too. */
  private record Members(List<Map.Entry<String, Object>> entries) {
    Object last(String name) {
      return entries.reversed().stream()
          .filter(entry -> entry.getKey().equals(name))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElse(null);
    }
  }

  private record Text(String spelling, String plain) {}

  private final String text;
  private int position;

  private NaiveJson(String text) {
    this.text = text;
  }

  static Object call(Function function, String document, String path) {
    Object found;
    try {
      NaiveJson parser = new NaiveJson(document);
      found = parser.value();
      parser.space();
      if (parser.position < document.length()) {
        throw new IllegalArgumentException("more text");
      }
      found = follow(found, path);
    } catch (RuntimeException e) {
      found = null;
    }
    boolean nothing = found == null || found.equals(new Raw("null"));
    return switch (function) {
      case JSON_EXISTS -> !nothing;
      case JSON_VALUE ->
          nothing
              ? null
              : found instanceof Raw raw ? raw.text() : found instanceof Text s ? s.plain() : null;
      default -> found instanceof Members || found instanceof List ? write(found) : null;
    };
  }

  private static Object follow(Object root, String path) {
    Object current = root;
    Matcher steps = STEP.matcher(path);
    while (steps.find()) {
      String name = steps.group(1) != null ? steps.group(1) : steps.group(3);
      if (name != null) {
        current = current instanceof Members members ? members.last(name) : null;
      } else {
        int index = Integer.parseInt(steps.group(2));
        current = current instanceof List<?> list && index < list.size() ? list.get(index) : null;
      }
    }
    return current;
  }

  /** Strings as the document spells them; names are taken to need no escapes. */
  private static String write(Object value) {
    return switch (value) {
      case Members members ->
          "{"
              + String.join(
                  ",",
                  members.entries().stream()
                      .map(entry -> "\"" + entry.getKey() + "\":" + write(entry.getValue()))
                      .toList())
              + "}";
      case List<?> list ->
          "[" + String.join(",", list.stream().map(NaiveJson::write).toList()) + "]";
      case Raw raw -> raw.text();
      case Text string -> "\"" + string.spelling() + "\"";
      default -> throw new IllegalStateException("not JSON: " + value);
    };
  }

  private void space() {
    while (position < text.length() && " \n\t\r".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private char next() {
    return text.charAt(position++);
  }

  private boolean skip(char wanted) {
    space();
    if (position < text.length() && text.charAt(position) == wanted) {
      position++;
      return true;
    }
    return false;
  }

  private void need(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException("invalid at " + position);
    }
  }

  private Object value() {
    space();
    if (skip('{')) {
      List<Map.Entry<String, Object>> entries = new ArrayList<>();
      if (skip('}')) {
        return new Members(entries);
      }
      do {
        need(skip('"'));
        String name = string();
        need(skip(':'));
        entries.add(Map.entry(name, value()));
      } while (skip(','));
      need(skip('}'));
      return new Members(entries);
    }
    if (skip('[')) {
      List<Object> list = new ArrayList<>();
      if (skip(']')) {
        return list;
      }
      do {
        list.add(value());
      } while (skip(','));
      need(skip(']'));
      return list;
    }
    if (skip('"')) {
      int start = position;
      String plain = string();
      return new Text(text.substring(start, position - 1), plain);
    }
    Matcher scalar = SCALAR.matcher(text).region(position, text.length());
    need(scalar.lookingAt());
    position = scalar.end();
    return new Raw(scalar.group());
  }

  private String string() {
    StringBuilder plain = new StringBuilder();
    for (char c = next(); c != '"'; c = next()) {
      need(c >= ' ');
      if (c == '\\') {
        char escaped = next();
        int known = "\"\\/bfnrt".indexOf(escaped);
        if (escaped == 'u') {
          plain.append((char) Integer.parseInt(text.substring(position, position + 4), 16));
          position += 4;
        } else {
          need(known >= 0);
          plain.append("\"\\/\b\f\n\r\t".charAt(known));
        }
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
