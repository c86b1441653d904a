package dev.freshet.measure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
  private static final int EVENTS = 2 * EventFile.BLOCK_EVENTS + 7;

  @TempDir private Path folder;

  @Test
  void readsWhatWasWrittenInAnyOrderOfBlocks() throws Exception {
    Path file = folder.resolve("events");
    byte[] text = "x".repeat(3_000).getBytes(UTF_8);
    try (EventWriter writer = new EventWriter(file)) {
      for (int i = 0; i < EVENTS; i++) {
        writer.event(i % 3);
        writer.number(i * 1_000_000_007L);
        writer.text(text, 0, i % text.length);
      }
    }
    try (EventFile events = new EventFile(file)) {
      assertThat(check(events, 2)).isEqualTo(7);
      assertThat(check(events, 0)).isEqualTo(EventFile.BLOCK_EVENTS);
      assertThat(check(events, 1)).isEqualTo(EventFile.BLOCK_EVENTS);
      assertThat(events.block(3)).isEmpty();
    }
  }

  private static int check(EventFile events, int block) throws Exception {
    EventCursor cursor = new EventCursor();
    cursor.on(events.block(block));
    int seen = 0;
    while (cursor.next()) {
      int i = block * EventFile.BLOCK_EVENTS + seen++;
      assertThat(cursor.kind()).isEqualTo(i % 3);
      assertThat(cursor.number()).isEqualTo(i * 1_000_000_007L);
      cursor.text();
      assertThat(cursor.textLength()).isEqualTo(i % 3_000);
      assertThat(new String(cursor.bytes(), cursor.textStart(), cursor.textLength(), UTF_8))
          .isEqualTo("x".repeat(i % 3_000));
    }
    return seen;
  }
}
