package dev.freshet.contracts;

/**
 * The count of rows that came in and what became of them. At every step {@code received = applied +
 * quarantined}.
 */
public record Ledger(long received, long applied, long quarantined) {
  public static final Ledger EMPTY = new Ledger(0, 0, 0);

  public Ledger plus(Ledger other) {
    return new Ledger(
        received + other.received, applied + other.applied, quarantined + other.quarantined);
  }

  public boolean addsUp() {
    return received == applied + quarantined;
  }
}
