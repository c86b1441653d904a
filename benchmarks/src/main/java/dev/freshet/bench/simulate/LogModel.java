package dev.freshet.bench.simulate;

import dev.freshet.core.change.ChangeSet;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in the log, kept outside of it: the records by offset, and what follows from them.
 * One thread owns it.
 */
final class LogModel {
  private final List<Entry> entries = new ArrayList<>();

  /**
   * A record.
   *
   * @param transaction its transaction; 0 for a restart
   */
  record Entry(long offset, long transaction, ChangeSet changes) {}

  long endOffset() {
    return entries.size();
  }

  void append(long offset, long transaction, ChangeSet changes) {
    Violation.unless(
        offset == entries.size(), "the log gave offset " + offset + " to record " + entries.size());
    entries.add(new Entry(offset, transaction, changes));
  }

  /** A crash has taken the records from this offset on. */
  void truncate(long endOffset) {
    Violation.unless(
        endOffset <= entries.size(),
        "the log holds " + endOffset + " records, " + entries.size() + " were appended");
    entries.subList((int) endOffset, entries.size()).clear();
  }

  /** The last transaction that is complete below an offset. */
  long lastTransactionBelow(long offset) {
    long last = 0;
    for (Entry entry : completeBelow(offset)) {
      last = entry.transaction();
    }
    return last;
  }

  /**
   * The records of all transactions that end below an offset, in the order of their ends; parts
   * that a restart made void are left out.
   */
  List<Entry> completeBelow(long offset) {
    List<Entry> complete = new ArrayList<>();
    List<Entry> parts = new ArrayList<>();
    for (Entry entry : entries.subList(0, (int) offset)) {
      switch (entry.changes().part()) {
        case MORE -> parts.add(entry);
        case RESTART -> parts.clear();
        case LAST -> {
          complete.addAll(parts);
          complete.add(entry);
          parts.clear();
        }
      }
    }
    return complete;
  }

  /** Each transaction is complete in the log once, in order, without gaps. */
  void checkTransactions() {
    long expected = 1;
    for (Entry entry : completeBelow(entries.size())) {
      boolean follows =
          entry.transaction() == expected
              && (entry.changes().part() == ChangeSet.Part.MORE
                  || entry.changes().part() == ChangeSet.Part.LAST);
      Violation.unless(
          follows,
          "transaction "
              + entry.transaction()
              + " stands at offset "
              + entry.offset()
              + " where "
              + expected
              + " belongs: one is lost or there twice");
      expected += entry.changes().part() == ChangeSet.Part.LAST ? 1 : 0;
    }
  }
}
