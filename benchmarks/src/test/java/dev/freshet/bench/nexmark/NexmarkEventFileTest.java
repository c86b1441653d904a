package dev.freshet.bench.nexmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.measure.EventCursor;
import dev.freshet.measure.EventFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NexmarkEventFileTest {
  @TempDir private Path folder;

  @Test
  void eventsLieInTheOrderOfTheirTimes() throws Exception {
    Path path = folder.resolve("events");
    NexmarkEventFile.write(path, new Events(1, 1_000), 500);
    try (EventFile file = new EventFile(path)) {
      EventCursor cursor = new EventCursor();
      cursor.on(file.block(0));
      long first = 0;
      for (int i = 0; cursor.next(); i++) {
        assertThat(cursor.kind()).isEqualTo(Events.kind(i));
        long time =
            switch (cursor.kind()) {
              case 0 -> time(cursor, "NTTTTTNT", 6);
              case 1 -> time(cursor, "NTTNNNNNNT", 5);
              default -> time(cursor, "NNNTTNT", 5);
            };
        first = i == 0 ? time : first;
        assertThat(time).isEqualTo(first + i * 1_000L);
      }
      assertThat(cursor.left()).isZero();
    }
  }

  /** Reads all fields; the one at {@code place} is the time. */
  private static long time(EventCursor cursor, String fields, int place) {
    long time = 0;
    for (int i = 0; i < fields.length(); i++) {
      if (fields.charAt(i) == 'T') {
        cursor.text();
      } else {
        long number = cursor.number();
        time = i == place ? number : time;
      }
    }
    return time;
  }
}
