package dev.freshet.contracts.mask;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HashesTest {
  private static final String SECRET = "a key for tests, of 32 characters";

  private final Hashes hashes = new Hashes(MaskKey.of(SECRET));

  /** As anybody can compute it who has the key. */
  private static String expected(String text) throws Exception {
    return HexFormat.of().formatHex(hmac(hmac(bytes(SECRET), "freshet hash 1"), text));
  }

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void isHmacSha256OfTheText() throws Exception {
    assertThat(hash(Simple.VARCHAR, "ann@example.org")).isEqualTo(expected("ann@example.org"));
    assertThat(hash(Simple.VARCHAR, "")).isEqualTo(expected("")).asString().hasSize(Hashes.LENGTH);
    assertThat(hash(Simple.BINARY, bytes("abc"))).isEqualTo(expected("abc"));
    assertThat(hash(Simple.BIGINT, 0L)).isEqualTo(expected("0"));
    assertThat(hash(Simple.BIGINT, -4_711L)).isEqualTo(expected("-4711"));
    assertThat(hash(Simple.BIGINT, Long.MIN_VALUE)).isEqualTo(expected("-9223372036854775808"));
    assertThat(hash(Simple.DATE, LocalDate.of(1990, 2, 3))).isEqualTo(expected("1990-02-03"));
    assertThat(hash(Simple.TIMESTAMP_LTZ, Instant.parse("2026-01-31T10:30:00Z")))
        .isEqualTo(expected("2026-01-31T10:30:00Z"));
    UUID uuid = UUID.fromString("123e4567-e89b-42d3-a456-426614174000");
    assertThat(hash(Simple.UUID, uuid)).isEqualTo(expected(uuid.toString()));
  }

  @Test
  void equalNumbersAreEqualInAllTypes() throws Exception {
    String fortyTwo = expected("42");

    assertThat(hash(Simple.SMALLINT, 42L)).isEqualTo(fortyTwo);
    assertThat(hash(Simple.BIGINT, 42L)).isEqualTo(fortyTwo);
    assertThat(hash(new DataType.Decimal(12, 2), new BigDecimal("42.00"))).isEqualTo(fortyTwo);
    assertThat(hash(new DataType.Decimal(30, 5), new BigDecimal("42"))).isEqualTo(fortyTwo);
    assertThat(hash(new DataType.Decimal(5, 3), BigDecimal.ZERO)).isEqualTo(expected("0"));
    assertThat(hash(new DataType.Decimal(9, 0), new BigDecimal("4200")))
        .isEqualTo(expected("4200"));
    assertThat(hash(Simple.VARCHAR, "42")).isEqualTo(fortyTwo);
  }

  @Test
  void nullStaysNull() {
    assertThat(hash(Simple.VARCHAR, null)).isNull();
    assertThat(hash(Simple.BIGINT, null)).isNull();
  }

  private @Nullable Object hash(DataType type, @Nullable Object value) {
    return MaskedValues.single(hashes, type, Simple.VARCHAR, value);
  }
}
