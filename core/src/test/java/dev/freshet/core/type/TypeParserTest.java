package dev.freshet.core.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.type.DataType.Simple;
import org.junit.jupiter.api.Test;

class TypeParserTest {
  @Test
  void readsWhatTypesWrite() {
    for (Simple simple : Simple.values()) {
      assertThat(TypeParser.parse(simple.sql())).isEqualTo(simple);
      assertThat(TypeParser.parse(new DataType.Array(simple).sql()))
          .isEqualTo(new DataType.Array(simple));
    }
    assertThat(TypeParser.parse("decimal(38, 10)")).isEqualTo(new DataType.Decimal(38, 10));
  }

  @Test
  void readsSynonyms() {
    assertThat(TypeParser.parse("varchar(20)")).isEqualTo(Simple.VARCHAR);
    assertThat(TypeParser.parse("timestamp(6) with time zone")).isEqualTo(Simple.TIMESTAMP_LTZ);
    assertThat(TypeParser.parse("ARRAY<INT>")).isEqualTo(new DataType.Array(Simple.INTEGER));
  }

  @Test
  void namesTheTypesWhenOneIsUnknown() {
    assertThatThrownBy(() -> TypeParser.parse("money"))
        .hasMessageStartingWith("Invalid type: money. Types are BOOLEAN");
  }
}
