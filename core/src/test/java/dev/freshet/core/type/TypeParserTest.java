package dev.freshet.core.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.type.DataType.Simple;
import java.util.List;
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
  void readsMapsAndRows() {
    DataType address =
        new DataType.Row(
            List.of(
                new DataType.Row.Field("City", Simple.VARCHAR),
                new DataType.Row.Field(
                    "zip code", new DataType.Array(new DataType.Decimal(5, 2)))));
    DataType map = new DataType.Map(Simple.VARCHAR, address);
    assertThat(map.sql())
        .isEqualTo("MAP<VARCHAR, ROW(City VARCHAR, \"zip code\" DECIMAL(5, 2) ARRAY)>");
    assertThat(TypeParser.parse(map.sql())).isEqualTo(map);
    assertThat(TypeParser.parse("row< City text, \"zip code\" array<decimal(5, 2)> > array"))
        .isEqualTo(new DataType.Array(address));
    assertThatThrownBy(() -> TypeParser.parse("MAP<VARCHAR>"))
        .hasMessage(
            "Invalid type: MAP<VARCHAR>. A MAP has a key and a value: MAP<VARCHAR, BIGINT>.");
  }

  @Test
  void namesTheTypesWhenOneIsUnknown() {
    assertThatThrownBy(() -> TypeParser.parse("money"))
        .hasMessageStartingWith("Invalid type: money. Types are BOOLEAN");
  }
}
