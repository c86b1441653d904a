package dev.freshet.testing.property;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checks a property on many cases, each made from a seed. A failure names the seed; {@code
 * -Dfreshet.seed=N} runs that case alone, {@code -Dfreshet.cases=N} another number of cases.
 * Without a seed each run draws new cases.
 */
public final class Property {
  private static final String SEED = "freshet.seed";
  private static final String CASES = "freshet.cases";
  private static final int SHRINK_RUNS_MAX = 400;

  private final String name;
  private final int cases;

  private Property(String name, int cases) {
    this.name = name;
    this.cases = cases;
  }

  /** A property that is checked on this many cases. */
  public static Property of(String name, int cases) {
    return new Property(name, Integer.getInteger(CASES, cases));
  }

  /** Runs {@code body} for each case; it fails by throwing. */
  public void check(Consumer<Draws> body) {
    for (long seed : seeds()) {
      try {
        body.accept(new Draws(seed));
      } catch (Throwable e) {
        throw failure(seed, "", e);
      }
    }
  }

  /**
   * Runs {@code body} on a list of actions for each case. The body must depend on the actions and
   * the seed only. On a failure, looks for a shorter list that fails too and reports it.
   */
  public <A> void checkActions(Function<Draws, List<A>> generate, Body<A> body) {
    for (long seed : seeds()) {
      List<A> actions = generate.apply(new Draws(seed));
      Throwable failure = failureOf(seed, actions, body);
      if (failure != null) {
        List<A> smallest = shrink(seed, actions, body);
        Throwable last = failureOf(seed, smallest, body);
        throw failure(
            seed,
            " Shortest failing actions found, "
                + smallest.size()
                + " of "
                + actions.size()
                + ": "
                + smallest,
            last != null ? last : failure);
      }
    }
  }

  /** What is checked on a list of actions; fails by throwing. */
  @FunctionalInterface
  public interface Body<A> {
    void run(long seed, List<A> actions);
  }

  private long[] seeds() {
    Long fixed = Long.getLong(SEED);
    if (fixed != null) {
      return new long[] {fixed};
    }
    return new SplittableRandom().longs(cases).toArray();
  }

  private AssertionError failure(long seed, String details, Throwable cause) {
    return new AssertionError(
        name
            + " does not hold for seed "
            + seed
            + " (replay with -D"
            + SEED
            + "="
            + seed
            + "): "
            + cause
            + "."
            + details,
        cause);
  }

  private static <A> @Nullable Throwable failureOf(long seed, List<A> actions, Body<A> body) {
    try {
      body.run(seed, actions);
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  /** Leaves out ever smaller pieces as long as what remains still fails (delta debugging). */
  private static <A> List<A> shrink(long seed, List<A> actions, Body<A> body) {
    List<A> smallest = actions;
    int runs = 0;
    int piece = Math.max(1, smallest.size() / 2);
    while (runs < SHRINK_RUNS_MAX) {
      boolean shrunk = false;
      for (int from = 0; from < smallest.size() && runs < SHRINK_RUNS_MAX; ) {
        List<A> without = new ArrayList<>(smallest);
        without.subList(from, Math.min(smallest.size(), from + piece)).clear();
        runs++;
        if (failureOf(seed, without, body) != null) {
          smallest = without;
          shrunk = true;
        } else {
          from += piece;
        }
      }
      if (piece == 1 && !shrunk) {
        break;
      }
      piece = Math.max(1, piece / 2);
    }
    return smallest;
  }
}
