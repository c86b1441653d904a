package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.error.Check;
import dev.freshet.core.type.Schema;
import dev.freshet.engine.workers.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The content of an arrangement at one moment: the sum of its chains. Immutable, so any thread may
 * read it while the arrangement goes on.
 */
public final class RunList {
  private static final int SCAN_ROWS = 1 << 13;

  /** So many keys that each take a read of the disk are worth a part of the work. */
  private static final int READ_KEYS = 16;

  private static final int PARTS_MAX = 1 << 12;

  private final RowOrder order;
  private final Chain[] chains;

  RunList(RowOrder order, Chain[] chains) {
    this.order = order;
    this.chains = chains;
  }

  /** Content that was written before. */
  public static RunList of(RowOrder order, List<Chain> chains) {
    return new RunList(order, chains.toArray(Chain[]::new));
  }

  /** This content and one chain more. */
  public RunList with(Chain added) {
    if (added.rowCount() == 0) {
      return this;
    }
    Chain[] all = Arrays.copyOf(chains, chains.length + 1);
    all[chains.length] = added;
    return new RunList(order, all);
  }

  public RowOrder order() {
    return order;
  }

  public Schema schema() {
    return order.schema();
  }

  public List<Chain> chains() {
    return List.of(chains);
  }

  Chain[] array() {
    return chains;
  }

  /** The sum of all weights: how many rows there are. */
  public long weight() {
    long weight = 0;
    for (Chain chain : chains) {
      weight += chain.weight();
    }
    return weight;
  }

  /** Rows as they are stored, with those that cancel each other but are not merged yet. */
  public long storedRows() {
    long rows = 0;
    for (Chain chain : chains) {
      rows += chain.rowCount();
    }
    return rows;
  }

  /** Bytes of memory that the content takes now. */
  public long bytes() {
    long bytes = 0;
    for (Chain chain : chains) {
      bytes += chain.residentBytes();
    }
    return bytes;
  }

  /** Bytes of the content that lie on disk only. */
  public long spilledBytes() {
    long bytes = 0;
    for (Chain chain : chains) {
      bytes += chain.spilledBytes();
    }
    return bytes;
  }

  /** All pairs of the probe's rows and rows with their key. */
  public Matches match(Probe probe) {
    Matches matches = new Matches(probe, order.schema());
    List<Probe> parts = parts(probe);
    for (Probe part : parts) {
      matches.find(this, part);
      if (parts.size() > 1) {
        matches.seal();
      }
    }
    return matches;
  }

  /** What the rows of each of the probe's keys add up to. */
  public KeySums sums(Probe probe) {
    long[] weights = new long[probe.count()];
    SumColumns sums = new SumColumns(order.schema(), order.sums(), probe.count());
    boolean hasSums = order.sums().length > 0;
    int first = 0;
    for (Probe part : parts(probe)) {
      for (Chain chain : chains) {
        Search.Sources sources = new Search.Sources();
        Search.Hits hits = Search.find(chain, order.key(), part, sources);
        for (int h = 0; h < hits.count; h++) {
          int position = first + hits.probe[h];
          Batch rows = sources.batch(hits.source[h]);
          for (int row = hits.start[h]; row < hits.end[h]; row++) {
            weights[position] += rows.weight(row);
            if (hasSums) {
              sums.add(position, rows, row);
            }
          }
        }
      }
      first += part.count();
    }
    return new KeySums(weights, sums);
  }

  /** Whether some of the content is not in memory. */
  private boolean isOnDisk() {
    for (Chain chain : chains) {
      for (Piece piece : chain.sortedPieces()) {
        if (!piece.isResident()) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The probe in parts that workers share: of few keys each where each may take a read of the disk.
   */
  public List<Probe> shared(Probe probe, Workers workers) {
    int parts = workers.parts(probe.count());
    return probe.ranges(parts == 1 && isOnDisk() ? workers.parts(probe.count(), READ_KEYS) : parts);
  }

  /** The rows of each of the probe's keys. */
  public KeyGroups groups(Probe probe) {
    return groups(probe, Long.MAX_VALUE, GroupReader.From.FIRST);
  }

  /** As many of each key's first or last rows as it takes to make up a weight of {@code limit}. */
  public KeyGroups groups(Probe probe, long limit, GroupReader.From from) {
    return groups(probe, Optional.empty(), 0, limit, from);
  }

  /** As {@link #groups(Probe, long, GroupReader.From)}, of the rows within a range. */
  public KeyGroups groups(Probe probe, KeyRange range, long limit, GroupReader.From from) {
    return groups(probe, Optional.of(range), 0, limit, from);
  }

  /** As {@link #groups(Probe, KeyRange, long, GroupReader.From)}; workers share many keys. */
  public KeyGroups groups(
      Probe probe, KeyRange range, long limit, GroupReader.From from, Workers workers) {
    List<Probe> parts = shared(probe, workers);
    if (parts.size() <= 1) {
      return groups(probe, range, limit, from);
    }
    int[] first = new int[parts.size()];
    for (int i = 1; i < first.length; i++) {
      first[i] = first[i - 1] + parts.get(i - 1).count();
    }
    return KeyGroups.concat(
        order.schema(),
        workers.map(
            parts.size(), i -> groups(parts.get(i), Optional.of(range), first[i], limit, from)));
  }

  /** Whether the probe's keys can lie in more state on disk than may be in memory at once. */
  boolean isReadInParts(Probe probe) {
    return parts(probe).size() > 1;
  }

  /** Where the rows of each of the probe's keys lie; copied only if some are on disk. */
  KeyPlaces places(Probe probe) {
    if (isReadInParts(probe)) {
      return KeyPlaces.of(groups(probe));
    }
    Search.Sources sources = new Search.Sources();
    Search.Hits[] hits = Search.find(this, probe, sources);
    return new GroupReader(this, sources, Long.MAX_VALUE, GroupReader.From.FIRST)
        .places(hits, probe.count());
  }

  /**
   * The rows of each of the probe's keys.
   *
   * @param shift what to add to a position of the probe for that of the range
   */
  private KeyGroups groups(
      Probe probe, Optional<KeyRange> range, int shift, long limit, GroupReader.From from) {
    // Equal rows are added up by their weight only; what sum columns add up to is sums' to tell.
    Check.that(order.sums().length == 0, "rows with sum columns are read by their sums");
    List<Probe> parts = parts(probe);
    if (parts.size() == 1) {
      return GroupReader.read(this, probe, range, shift, limit, from);
    }
    List<KeyGroups> groups = new ArrayList<>(parts.size());
    int position = shift;
    for (Probe part : parts) {
      groups.add(GroupReader.read(this, part, range, position, limit, from));
      position += part.count();
    }
    return KeyGroups.concat(order.schema(), groups);
  }

  /**
   * The probe in parts whose keys can lie in so much spilled state as may be in memory at once. One
   * part when nothing is spilled. Hashes are spread evenly, so equal parts of their range will do.
   */
  private List<Probe> parts(Probe probe) {
    Spill spill = spill();
    if (spill == null || probe.count() < 2) {
      return List.of(probe);
    }
    long bytes = 0;
    for (Chain chain : chains) {
      for (Piece piece : chain.sortedPieces()) {
        bytes += piece.isSpilled() ? piece.bytes() : 0;
      }
    }
    long count = Math.min(PARTS_MAX, bytes / Math.max(1, spill.windowBytes()) + 1);
    double width = Math.scalb(1.0, Long.SIZE) / count;
    List<Probe> parts = new ArrayList<>();
    int from = 0;
    for (long p = 1; p <= count && from < probe.count(); p++) {
      long end = p == count ? Long.MAX_VALUE : (long) (Long.MIN_VALUE + p * width);
      int to = p == count ? probe.count() : Search.seek(probe.hashes(), from, probe.count(), end);
      if (to > from) {
        parts.add(probe.slice(from, to));
        from = to;
      }
    }
    return parts;
  }

  private @Nullable Spill spill() {
    for (Chain chain : chains) {
      for (Piece piece : chain.sortedPieces()) {
        Spill.Place place = piece.place();
        if (place != null) {
          return place.spill();
        }
      }
    }
    return null;
  }

  /** All rows, consolidated, in the arrangement's order, in one batch. */
  public Batch scan() {
    return merged().rows();
  }

  /** All rows, consolidated, in batches of bounded size, until the sink wants no more. */
  public void scan(BatchSink sink) {
    if (chains.length == 1 && chains[0].rowCount() <= SCAN_ROWS) {
      for (Piece piece : chains[0].array()) {
        if (!sink.accept(piece.rows().rows())) {
          return;
        }
      }
    } else {
      new ChainScan(fewChains(), SCAN_ROWS).run(sink);
    }
  }

  /** The same content; where it lies on disk in so many chains that a piece of each can be held. */
  private RunList fewChains() {
    return chains.length <= ChainMerge.MAX_INPUTS || spilledBytes() == 0
        ? this
        : new RunList(order, fewChains(List.of(chains)).toArray(Chain[]::new));
  }

  private List<Chain> fewChains(List<Chain> many) {
    List<Chain> left = many;
    while (left.size() > ChainMerge.MAX_INPUTS) {
      List<Chain> next = new ArrayList<>(left.subList(ChainMerge.MAX_INPUTS, left.size()));
      next.add(ChainMerge.merge(order, left.subList(0, ChainMerge.MAX_INPUTS)));
      left = next;
    }
    return left;
  }

  /**
   * All rows as they are stored, piece by piece, until the sink wants no more: rows that cancel
   * each other may both be there.
   */
  public void stored(BatchSink sink) {
    for (Chain chain : chains) {
      if (!chain.stored(sink)) {
        return;
      }
    }
  }

  /**
   * All rows in batches of bounded size, in no order, and none that another one cancels: rows that
   * were only inserted need not be sorted for that.
   */
  public void contents(BatchSink sink) {
    for (Chain chain : chains) {
      if (chain.hasDeletes()) {
        scan(sink);
        return;
      }
    }
    stored(sink);
  }

  /** All rows as they are stored, in one batch. */
  public Batch stored() {
    List<Batch> batches = new ArrayList<>();
    stored(batch -> batches.add(batch));
    return switch (batches.size()) {
      case 0 -> Batch.empty(order.schema());
      case 1 -> batches.getFirst();
      default -> Rows.concat(order.schema(), batches);
    };
  }

  /** The same content as one run in memory. */
  public Run merged() {
    Chain chain = chains.length == 1 ? chains[0] : merged(List.of(chains));
    Piece[] pieces = chain.array();
    if (pieces.length == 0) {
      return Run.empty(order);
    }
    if (pieces.length == 1) {
      return pieces[0].rows();
    }
    List<Batch> batches = new ArrayList<>(pieces.length);
    long[] hashes = new long[Math.toIntExact(chain.rowCount())];
    int at = 0;
    for (Piece piece : pieces) {
      Run rows = piece.rows();
      batches.add(rows.rows());
      System.arraycopy(rows.hashes(), 0, hashes, at, rows.rowCount());
      at += rows.rowCount();
    }
    return new Run(Rows.concat(order.schema(), batches), hashes);
  }

  /**
   * The same content as one chain, without rows that cancel each other; on disk if some of it is.
   */
  public RunList compacted() {
    if (chains.length < 2) {
      return this;
    }
    return RunList.of(order, List.of()).with(merged(List.of(chains)));
  }

  private Chain merged(List<Chain> many) {
    return ChainMerge.merge(order, fewChains(many));
  }

  @Override
  public String toString() {
    return Arrays.toString(chains);
  }
}
