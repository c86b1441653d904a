package dev.freshet.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PausedTablesTest {
  /** Nothing would ever resume it: it would be found paused when it comes again. */
  @Test
  void pausesNoTableThatWasTakenOut() {
    PausedTables paused = PausedTables.ofProcess();
    paused.pause(List.of("a"));
    paused.takeOut(List.of("a", "b"));
    paused.retain(List.of("c"));
    paused.pause(List.of("a", "b", "c"));
    assertThat(paused.now()).containsExactly("c");
    paused.takeBack(List.of("a", "b"));
    assertThat(paused.now()).containsExactly("c");
    paused.pause(List.of("a"));
    assertThat(paused.now()).containsExactlyInAnyOrder("a", "c");
  }

  /** Taken out between the two, it would be paused behind what forgets its pause. */
  @Test
  void letsNoTableBeTakenOutWhileOneIsNoted() {
    List<Boolean> held = new ArrayList<>();
    PausedTables[] paused = new PausedTables[1];
    paused[0] =
        new PausedTables(
            new NotedTables.Memory() {
              @Override
              public String recall() {
                return "";
              }

              @Override
              public void remember(String note) {
                held.add(Thread.holdsLock(paused[0]));
              }
            });
    paused[0].pause(List.of("a"));
    assertThat(held).containsExactly(true);
  }
}
