package dev.freshet.bench.overload;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a reader of a keyed table's change feed is sent, line by line: steps in their order, and
 * after each step every row once or not at all. One thread owns it.
 */
final class FeedContent {
  private static final Pattern CHANGE = Pattern.compile("\\{\"weight\":(-?1),\"row\":(\\{.*})}");
  private static final Pattern PROGRESS = Pattern.compile("\\{\"step\":(\\d+)}");
  private static final String TOO_SLOW = "{\"code\":\"LIMIT_EXCEEDED\",";

  private final Map<String, Integer> rows = new HashMap<>();
  private final Set<String> changed = new HashSet<>();
  private long changes;
  private long step = -1;
  private String event = "";
  private boolean isCutOff;
  private String wrong = "";

  void line(String line) {
    if (line.startsWith("id:")) {
      step(value(line));
    } else if (line.startsWith("event:")) {
      event = value(line);
    } else if (line.startsWith("data:")) {
      data(value(line));
    } else if (!line.isEmpty()) {
      wrong("a line that is no event: " + line);
    }
  }

  private static String value(String line) {
    return line.substring(line.indexOf(':') + 1).strip();
  }

  private void step(String id) {
    long next = id.matches("\\d{1,18}") ? Long.parseLong(id) : -1;
    if (next < step) {
      wrong("step " + id + " after step " + step);
    }
    step = next;
  }

  private void data(String data) {
    switch (event) {
      case "change" -> change(data);
      case "progress" -> progress(data);
      case "error" -> {
        isCutOff = data.startsWith(TOO_SLOW);
        if (!isCutOff) {
          wrong("the feed ends: " + data);
        }
      }
      default -> wrong("an event that there is not: " + event);
    }
  }

  private void change(String data) {
    Matcher change = CHANGE.matcher(data);
    if (!change.matches()) {
      wrong("a change that cannot be read: " + data);
      return;
    }
    changes++;
    rows.merge(change.group(2), Integer.parseInt(change.group(1)), Integer::sum);
    changed.add(change.group(2));
  }

  private void progress(String data) {
    Matcher progress = PROGRESS.matcher(data);
    if (!progress.matches()) {
      wrong("progress that cannot be read: " + data);
    }
    for (String row : changed) {
      int times = rows.getOrDefault(row, 0);
      if (times != 0 && times != 1) {
        wrong("at step " + step + " there are " + times + " of the row " + row);
      }
      rows.remove(row, 0);
    }
    changed.clear();
  }

  /**
   * The feed has ended: only for a reader that was told that it is too slow.
   *
   * @param how the error that ended it, or an empty text
   */
  void end(String how) {
    if (!isCutOff) {
      wrong("the feed ended without saying why" + (how.isEmpty() ? "" : ": " + how));
    }
  }

  /**
   * The connection broke off in the middle of the feed, of a reader that did not take anything for
   * longer than it has to hear that it is too slow (docs/reference/http.md): it cannot be told, and
   * cannot take the end for that of a feed. A feed that ends as if it were whole is {@link #end}.
   */
  void cutOff() {
    isCutOff = true;
  }

  private void wrong(String what) {
    wrong = wrong.isEmpty() ? what : wrong;
  }

  /** What was wrong first, or an empty text. */
  String wrong() {
    return changes == 0 && wrong.isEmpty() ? "the feed has sent no change" : wrong;
  }

  long changes() {
    return changes;
  }

  /** Whether the whole of a step has come and nothing of the next. */
  boolean isBetweenSteps() {
    return changed.isEmpty();
  }

  /** Whether the reader was told that it is too slow. */
  boolean isCutOff() {
    return isCutOff;
  }
}
