package dev.freshet.demo.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CanonicalTextTest {
  @Test
  void tellsNumbersApartByValueOnly() {
    for (Object seven : List.of(7L, new BigDecimal("7.00"), new BigDecimal("0.7E1"), 7.0)) {
      assertThat(CanonicalText.of(seven)).isEqualTo("n7");
    }
    assertThat(CanonicalText.of(-0.0)).isEqualTo(CanonicalText.of(0L)).isEqualTo("n0");
    assertThat(CanonicalText.of(0.1)).isEqualTo(CanonicalText.of(new BigDecimal("0.10")));
    assertThat(CanonicalText.of(1e300)).startsWith("n1000").hasSize(302);
    assertThat(CanonicalText.of(Double.NaN)).isEqualTo("nNaN");
  }

  @Test
  void cutsTimesToMicroseconds() {
    assertThat(CanonicalText.of(Instant.parse("2026-11-24T10:00:00.123456789Z")))
        .isEqualTo("z2026-11-24T10:00:00.123456");
    assertThat(CanonicalText.of(LocalDateTime.of(1, 1, 1, 0, 0)))
        .isEqualTo("l0001-01-01T00:00:00.000000");
    assertThat(CanonicalText.of(LocalTime.of(1, 2))).isEqualTo("t01:02:00.000000");
  }

  @Test
  void givesValuesOfDifferentKindsDifferentTexts() {
    List<Object> values =
        Arrays.asList(
            null,
            "",
            "N",
            "true",
            true,
            "1",
            1L,
            LocalDate.of(2026, 1, 1),
            "2026-01-01",
            LocalDateTime.of(2026, 1, 1, 0, 0),
            Instant.parse("2026-01-01T00:00:00Z"),
            new UUID(0, 1),
            new UUID(0, 1).toString(),
            new byte[] {1},
            "01",
            List.of(),
            List.of("a", "b"),
            List.of("a 2:sb"),
            List.of("ab"),
            Arrays.asList("a", null));
    Set<String> texts = new TreeSet<>();
    values.forEach(value -> texts.add(CanonicalText.of(value)));
    assertThat(texts).hasSize(values.size());
  }

  @Test
  void refusesAValueThatItDoesNotKnow() {
    assertThatThrownBy(() -> CanonicalText.of(1))
        .hasMessage("Cannot compare a value of class java.lang.Integer: 1");
  }
}
