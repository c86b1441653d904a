package dev.freshet.serve.text;

import dev.freshet.serve.backend.Backend.Applied;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What became of a changed folder, as lines of text. */
public final class AppliedText {
  private AppliedText() {}

  public static List<String> lines(Applied applied) {
    List<String> lines = new ArrayList<>();
    applied.added().forEach(model -> lines.add("added     " + model));
    applied.changed().forEach(model -> lines.add("changed   " + model));
    applied
        .rebuilt()
        .forEach(model -> lines.add("rebuilt   " + model + ", which reads a changed one"));
    applied
        .removed()
        .forEach(model ->
            lines.add("removed   " + model + "; its table in the lake stays until the next start"));
    applied
        .takenOut()
        .forEach(table -> lines.add("dropped   " + table + "; its history in the lake stays"));
    if (applied.unchanged() > 0) {
      lines.add("unchanged " + applied.unchanged());
    }
    lines.add(
        isNothing(applied)
            ? "Nothing has changed."
            : String.format(
                Locale.ROOT,
                "Shown from step %,d on, after %,d ms.",
                applied.step(),
                applied.millis()));
    return lines;
  }

  /** The same in a few words. */
  public static String summary(Applied applied) {
    List<String> parts = new ArrayList<>();
    add(parts, "added ", applied.added());
    add(parts, "changed ", applied.changed());
    add(parts, "rebuilt ", applied.rebuilt());
    add(parts, "removed ", applied.removed());
    add(parts, "dropped ", applied.takenOut());
    return parts.isEmpty() ? "nothing has changed" : String.join("; ", parts);
  }

  private static void add(List<String> parts, String what, List<String> models) {
    if (!models.isEmpty()) {
      parts.add(what + String.join(", ", models));
    }
  }

  public static boolean isNothing(Applied applied) {
    return applied.added().isEmpty()
        && applied.changed().isEmpty()
        && applied.rebuilt().isEmpty()
        && applied.removed().isEmpty()
        && applied.takenOut().isEmpty();
  }
}
