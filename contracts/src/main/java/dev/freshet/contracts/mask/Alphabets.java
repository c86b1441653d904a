package dev.freshet.contracts.mask;

import dev.freshet.core.error.Check;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sets of characters that stand for each other: the letters of one case, or the digits, of one
 * block of Unicode. Frozen in a file rather than asked of the JDK, whose Unicode grows: the same
 * text must give the same token for ever. Safe for all threads.
 *
 * <pre>
 * 0 digits 0-9    1 letters a-z    2 letters A-Z    3... the lines of alphabets.txt
 * </pre>
 */
final class Alphabets {
  static final int NONE = -1;
  static final int DIGITS = 0;
  static final int SMALL = 1;
  static final int CAPITAL = 2;

  private static final int ASCII_ALPHABETS = 3;
  private static final int ASCII_END = 0x80;

  private Alphabets() {}

  /** The alphabet that a code point belongs to, or {@link #NONE}. */
  static int of(int point) {
    if (point < ASCII_END) {
      if (point >= 'a' && point <= 'z') {
        return SMALL;
      }
      if (point >= 'A' && point <= 'Z') {
        return CAPITAL;
      }
      return point >= '0' && point <= '9' ? DIGITS : NONE;
    }
    int at = Arrays.binarySearch(Beyond.points, point);
    return at < 0 ? NONE : Beyond.alphabets[at];
  }

  static int size(int alphabet) {
    return switch (alphabet) {
      case DIGITS -> 10;
      case SMALL, CAPITAL -> 26;
      default -> Beyond.members[alphabet - ASCII_ALPHABETS].length;
    };
  }

  /** The position of a member in its alphabet. */
  static int rank(int alphabet, int point) {
    return switch (alphabet) {
      case DIGITS -> point - '0';
      case SMALL -> point - 'a';
      case CAPITAL -> point - 'A';
      default -> Arrays.binarySearch(Beyond.members[alphabet - ASCII_ALPHABETS], point);
    };
  }

  static int point(int alphabet, int rank) {
    return switch (alphabet) {
      case DIGITS -> '0' + rank;
      case SMALL -> 'a' + rank;
      case CAPITAL -> 'A' + rank;
      default -> Beyond.members[alphabet - ASCII_ALPHABETS][rank];
    };
  }

  /** Beyond ASCII; loaded when the first such character comes. */
  private static final class Beyond {
    static final int[][] members = read();

    /** All members of all, ascending, and of each its alphabet. */
    static final int[] points =
        Arrays.stream(members).flatMapToInt(Arrays::stream).sorted().toArray();

    static final short[] alphabets = new short[points.length];

    static {
      for (int i = 0; i < members.length; i++) {
        for (int point : members[i]) {
          alphabets[Arrays.binarySearch(points, point)] = (short) (i + ASCII_ALPHABETS);
        }
      }
    }

    private static int[][] read() {
      List<int[]> alphabets = new ArrayList<>();
      text().lines().filter(line -> !line.startsWith("#")).forEach(line -> alphabets.add(of(line)));
      return alphabets.toArray(int[][]::new);
    }

    private static String text() {
      try (InputStream in = Alphabets.class.getResourceAsStream("alphabets.txt")) {
        Check.that(in != null, "the alphabets are part of the program");
        return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static int[] of(String line) {
      List<Integer> points = new ArrayList<>();
      for (String range : line.split(" ", -1)) {
        int slash = range.indexOf('/');
        int step = slash < 0 ? 1 : Integer.parseInt(range, slash + 1, range.length(), 10);
        String[] ends = (slash < 0 ? range : range.substring(0, slash)).split("-", -1);
        int last = Integer.parseInt(ends[ends.length - 1], 16);
        for (int point = Integer.parseInt(ends[0], 16); point <= last; point += step) {
          points.add(point);
        }
      }
      return points.stream().mapToInt(Integer::intValue).toArray();
    }
  }
}
