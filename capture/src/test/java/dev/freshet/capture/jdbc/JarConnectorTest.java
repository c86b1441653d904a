package dev.freshet.capture.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JarConnectorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:postgresql://db:5432/crm | jdbc:postgresql://db:5432/crm",
        "jdbc:postgresql://db/crm?user=u&password=secret | jdbc:postgresql://db/crm",
        "jdbc:oracle:thin:scott/secret@//db:1521/x | jdbc:oracle:...@//db:1521/x",
        "jdbc:mysql://u:secret@x@db/crm | jdbc:mysql:...@db/crm",
        "jdbc:mysql://u:p/secret@db/crm | jdbc:mysql:...@db/crm",
        "jdbc:mysql://address=(host=db)(password=secret)/crm | jdbc:mysql://address=",
        "jdbc:db2://db:50000/crm:user=u;password=secret; | jdbc:db2://db:50000/crm",
        "jdbc:sqlserver://db:1433;databaseName=crm;password=secret | jdbc:sqlserver://db:1433"
      })
  void showsNoSecretOfAnAddress(String url, String shown) {
    assertThat(connector(url).address()).isEqualTo(shown).doesNotContain("secret");
  }

  @Test
  void showsNoPasswordThatADriverTells() {
    assertThat(connector("jdbc:x://db?p=1").withoutSecrets("no login with hush at jdbc:x://db?p=1"))
        .isEqualTo("no login with *** at jdbc:x://db");
  }

  @Test
  void saysWhereADriverIsLookedFor() {
    assertThatThrownBy(() -> connector("jdbc:nobody:here").open())
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("No suitable driver")
        .hasMessageContaining("drivers-of-a-test");
  }

  private static JarConnector connector(String url) {
    return new JarConnector(url, "u", "hush", Path.of("drivers-of-a-test"));
  }
}
