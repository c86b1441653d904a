package dev.freshet.capture.generator;

import dev.freshet.core.type.DataType.Simple;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Visits of a web site: 20 at the same time, each of one to twelve clicks; a visit that is over
 * leaves its place empty until the next one begins there.
 */
record Clicks(Dice dice) implements Dataset {
  private static final long PLACES = 20;
  private static final long VISIT_MAX = 12;
  private static final long USERS = 500;

  @Override
  public List<Table> tables() {
    return List.of(
        Dataset.table(
            "clicks", 0,
            "session_id", Simple.BIGINT,
            "user_id", Simple.BIGINT,
            "page", Simple.VARCHAR,
            "referrer", Simple.VARCHAR,
            "clicked_at", Simple.TIMESTAMP_LTZ));
  }

  @Override
  public void event(long index, long micros, Rows rows) {
    long place = index % PLACES;
    long turn = index / PLACES;
    long step = turn % VISIT_MAX;
    long visit = turn / VISIT_MAX * PLACES + place;
    if (step > dice.below(VISIT_MAX, 1, visit)) {
      return;
    }
    rows.add(
        "clicks",
        visit,
        dice.below(USERS, 2, visit),
        step == 0 ? "/" : dice.oneOf(3, index, "/search", "/product", "/cart", "/pay", "/help"),
        step == 0 ? dice.oneOf(4, visit, "search", "mail", "advert", "direct") : "link",
        Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }
}
