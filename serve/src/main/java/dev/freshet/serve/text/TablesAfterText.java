package dev.freshet.serve.text;

import dev.freshet.serve.backend.Backend.TablesAfter;
import java.util.ArrayList;
import java.util.List;

/** What became of an operation on single tables of a source, as lines of text. */
public final class TablesAfterText {
  private TablesAfterText() {}

  public static List<String> lines(TablesAfter after) {
    String tables = String.join(", ", after.tables());
    List<String> lines = new ArrayList<>();
    lines.add(
        switch (after.operation()) {
          case PAUSE -> "paused: " + tables;
          case RESUME ->
              after.tables().isEmpty() ? "none of them was paused" : "resumed: " + tables;
          case RESNAPSHOT -> "to be read anew: " + tables;
        });
    if (!after.paused().isEmpty()) {
      lines.add(
          "source "
              + after.source()
              + " leaves alone until they are resumed: "
              + String.join(", ", after.paused()));
    }
    if (!after.isNoticed()) {
      lines.add(
          "not yet: the source has not come to it, and what is committed until it does may still"
              + " come in");
    }
    return lines;
  }
}
