package dev.freshet.sql.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FamiliarNamesTest {
  private static final Pattern CALL = Pattern.compile("([A-Z_0-9]{2,})\\(");

  @Test
  void recommendsOnlyWhatIsThere() {
    Set<String> known = new TreeSet<>(Frontend.functionNames());
    known.add("TABLE");
    known.add("DESCRIPTOR");
    Set<String> recommended = new TreeSet<>();
    for (String name : FamiliarNames.names()) {
      Matcher call = CALL.matcher(FamiliarNames.hint(name).orElseThrow());
      while (call.find()) {
        recommended.add(call.group(1));
      }
    }
    assertThat(recommended).hasSizeGreaterThan(15).isSubsetOf(known);
  }

  @Test
  void knowsNoNameThatIsThereAlready() {
    Set<String> both = new TreeSet<>(FamiliarNames.names());
    both.retainAll(Frontend.functionNames());
    assertThat(both).isSubsetOf("TUMBLE", "HOP", "SESSION");
  }
}
