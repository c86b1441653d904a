package dev.freshet.serve.backend;

import java.util.List;
import java.util.Optional;

/**
 * What came of comparing a source's tables with what is held of them.
 *
 * @param first what was found
 * @param repair what was corrected, if that was asked for and something differed
 */
public record Reconciled(String source, Comparison first, Optional<Repair> repair) {
  /** What was found last. */
  public Comparison last() {
    return repair.map(Repair::after).orElse(first);
  }

  /** Whether a table was compared. */
  public enum Outcome {
    COMPARED,
    /** It is not one of those that are compared. */
    LEFT_OUT,
    /** It should have been, and could not be read. */
    UNREADABLE
  }

  /** How a row differs. */
  public enum Kind {
    /** The source has it, and it is not held. */
    MISSING,
    /** It is held, and the source does not have it. */
    EXTRA,
    /** Both have a row with this key, and other values. */
    DIFFERENT
  }

  /**
   * Both sides at one position.
   *
   * @param position as the source writes it
   * @param step at which the state has all of the source up to the position, and nothing beyond
   * @param heldMillis how long the source's changes waited
   */
  public record Comparison(
      String position, long step, List<Table> tables, long heldMillis, long millis) {
    public Comparison {
      tables = List.copyOf(tables);
    }

    /** Whether nothing is known to differ; tables that are left out do not. */
    public boolean isEqual() {
      return tables.stream().allMatch(Table::isEqual);
    }

    public long comparedTables() {
      return tables.stream().filter(Table::isCompared).count();
    }

    /** Rows that differ, those that were not looked at one by one left out. */
    public long differences() {
      return tables.stream().mapToLong(Table::differences).sum();
    }

    /** Rows of the source that were compared. */
    public long rows() {
      return tables.stream().mapToLong(Table::sourceRows).sum();
    }
  }

  /**
   * One table.
   *
   * @param sourceRows rows that the source has
   * @param heldRows rows that are held
   * @param keptOut rows of the source that the contract keeps out, which is why they are not held
   * @param ranges into how many ranges of keys the table was cut
   * @param differingRanges how many of these differ
   * @param notMatched rows in ranges that differ, too many to tell which
   * @param shown the first rows that differ
   * @param note why it was not compared, as a sentence; empty when it was
   */
  public record Table(
      String name,
      long sourceRows,
      long heldRows,
      long keptOut,
      int ranges,
      int differingRanges,
      long missing,
      long extra,
      long different,
      long notMatched,
      List<Row> shown,
      Outcome outcome,
      String note) {
    public Table {
      shown = List.copyOf(shown);
    }

    /** One that was compared. */
    public Table(
        String name,
        long sourceRows,
        long heldRows,
        long keptOut,
        int ranges,
        int differingRanges,
        long missing,
        long extra,
        long different,
        long notMatched,
        List<Row> shown) {
      this(
          name,
          sourceRows,
          heldRows,
          keptOut,
          ranges,
          differingRanges,
          missing,
          extra,
          different,
          notMatched,
          shown,
          Outcome.COMPARED,
          "");
    }

    public static Table notCompared(String name, String note) {
      return new Table(name, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of(), Outcome.LEFT_OUT, note);
    }

    public static Table unreadable(String name, String note) {
      return new Table(name, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of(), Outcome.UNREADABLE, note);
    }

    public boolean isCompared() {
      return outcome == Outcome.COMPARED;
    }

    public long differences() {
      return missing + extra + different;
    }

    public boolean isEqual() {
      return differences() == 0 && notMatched == 0 && outcome != Outcome.UNREADABLE;
    }

    /**
     * A row that differs.
     *
     * @param key as JSON
     */
    public record Row(Kind kind, String key) {}
  }

  /**
   * @param corrected rows that were made what the source has
   * @param after what was found then
   */
  public record Repair(long corrected, Comparison after) {}
}
