package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import java.util.Optional;

/** Where the rows of a probe's keys lie in an arrangement. Immutable. */
public final class LocatedKeys {
  private final RunList content;
  private final Probe keys;
  private final Search.Sources sources;
  private final Search.Hits[] hits;

  private LocatedKeys(RunList content, Probe keys, Search.Sources sources, Search.Hits[] hits) {
    this.content = content;
    this.keys = keys;
    this.sources = sources;
    this.hits = hits;
  }

  /** Empty when so much lies on disk that not all of it may be in memory at once. */
  public static Optional<LocatedKeys> of(RunList content, Probe keys) {
    if (content.isReadInParts(keys)) {
      return Optional.empty();
    }
    Search.Sources sources = new Search.Sources();
    Search.Hits[] hits = Search.find(content, keys, sources);
    return Optional.of(new LocatedKeys(content, keys, sources, hits));
  }

  /** How many rows the keys have, as they are stored. */
  public long rowCount() {
    long rows = 0;
    for (Search.Hits of : hits) {
      for (int h = 0; h < of.count; h++) {
        rows += of.end[h] - of.start[h];
      }
    }
    return rows;
  }

  /** All rows of each key, consolidated, in order. */
  public KeyGroups all() {
    return new GroupReader(content, sources, Long.MAX_VALUE, GroupReader.From.FIRST)
        .read(hits, keys.count());
  }

  /** How far to read behind the last changed row of a key. */
  public enum Until {
    NEAR,
    END
  }

  /**
   * The rows of each key from the peers of its first changed row to those of its last one, and some
   * on both sides. Peers are rows equal in the sort columns.
   *
   * @param change sorted as the arrangement is; its keys are those that were located
   * @param near a weight of rows on each side, if there are so many
   */
  public Surroundings around(Run change, long near, Until until) {
    Search.Hits[] earlier = new Search.Hits[hits.length];
    Search.Hits[] within = new Search.Hits[hits.length];
    Search.Hits[] later = new Search.Hits[hits.length];
    int[] lastRows = lastRows(change);
    for (int c = 0; c < hits.length; c++) {
      earlier[c] = new Search.Hits();
      within[c] = new Search.Hits();
      later[c] = new Search.Hits();
      split(hits[c], change, lastRows, earlier[c], within[c], later[c]);
    }
    long behind = until == Until.END ? Long.MAX_VALUE : near;
    KeyPlaces before = read(earlier, near, GroupReader.From.LAST);
    KeyPlaces middle = read(within, Long.MAX_VALUE, GroupReader.From.FIRST);
    KeyPlaces after = read(later, behind, GroupReader.From.FIRST);
    return new Surroundings(content.order(), sources, earlier, before, middle, after);
  }

  private KeyPlaces read(Search.Hits[] part, long limit, GroupReader.From from) {
    return new GroupReader(content, sources, limit, from).places(part, keys.count());
  }

  /** The last changed row of each key; the keys may be a part of those that changed. */
  private int[] lastRows(Run change) {
    int[] lastRows = new int[keys.count()];
    for (int position = 0; position < lastRows.length; position++) {
      int last = keys.row(position);
      while (last + 1 < change.rowCount() && isSameKey(change, last, last + 1)) {
        last++;
      }
      lastRows[position] = last;
    }
    return lastRows;
  }

  private boolean isSameKey(Run change, int a, int b) {
    int[] key = keys.key();
    return change.hashes()[a] == change.hashes()[b]
        && Rows.equal(change.rows(), a, key, change.rows(), b, key);
  }

  private void split(
      Search.Hits all,
      Run change,
      int[] lastRows,
      Search.Hits earlier,
      Search.Hits within,
      Search.Hits later) {
    for (int h = 0; h < all.count; h++) {
      int position = all.probe[h];
      Batch rows = sources.batch(all.source[h]);
      int first = keys.row(position);
      int last = lastRows[position];
      int low = bound(rows, all.start[h], all.end[h], change.rows(), first, 0);
      int high = bound(rows, low, all.end[h], change.rows(), last, 1);
      put(earlier, position, all.start[h], all.source[h], low);
      put(within, position, low, all.source[h], high);
      put(later, position, high, all.source[h], all.end[h]);
    }
  }

  private static void put(Search.Hits hits, int position, int from, int source, int to) {
    if (to > from) {
      hits.add(position, from, source, to);
    }
  }

  /** The first row that is not before the peers of a changed row; with 1, not among them either. */
  private int bound(Batch rows, int from, int to, Batch changed, int row, int stopAt) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (content.order().comparePeers(rows, middle, changed, row) < stopAt) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
