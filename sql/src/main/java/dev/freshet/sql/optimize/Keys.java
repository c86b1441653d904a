package dev.freshet.sql.optimize;

import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.plan.Expression;
import dev.freshet.sql.plan.Plan;
import dev.freshet.sql.plan.Plan.JoinKind;
import dev.freshet.sql.plan.WindowCall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Which columns identify a row of a plan, from the keys of its tables, GROUP BY, DISTINCT and
 * top-N. What is found is true; what is true may be missed.
 */
public final class Keys {
  /** More keys than these are not followed, so that wide joins stay cheap. */
  private static final int MAX_KEYS = 8;

  private final Catalog catalog;

  private Keys(Catalog catalog) {
    this.catalog = catalog;
  }

  /** The minimal keys found, shortest first; an empty key says that there is at most one row. */
  public static List<List<Integer>> of(Plan plan, Catalog catalog) {
    return new Keys(catalog).keys(plan).stream().map(List::copyOf).toList();
  }

  private List<Set<Integer>> keys(Plan plan) {
    return minimal(
        switch (plan) {
          case Plan.Scan scan -> scan(scan);
          case Plan.Constants constants ->
              constants.rows().size() <= 1 ? List.of(Set.of()) : List.of();
          case Plan.Filter filter -> keys(filter.input());
          case Plan.Project project -> project(project);
          case Plan.Union _ -> List.of();
          case Plan.Distinct distinct -> {
            List<Set<Integer>> keys = new ArrayList<>(keys(distinct.input()));
            keys.add(range(0, distinct.schema().columnCount()));
            yield keys;
          }
          case Plan.Multiset multiset -> keys(multiset.left());
          case Plan.Unnest unnest -> unnest(unnest);
          case Plan.Join join -> join(join);
          case Plan.Aggregate aggregate -> List.of(range(0, aggregate.groupColumns().size()));
          case Plan.TopN top -> topN(top);
          case Plan.Windows windows -> windows(windows);
          case Plan.Sessions sessions -> keys(sessions.input());
          case Plan.Over over -> over(over);
          case Plan.Arrivals _ -> List.of();
          case Plan.OnTime onTime -> keys(onTime.input());
          case Plan.NotAhead ahead -> keys(ahead.input());
          case Plan.Expire expire -> keys(expire.input());
          case Plan.Final last -> keys(last.input());
          case Plan.AsOf join -> keys(join.left());
          case Plan.Recursion recursion ->
              recursion.kind() == Plan.RecursionKind.DISTINCT
                  ? List.of(range(0, recursion.schema().columnCount()))
                  : List.of();
          case Plan.Recurse _ -> List.of();
        });
  }

  private List<Set<Integer>> scan(Plan.Scan scan) {
    List<Set<Integer>> keys = new ArrayList<>();
    for (Catalog.Relation relation : catalog.relations()) {
      if (relation.name().equals(scan.relation())) {
        for (List<String> key : relation.keys()) {
          Set<Integer> columns = new TreeSet<>();
          key.forEach(name -> columns.add(scan.schema().indexOf(name)));
          keys.add(columns);
        }
      }
    }
    return keys;
  }

  /** The place in the array tells a row's elements apart. */
  private List<Set<Integer>> unnest(Plan.Unnest unnest) {
    List<Set<Integer>> keys = new ArrayList<>();
    if (unnest.hasPlace()) {
      for (Set<Integer> key : keys(unnest.input())) {
        Set<Integer> withPlace = new TreeSet<>(key);
        withPlace.add(unnest.schema().columnCount() - 1);
        keys.add(withPlace);
      }
    }
    return keys;
  }

  private List<Set<Integer>> project(Plan.Project project) {
    int[] target = new int[project.input().schema().columnCount()];
    java.util.Arrays.fill(target, -1);
    for (int i = project.expressions().size() - 1; i >= 0; i--) {
      if (project.expressions().get(i) instanceof Expression.ColumnRef ref) {
        target[ref.index()] = i;
      }
    }
    List<Set<Integer>> keys = new ArrayList<>();
    for (Set<Integer> key : keys(project.input())) {
      if (key.stream().allMatch(column -> target[column] >= 0)) {
        Set<Integer> mapped = new TreeSet<>();
        key.forEach(column -> mapped.add(target[column]));
        keys.add(mapped);
      }
    }
    return keys;
  }

  /**
   * A side whose key is among its join columns gives at most one match, so the other side's keys
   * stay keys. Any key of the left with any of the right is always one.
   */
  private List<Set<Integer>> join(Plan.Join join) {
    List<Set<Integer>> left = keys(join.left());
    List<Set<Integer>> right = keys(join.right());
    int shift = join.left().schema().columnCount();
    List<Set<Integer>> keys = new ArrayList<>();
    if (right.stream().anyMatch(join.rightKeys()::containsAll)) {
      keys.addAll(left);
    }
    boolean leftAtMostOne = left.stream().anyMatch(join.leftKeys()::containsAll);
    if (leftAtMostOne && join.kind() == JoinKind.INNER) {
      right.forEach(key -> keys.add(shifted(key, shift)));
    }
    for (Set<Integer> a : left) {
      for (Set<Integer> b : right) {
        Set<Integer> both = new TreeSet<>(a);
        both.addAll(shifted(b, shift));
        keys.add(both);
      }
    }
    return keys;
  }

  private List<Set<Integer>> topN(Plan.TopN top) {
    List<Set<Integer>> keys = new ArrayList<>(keys(top.input()));
    if (top.limit() <= 1) {
      keys.add(new TreeSet<>(top.partitionColumns()));
    }
    return keys;
  }

  /** A row's windows differ in the last column. */
  private List<Set<Integer>> windows(Plan.Windows windows) {
    List<Set<Integer>> keys = new ArrayList<>();
    for (Set<Integer> key : keys(windows.input())) {
      Set<Integer> withWindow = new TreeSet<>(key);
      withWindow.add(windows.schema().columnCount() - 1);
      keys.add(withWindow);
    }
    return keys;
  }

  /** A row number counts the rows of its partition. */
  private List<Set<Integer>> over(Plan.Over over) {
    List<Set<Integer>> keys = new ArrayList<>(keys(over.input()));
    int number = over.calls().indexOf(new WindowCall.Rank(WindowCall.Ranking.ROW_NUMBER));
    if (number >= 0) {
      Set<Integer> key = new TreeSet<>(over.partitionColumns());
      key.add(over.input().schema().columnCount() + number);
      keys.add(key);
    }
    return keys;
  }

  private static Set<Integer> shifted(Set<Integer> key, int shift) {
    Set<Integer> shifted = new TreeSet<>();
    key.forEach(column -> shifted.add(column + shift));
    return shifted;
  }

  private static Set<Integer> range(int from, int to) {
    return new TreeSet<>(IntStream.range(from, to).boxed().toList());
  }

  private static List<Set<Integer>> minimal(List<Set<Integer>> keys) {
    List<Set<Integer>> sorted = new ArrayList<>(new LinkedHashSet<>(keys));
    sorted.sort(
        Comparator.<Set<Integer>>comparingInt(Set::size)
            .thenComparing(key -> List.copyOf(key).toString()));
    List<Set<Integer>> minimal = new ArrayList<>();
    for (Set<Integer> key : sorted) {
      if (minimal.size() < MAX_KEYS && minimal.stream().noneMatch(key::containsAll)) {
        minimal.add(key);
      }
    }
    return minimal;
  }
}
