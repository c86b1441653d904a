package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.SchemaChange;
import dev.freshet.capture.SchemaChange.Kind;
import dev.freshet.capture.postgres.KnownTable.KnownColumn;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KnownTablesTest {
  private static final KnownTable TABLE =
      new KnownTable(
          -5, // an object id beyond 2^31
          "my \"schema\"",
          "tä\nble",
          List.of(3, 1),
          List.of(
              new KnownColumn(1, "id", 23, -1, true, false, "integer"),
              new KnownColumn(3, "a \\ b", -7, 655366, false, true, "numeric(10,2)")));

  private static final KnownTables KNOWN =
      new KnownTables(
          List.of(new KnownTables.Entry(-1, "my table", TABLE)),
          List.of(
              new KnownTables.Change(
                  0x1_0000_0001L,
                  new SchemaChange(
                      "t", Kind.KEY_CHANGED, "", "(\"a\", b)", "none", "1/1", 1_700_000L))),
          Set.of(-5, 7));

  @Test
  void areReadAsTheyWereWritten() {
    assertThat(KnownTables.parse(KNOWN.text())).isEqualTo(KNOWN);
    assertThat(KnownTables.parse(KnownTables.NONE.text())).isEqualTo(KnownTables.NONE);
  }

  @Test
  void passOverWhatANewerFreshetAdds() {
    String newer =
        KNOWN.text().replace("\"relation\":", "\"more\":{\"a\":[1]},\"relation\":") + "new line\n";

    assertThat(KnownTables.parse(newer)).isEqualTo(KNOWN);
  }

  @Test
  void areNothingWhenTheyCannotBeRead() {
    String text = KNOWN.text();
    assertThat(KnownTables.parse("")).isEqualTo(KnownTables.NONE);
    assertThat(KnownTables.parse("columns 2\n")).isEqualTo(KnownTables.NONE);
    assertThat(KnownTables.parse(text.substring(0, text.length() - 6))).isEqualTo(KnownTables.NONE);
    assertThat(KnownTables.parse(text.replace("KEY_CHANGED", "KEY_TURNED")))
        .isEqualTo(KnownTables.NONE);
  }
}
