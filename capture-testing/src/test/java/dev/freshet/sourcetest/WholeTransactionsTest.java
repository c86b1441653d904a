package dev.freshet.sourcetest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WholeTransactionsTest {
  @Test
  void holdsTransactionsInTheOrderOfTheirEnds() {
    assertEquals(
        List.of("other 1", "shop 1", "shop 2", "shop 3"),
        whole(
            changes("shop", "1", Part.MORE),
            changes("other", "1", Part.LAST),
            changes("shop", "2", Part.MORE),
            changes("shop", "3", Part.LAST),
            changes("other", "2", Part.MORE)));
  }

  @Test
  void aRestartMakesPartsOfItsOwnNameVoid() {
    assertEquals(
        List.of("shop 1", "shop 2", "shop/tables 2"),
        whole(
            changes("shop", "1", Part.MORE),
            changes("shop/tables", "1", Part.MORE),
            changes("shop/tables", "1", Part.RESTART),
            changes("shop", "2", Part.LAST),
            changes("shop/tables", "2", Part.LAST)));
  }

  private static List<String> whole(ChangeSet... log) {
    return WholeTransactions.of(List.of(log)).stream()
        .map(changes ->
            changes.source() + " " + new String(changes.position(), StandardCharsets.UTF_8))
        .toList();
  }

  private static ChangeSet changes(String source, String position, Part part) {
    byte[] at = position.getBytes(StandardCharsets.UTF_8);
    return new ChangeSet(source, at, 0, 0, 0, part, List.of());
  }
}
