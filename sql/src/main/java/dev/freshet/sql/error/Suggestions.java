package dev.freshet.sql.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names close to a misspelled one. */
public final class Suggestions {
  private static final int MAX = 3;
  private static final int MAX_LISTED = 12;

  private Suggestions() {}

  /** A sentence with the closest names, or with all of them when they are few; else empty. */
  public static String sentence(String wrong, Collection<String> names, String what) {
    List<String> close = close(wrong, names);
    if (!close.isEmpty()) {
      return " Did you mean " + String.join(", ", close) + "?";
    }
    if (names.isEmpty() || names.contains(wrong) || names.size() > MAX_LISTED) {
      return "";
    }
    return " " + what + ": " + String.join(", ", names.stream().sorted().distinct().toList()) + ".";
  }

  /** A sentence with the closest names; empty when none is close. */
  public static String closest(String wrong, Collection<String> names) {
    return sentence(wrong, close(wrong, names), "");
  }

  static List<String> close(String wrong, Collection<String> names) {
    String lower = wrong.toLowerCase(Locale.ROOT);
    int limit = Math.max(1, wrong.length() / 3);
    return names.stream()
        .distinct()
        .filter(name -> !name.equals(wrong))
        .filter(name -> distance(lower, name.toLowerCase(Locale.ROOT)) <= limit)
        .sorted(
            Comparator.comparingInt((String name) -> distance(lower, name.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()))
        .limit(MAX)
        .toList();
  }

  /** Insertions, deletions, replacements and swaps of neighbours between two words. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
