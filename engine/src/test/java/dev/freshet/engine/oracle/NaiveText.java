package dev.freshet.engine.oracle;

import dev.freshet.sql.plan.Function;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text functions on strings of code points. */
final class NaiveText {
  private static final int MAX_LENGTH = 4 << 20;

  private NaiveText() {}

  static Object call(Function function, Object[] a) {
    String text = (String) a[0];
    List<String> points = points(text);
    return switch (function) {
      case CONCAT -> String.join("", Arrays.copyOf(a, a.length, String[].class));
      case UPPER -> text.toUpperCase(Locale.ROOT);
      case LOWER -> text.toLowerCase(Locale.ROOT);
      case CHAR_LENGTH -> (long) points.size();
      case SUBSTRING -> substring(points, (Long) a[1], a.length > 2 ? (Long) a[2] : Long.MAX_VALUE);
      case TRIM -> trim(points, a, true, true);
      case LTRIM -> trim(points, a, true, false);
      case RTRIM -> trim(points, a, false, true);
      case REPLACE -> replace(points, (String) a[0], (String) a[1], (String) a[2]);
      case POSITION -> position(text, (String) a[1]);
      case LIKE -> like(text, points((String) a[1]), a.length > 2 ? (String) a[2] : null);
      case LPAD -> pad(points, (Long) a[1], points((String) a[2]), true);
      case RPAD -> pad(points, (Long) a[1], points((String) a[2]), false);
      case REVERSE -> {
        Collections.reverse(points);
        yield String.join("", points);
      }
      case LEFT -> String.join("", points.subList(0, Math.clamp((Long) a[1], 0, points.size())));
      case RIGHT -> {
        int kept = Math.clamp((Long) a[1], 0, points.size());
        yield String.join("", points.subList(points.size() - kept, points.size()));
      }
      case SPLIT_INDEX -> split(text, (String) a[1], (Long) a[2]);
      case REGEXP ->
          !((String) a[1]).isEmpty() && Pattern.compile((String) a[1]).matcher(text).find();
      case REGEXP_EXTRACT -> extract(text, (String) a[1], (Long) a[2]);
      default -> throw new IllegalStateException(function.name());
    };
  }

  private static List<String> points(String text) {
    List<String> points = new ArrayList<>();
    text.codePoints().forEach(point -> points.add(Character.toString(point)));
    return points;
  }

  private static String substring(List<String> points, long from, long length) {
    if (length < 0) {
      throw new IllegalArgumentException("negative length");
    }
    long start = from > 0 ? from - 1 : from == 0 ? 0 : points.size() + from;
    if (start < 0 || start >= points.size()) {
      return "";
    }
    long end = Math.min(points.size(), length > points.size() ? points.size() : start + length);
    return String.join("", points.subList((int) start, (int) end));
  }

  private static String trim(List<String> points, Object[] a, boolean leading, boolean trailing) {
    List<String> set = points(a.length > 1 ? (String) a[1] : " ");
    int start = 0;
    int end = points.size();
    while (leading && start < end && set.contains(points.get(start))) {
      start++;
    }
    while (trailing && end > start && set.contains(points.get(end - 1))) {
      end--;
    }
    return String.join("", points.subList(start, end));
  }

  private static String replace(List<String> points, String text, String search, String by) {
    return search.isEmpty()
        ? by + String.join("", points.stream().map(point -> point + by).toList())
        : text.replace(search, by);
  }

  private static long position(String search, String text) {
    int found = text.indexOf(search);
    return found < 0 ? 0 : text.codePointCount(0, found) + 1L;
  }

  private static boolean like(String text, List<String> pattern, String escape) {
    if (escape != null && escape.codePointCount(0, escape.length()) != 1) {
      throw new IllegalArgumentException("escape");
    }
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.size(); i++) {
      String point = pattern.get(i);
      if (point.equals(escape)) {
        String next = i + 1 < pattern.size() ? pattern.get(++i) : "";
        if (!next.equals("%") && !next.equals("_") && !next.equals(escape)) {
          throw new IllegalArgumentException("escape");
        }
        regex.append(Pattern.quote(next));
      } else {
        regex.append(point.equals("%") ? ".*" : point.equals("_") ? "." : Pattern.quote(point));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(text).matches();
  }

  private static String pad(List<String> points, long length, List<String> padding, boolean left) {
    if (length < 0 || padding.isEmpty()) {
      return null;
    }
    if (length > MAX_LENGTH) {
      throw new IllegalArgumentException("too long");
    }
    if (length <= points.size()) {
      return String.join("", points.subList(0, (int) length));
    }
    StringBuilder filled = new StringBuilder();
    for (int i = 0; i < length - points.size(); i++) {
      filled.append(padding.get(i % padding.size()));
    }
    String text = String.join("", points);
    return left ? filled + text : text + filled;
  }

  private static String split(String text, String delimiter, long index) {
    if (text.isEmpty() || index < 0) {
      return null;
    }
    String regex =
        delimiter.isEmpty() ? "[ \\t\\n\\x0B\\f\\r\\x1C-\\x1F]" : Pattern.quote(delimiter);
    String[] parts = text.split(regex, -1);
    return index < parts.length ? parts[(int) index] : null;
  }

  private static String extract(String text, String regex, long group) {
    Matcher matcher = Pattern.compile(regex).matcher(text);
    return group >= 0 && group <= matcher.groupCount() && matcher.find()
        ? matcher.group((int) group)
        : null;
  }
}
