package dev.freshet.bench.overload;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes or requests a second.
 *
 * @param capacity what one sender reaches alone
 * @param offered what was tried under overload
 * @param taken what of that was acknowledged
 */
record Rates(double capacity, double offered, double taken) {
  private static final double TIMES_MIN = 10;

  /** Whoever takes less has collapsed: refusing must not cost what taking needs. */
  private static final double SHARE_MIN = 0.25;

  double times() {
    return offered / taken;
  }

  /** All that is wrong; empty when it was an overload and no collapse. */
  List<String> wrong() {
    List<String> wrong = new ArrayList<>();
    if (!(offered >= TIMES_MIN * taken)) {
      wrong.add(
          String.format(
              Locale.ROOT, "only %.0f a second were offered, %.0f were taken", offered, taken));
    }
    if (!(taken >= SHARE_MIN * capacity)) {
      wrong.add(
          String.format(
              Locale.ROOT,
              "only %.1f a second were taken under overload, %.1f without",
              taken,
              capacity));
    }
    return wrong;
  }
}
