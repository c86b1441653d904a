package dev.freshet.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BronzeReplayTest {
  private record Change(long offset, String operation, Object[] cells, List<?> unchanged) {
    void addTo(BronzeReplay replay) {
      replay.add(offset, 0, operation, cells, unchanged);
    }
  }

  private static Change change(long offset, String operation, int id, String text) {
    return new Change(offset, operation, new Object[] {id, text}, List.of());
  }

  private static final List<Change> CHANGES =
      List.of(
          change(1, "insert", 1, "gone with the truncate"),
          change(2, "truncate", 0, ""),
          change(3, "insert", 2, "b"),
          new Change(4, "update", new Object[] {2, ""}, List.of("text")),
          change(5, "insert", 3, "c"),
          change(6, "delete", 3, ""),
          change(7, "insert", 4, "d"),
          change(8, "update", 4, "e"),
          change(9, "delete", 5, ""),
          change(10, "insert", 5, "f"),
          new Change(11, "update", new Object[] {6, ""}, List.of("text")));

  private static BronzeReplay replay(List<Change> changes) {
    BronzeReplay replay = new BronzeReplay(List.of("id", "text"), 0);
    changes.forEach(change -> change.addTo(replay));
    return replay;
  }

  private static List<String> texts(List<@Nullable Object[]> rows) {
    return rows.stream().map(Arrays::toString).sorted().toList();
  }

  @Test
  void givesTheSameRowsInWhateverOrderChangesCome() {
    List<Change> changes = new ArrayList<>(CHANGES);
    for (int seed = 0; seed < 50; seed++) {
      assertThat(texts(replay(changes).rows()))
          .containsExactly("[2, b]", "[4, e]", "[5, f]", "[6, missing]");
      Collections.shuffle(changes, new Random(seed));
    }
  }

  @Test
  void keepsEachRowOfATableWithoutAKey() {
    BronzeReplay replay = new BronzeReplay(List.of("id", "text"));
    for (long offset = 1; offset <= 3; offset++) {
      change(offset, "insert", 1, "the same").addTo(replay);
    }
    assertThat(replay.rows()).hasSize(3);
  }
}
