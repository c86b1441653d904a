package dev.freshet.capture.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.rows.RefusedRow;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.testing.property.Draws;
import dev.freshet.testing.property.Property;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KnownKeysTest {
  private static final long WINDOW = 1_000;

  private record Entry(Digest key, long micros, int accepted, List<RefusedRow> refused) {}

  /** Few keys in few places, so that they push each other about. */
  private static Digest key(Draws draws) {
    return new Digest(draws.between(0, 40) * 64L, draws.between(0, 3));
  }

  @Test
  void knowsWhatAListWouldKnow() {
    Property.of("known keys", 60)
        .check(draws -> {
          int countMax = draws.between(1, 300);
          long bytesMax = draws.chance(0.5) ? Long.MAX_VALUE : draws.between(0, 1_500);
          KnownKeys keys = new KnownKeys(countMax, WINDOW, bytesMax);
          ArrayDeque<Entry> expected = new ArrayDeque<>();
          Set<Entry> forgotten = new HashSet<>(); // of the expected, for their reasons
          long now = 1_000_000;
          for (int i = 0; i < 600; i++) {
            now += draws.chance(0.02) ? draws.between(1, 2_000) : draws.between(0, 3);
            long oldest = now - WINDOW;
            expected.removeIf(entry -> entry.micros() < oldest);
            Digest key = key(draws);
            Optional<Entry> there =
                expected.stream()
                    .filter(e -> e.key().equals(key) && !forgotten.contains(e))
                    .findFirst();
            Optional<KnownKeys.Known> found = keys.find(key, now);
            assertThat(found.map(k -> k.answer().accepted())).isEqualTo(there.map(Entry::accepted));
            assertThat(found.map(k -> k.answer().refused())).isEqualTo(there.map(Entry::refused));
            if (there.isEmpty()) {
              Entry entry = new Entry(key, now, i, refused(draws));
              if (expected.size() == countMax) {
                expected.removeFirst();
              }
              expected.addLast(entry);
              while (bytes(expected, forgotten) > bytesMax) {
                forgotten.add(
                    expected.stream()
                        .filter(e -> !e.refused().isEmpty() && !forgotten.contains(e))
                        .findFirst()
                        .orElseThrow());
              }
              keys.add(key, key, now, entry.accepted(), entry.refused());
            }
            forgotten.retainAll(expected);
            assertThat(keys.count()).isEqualTo(expected.size() - forgotten.size());
            assertThat(keys.oldestMicros(now))
                .isEqualTo(
                    expected.stream()
                        .filter(e -> !forgotten.contains(e))
                        .findFirst()
                        .map(Entry::micros)
                        .orElse(now));
            if (draws.chance(0.01)) {
              keys = reread(keys, new KnownKeys(countMax, WINDOW, bytesMax));
              expected.removeAll(forgotten);
            }
          }
        });
  }

  private static List<RefusedRow> refused(Draws draws) {
    return draws.chance(0.2)
        ? List.of(new RefusedRow(draws.between(0, 9), ErrorCode.VALUE_INVALID, draws.text(5)))
        : List.of();
  }

  private static long bytes(Collection<Entry> entries, Set<Entry> forgotten) {
    return entries.stream()
        .filter(e -> !forgotten.contains(e))
        .mapToLong(e -> KnownKeys.bytes(e.refused()))
        .sum();
  }

  @Test
  void forgetsOnlyRequestsWithRefusedRowsWhenTheirReasonsAreTooMuch() {
    KnownKeys keys = new KnownKeys(1_000_000, WINDOW);
    List<RefusedRow> refused =
        Collections.nCopies(1_000, new RefusedRow(0, ErrorCode.VALUE_INVALID, "x".repeat(1_000)));
    keys.add(new Digest(-1, 0), new Digest(0, 0), 0, 1, List.of());
    for (int i = 0; i < 500; i++) {
      keys.add(new Digest(i, 0), new Digest(0, 0), 0, 1, refused);
    }
    assertThat(keys.count()).isBetween(20, 100);
    assertThat(keys.find(new Digest(-1, 0), 0)).isPresent();
    assertThat(keys.find(new Digest(0, 0), 0)).isEmpty();
    assertThat(keys.find(new Digest(499, 0), 0).orElseThrow().answer().refused())
        .isEqualTo(refused);
  }

  private static KnownKeys reread(KnownKeys keys, KnownKeys again) {
    ByteWriter out = new ByteWriter(64);
    keys.write(out);
    again.read(new ByteReader(out.array(), 0, out.length()));
    return again;
  }
}
