package dev.freshet.sourcetest;

import dev.freshet.core.change.ChangeSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What of a log counts: the change sets of transactions that have their end, as the engine takes
 * them. A source may deliver under several names; parts are of the name they came under, and a
 * restart makes those of its own name void.
 */
public final class WholeTransactions {
  private WholeTransactions() {}

  /** The change sets that count, transaction by transaction, in the order of the ends. */
  public static List<ChangeSet> of(List<ChangeSet> log) {
    List<ChangeSet> whole = new ArrayList<>();
    Map<String, List<ChangeSet>> open = new HashMap<>();
    for (ChangeSet changes : log) {
      List<ChangeSet> parts = open.computeIfAbsent(changes.source(), _ -> new ArrayList<>());
      switch (changes.part()) {
        case MORE -> parts.add(changes); // its end may come
        case LAST -> {
          whole.addAll(parts);
          whole.add(changes);
          parts.clear();
        }
        case RESTART -> parts.clear();
      }
    }
    return whole;
  }
}
