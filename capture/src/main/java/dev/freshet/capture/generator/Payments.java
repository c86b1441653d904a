package dev.freshet.capture.generator;

import dev.freshet.core.type.DataType;
import dev.freshet.core.type.DataType.Simple;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Payments between accounts, one an event. In one of four stretches of 50 events a ring of four
 * accounts passes an amount round in a circle, a little less each time; {@code in_ring} tells the
 * truth about a payment, for measuring what finds it.
 */
record Payments(Dice dice) implements Dataset {
  private static final long ACCOUNTS = 1_000;
  private static final long STRETCH = 50;
  private static final int RING = 4;

  @Override
  public List<Table> tables() {
    return List.of(
        Dataset.table(
            "accounts", 1,
            "id", Simple.BIGINT,
            "country", Simple.VARCHAR,
            "opened_at", Simple.TIMESTAMP_LTZ),
        Dataset.table(
            "payments", 1,
            "id", Simple.BIGINT,
            "from_account", Simple.BIGINT,
            "to_account", Simple.BIGINT,
            "amount", new DataType.Decimal(12, 2),
            "paid_at", Simple.TIMESTAMP_LTZ,
            "in_ring", Simple.BOOLEAN));
  }

  @Override
  public void event(long index, long micros, Rows rows) {
    Instant at = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    if (index < ACCOUNTS) {
      rows.add("accounts", index, dice.oneOf(1, index, "DE", "FR", "GB", "US", "CY", "MT"), at);
    }
    long known = Math.min(index, ACCOUNTS - 1) + 1;
    long stretch = index / STRETCH;
    long within = index % STRETCH;
    boolean isRing =
        known > STRETCH && dice.below(4, 2, stretch) == 0 && within % 10 == 5 && within / 10 < RING;
    if (isRing) {
      long step = within / 10;
      BigDecimal amount =
          BigDecimal.valueOf(
              (500_000 + dice.below(500_000, 3, stretch)) * (100 - 2 * step) / 100, 2);
      rows.add(
          "payments", index, member(stretch, step), member(stretch, step + 1), amount, at, true);
      return;
    }
    long from = dice.below(known, 4, index);
    long to = (from + 1 + dice.below(Math.max(1, known - 1), 5, index)) % known;
    BigDecimal amount = BigDecimal.valueOf(100 + dice.below(50_000, 6, index), 2);
    rows.add("payments", index, from, to, amount, at, false);
  }

  /** Four different accounts that are open by then. */
  private long member(long stretch, long step) {
    long first = dice.below(STRETCH / 2, 7, stretch);
    return first + (step % RING) * (1 + dice.below(6, 8, stretch));
  }
}
