package dev.freshet.runtime.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.system.TableNames.Origin;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TableNamesTest {
  private static List<String> of(String... tables) {
    return TableNames.of(Stream.of(tables).map(table -> new Origin("public", table)).toList());
  }

  @Test
  void leavesNamesThatFit() {
    assertThat(of("orders", "Größe", "two words", "2026", "a-b"))
        .containsExactly("orders", "Größe", "two words", "2026", "a-b");
  }

  @Test
  void keepsNamesApartWhereFilesKnowNoCapitals() {
    assertThat(of("Orders", "orders", "ORDERS"))
        .containsExactly("Orders", "public_orders", "public_ORDERS_2");
  }

  @Test
  void makesNamesOfFilesWithoutFolders() {
    assertThat(of("../../a", "/a", "..", ".", "a\\b", "a\u0000b", "C:", "-x", " "))
        .containsExactly(
            "a",
            "public_a",
            "table",
            "public_table",
            "a_b",
            "public_a_b",
            "c",
            "x",
            "public_table_2");
  }
}
