package dev.freshet.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.debezium.MySqlSettings.Address;
import dev.freshet.debezium.MySqlSettings.Tls;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MySqlSettingsTest {
  private static final MySqlSettings SETTINGS =
      new MySqlSettings(
          "shop", "mariadb://me@db/shop", "secret", List.of(), Tls.OFF, Optional.empty(), Map.of());

  private static Address address(String url) {
    return new MySqlSettings(
            "shop", url, "from the file", List.of(), Tls.OFF, Optional.empty(), Map.of())
        .address();
  }

  @Test
  void readsAnAddress() {
    Address address = address("mariadb://me:a%20secret@db.example.com:3307/shop");
    assertThat(address.host()).isEqualTo("db.example.com");
    assertThat(address.port()).isEqualTo(3307);
    assertThat(address.user()).isEqualTo("me");
    assertThat(address.password()).isEqualTo("a secret");
    assertThat(address.database()).isEqualTo("shop");
    assertThat(address("mysql://me@db/shop").password()).isEqualTo("from the file");
  }

  @Test
  void readsATableAsAnotherReplica() {
    MySqlSettings settings =
        new MySqlSettings(
            "shop",
            "mariadb://me@db/shop",
            "secret",
            List.of(),
            Tls.REQUIRED,
            Optional.of(7L),
            Map.of("snapshot.fetch.size", "10"));
    assertThat(settings.ofTable("other.orders", "sales"))
        .isEqualTo(
            new MySqlSettings(
                "shop.tables",
                settings.url(),
                "secret",
                List.of(new MySqlSettings.TableChoice("other.orders", "sales")),
                Tls.REQUIRED,
                Optional.of(8L),
                settings.properties()));
  }

  @Test
  void keepsRowsThatCouldNotBeToldApartFromBeingReadTwice() {
    DebeziumSource source =
        DebeziumSource.ofMySql(
                SETTINGS,
                List.of(),
                () -> {
                  throw new AssertionError("not opened");
                })
            .keepingNone(Set.of("clicks"));
    assertThat(source.whyNotPaused("clicks").orElseThrow()).contains("keep: none");
    assertThat(source.whyNotPaused("orders")).isEmpty();
  }

  @Test
  void refusesWhatStandsBehindAQuestionMark() {
    assertThatThrownBy(() -> address("mariadb://me:secret@db/shop?tls=required"))
        .hasMessageContaining("tls is a setting of its own")
        .hasMessageNotContaining("secret");
  }
}
