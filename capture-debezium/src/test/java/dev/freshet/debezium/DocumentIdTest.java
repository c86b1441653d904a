package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentIdTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "{\"$oid\": \"65f000000000000000000001\"}; 65f000000000000000000001",
        "{\"$oid\" : \"65f000000000000000000001\"}; 65f000000000000000000001",
        "\"ada\"; ada",
        "\"Ada Lovelace, 1815\"; Ada Lovelace, 1815",
        "\"65f000000000000000000001\"; \"65f000000000000000000001\"",
        "\"a5f000000000000000000001\"; \"a5f000000000000000000001\"",
        "\"42\"; \"42\"",
        "\"-x\"; \"-x\"",
        "\"null\"; \"null\"",
        "\"{}\"; \"{}\"",
        "\"a\\\"b\"; \"a\\\"b\"",
        "\"\"; \"\"",
        "42; 42",
        "1.5; 1.5",
        "null; null",
        "{\"a\": 1}; {\"a\": 1}"
      })
  void idsThatDifferHaveTextsThatDiffer(String json, String text) {
    assertThat(DocumentId.of(json)).isEqualTo(text);
  }

  @Test
  void noTextIsTakenForAnother() {
    List<String> ids =
        List.of("true", "\"true\"", "1", "\"1\"", "\"\\\"1\\\"\"", "null", "\"null\"", "\"x\"");
    assertThat(ids.stream().map(DocumentId::of)).doesNotHaveDuplicates();
  }
}
