package dev.freshet.capture.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.capture.rows.RefusedRow;
import dev.freshet.core.batch.ByteReader;
import dev.freshet.core.batch.ByteWriter;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.testing.property.Draws;
import dev.freshet.testing.property.Property;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
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
          KnownKeys keys = new KnownKeys(countMax, WINDOW);
          ArrayDeque<Entry> expected = new ArrayDeque<>();
          long now = 1_000_000;
          for (int i = 0; i < 600; i++) {
            now += draws.chance(0.02) ? draws.between(1, 2_000) : draws.between(0, 3);
            long oldest = now - WINDOW;
            expected.removeIf(entry -> entry.micros() < oldest);
            Digest key = key(draws);
            Optional<Entry> there = expected.stream().filter(e -> e.key().equals(key)).findFirst();
            Optional<KnownKeys.Known> found = keys.find(key, now);
            assertThat(found.map(k -> k.answer().accepted())).isEqualTo(there.map(Entry::accepted));
            assertThat(found.map(k -> k.answer().refused())).isEqualTo(there.map(Entry::refused));
            if (there.isEmpty()) {
              Entry entry = new Entry(key, now, i, refused(draws));
              if (expected.size() == countMax) {
                expected.removeFirst();
              }
              expected.addLast(entry);
              keys.add(key, key, now, entry.accepted(), entry.refused());
            }
            assertThat(keys.count()).isEqualTo(expected.size());
            if (draws.chance(0.01)) {
              keys = reread(keys, countMax);
            }
          }
        });
  }

  private static List<RefusedRow> refused(Draws draws) {
    return draws.chance(0.2)
        ? List.of(new RefusedRow(draws.between(0, 9), ErrorCode.VALUE_INVALID, draws.text(5)))
        : List.of();
  }

  private static KnownKeys reread(KnownKeys keys, int countMax) {
    ByteWriter out = new ByteWriter(64);
    keys.write(out);
    KnownKeys again = new KnownKeys(countMax, WINDOW);
    again.read(new ByteReader(out.array(), 0, out.length()));
    return again;
  }
}
