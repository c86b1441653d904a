package dev.freshet.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import org.junit.jupiter.api.Test;

class ServerAddressTest {
  @Test
  void readsAllFormsOfUrl() {
    ServerAddress address =
        ServerAddress.parse("postgres://me:p%40ss%2Fw+d@db.example.com:6543/shop?sslmode=require");
    assertThat(address.user()).isEqualTo("me");
    assertThat(address.password()).isEqualTo("p@ss/w+d");
    assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example.com:6543/shop");
    assertThat(address.parameters()).containsEntry("sslmode", "require");

    assertThat(ServerAddress.parse("postgresql://me@[::1]").hosts()).isEqualTo("[::1]:5432");
    assertThat(ServerAddress.parse("postgresql://me@h1,h2:7/d").hosts()).isEqualTo("h1:5432,h2:7");
    assertThat(ServerAddress.parse("postgres://me@h").database()).isEqualTo("me");
    ServerAddress jdbc = ServerAddress.parse("jdbc:postgresql://h/d?user=u&password=p");
    assertThat(jdbc.user()).isEqualTo("u");
    assertThat(jdbc.password()).isEqualTo("p");
    assertThat(jdbc.parameters()).isEmpty();
  }

  @Test
  void neverShowsThePassword() {
    ServerAddress address = ServerAddress.parse("postgres://me:hunter2@h/d");

    assertThat(address).hasToString("me@h:5432/d");
    assertThat(address.withoutSecret("failed: hunter2")).isEqualTo("failed: ***");
    assertThatThrownBy(() -> ServerAddress.parse("postgres://me:hunter2@h:port/d"))
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("its port is no number: port")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> ServerAddress.parse("postgres://h/d"))
        .hasMessageContaining("it names no user");
  }
}
