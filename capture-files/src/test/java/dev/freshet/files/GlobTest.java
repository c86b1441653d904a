package dev.freshet.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Random;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns of paths mean what the JDK's do, and take names that those refuse. */
@Timeout(60)
class GlobTest {
  private static final List<String> PIECES =
      List.of("*", "**", "?", "a", "b", ".", "-", "/", "[ab]", "[!a]", "[a-c]", "{a,b*}", "(", "ü");

  @ParameterizedTest
  @CsvSource({
    "*.csv, a.csv, true",
    "*.csv, a/b.csv, false",
    "**.csv, a/b.csv, true",
    "in/*/a?.csv, in/x/a1.csv, true",
    "in/*/a?.csv, in/x/a/.csv, false",
    "'{a,b}.csv', b.csv, true",
    "'{a,b}.csv', 'a,b.csv', false",
    "[!a-c].csv, d.csv, true",
    "[!a-c].csv, b.csv, false",
    "a[!b]c, a/c, false",
    "[-_.]x, -x, true",
    "[a^&&]x, ^x, true",
    "[a^&&]x, &x, true",
    "[]]x, ]x, true",
    "\\*.csv, *.csv, true",
    "\\*.csv, a.csv, false",
    "a+(b)|$.csv, a+(b)|$.csv, true",
    "Zürich-?.csv, Zürich-😀.csv, true",
  })
  void matches(String pattern, String path, boolean isMatch) {
    assertThat(Glob.of(pattern).matches(path)).isEqualTo(isMatch);
  }

  @Test
  void meansWhatTheJdkMeans() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      String pattern = some(random, PIECES);
      String path = some(random, List.of("a", "b", "c", ".", "-", "/a", "(", "ü"));
      PathMatcher expected = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
      assertThat(Glob.of(pattern).matches(path))
          .as(pattern + " of " + path)
          .isEqualTo(expected.matches(Path.of(path)));
    }
  }

  private static String some(Random random, List<String> pieces) {
    StringBuilder text = new StringBuilder();
    for (int left = 1 + random.nextInt(5); left > 0; left--) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[a", "{a,b", "{a{b}}", "a\\", "[b-a]", "[/]", "[!"})
  void refusesWhatIsNoPattern(String pattern) {
    assertThatThrownBy(() -> Glob.of(pattern)).isInstanceOf(PatternSyntaxException.class);
  }

  /** As a process of the locale C does. */
  @Test
  void keysNeedNoLocale() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Keys.class.getName())
            .redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** Ends well when a key outside of ASCII is of its table. */
  static final class Keys {
    private Keys() {}

    public static void main(String[] arguments) {
      boolean matches =
          new TablePattern("orders", "orders").matches("orders/Z\u00fcrich-\u6771.csv");
      if (!matches) {
        throw new AssertionError("The key is not of the table");
      }
    }
  }
}
