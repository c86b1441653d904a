package dev.freshet.engine.arrangement;

import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.Rows;
import dev.freshet.core.type.Schema;
import java.util.ArrayList;
import java.util.List;

/**
 * The content of an arrangement at one moment: the sum of its runs. Immutable, so any thread may
 * read it while the arrangement goes on.
 */
public final class RunList {
  private static final int SCAN_ROWS = 1 << 13;

  private final RowOrder order;
  private final Run[] runs;

  RunList(RowOrder order, Run[] runs) {
    this.order = order;
    this.runs = runs;
  }

  /** Content that was written before. */
  public static RunList of(RowOrder order, List<Run> runs) {
    return new RunList(order, runs.toArray(Run[]::new));
  }

  public RowOrder order() {
    return order;
  }

  public Schema schema() {
    return order.schema();
  }

  public List<Run> runs() {
    return List.of(runs);
  }

  Run[] array() {
    return runs;
  }

  /** The sum of all weights: how many rows there are. */
  public long weight() {
    long weight = 0;
    for (Run run : runs) {
      weight += run.weight();
    }
    return weight;
  }

  /** Rows as they are stored, with those that cancel each other but are not merged yet. */
  public long storedRows() {
    long rows = 0;
    for (Run run : runs) {
      rows += run.rowCount();
    }
    return rows;
  }

  public long bytes() {
    long bytes = 0;
    for (Run run : runs) {
      bytes += run.bytes();
    }
    return bytes;
  }

  /** All pairs of the probe's rows and rows with their key. */
  public Matches match(Probe probe) {
    Matches matches = new Matches(probe, batches());
    Search.Hits hits = new Search.Hits();
    for (int r = 0; r < runs.length; r++) {
      hits.clear();
      Search.find(runs[r], order.key(), probe, hits);
      matches.add(r, hits);
    }
    return matches;
  }

  /** What the rows of each of the probe's keys add up to. */
  public KeySums sums(Probe probe) {
    long[] weights = new long[probe.count()];
    SumColumns sums = new SumColumns(order.schema(), order.sums(), probe.count());
    boolean hasSums = order.sums().length > 0;
    Search.Hits hits = new Search.Hits();
    for (Run run : runs) {
      hits.clear();
      Search.find(run, order.key(), probe, hits);
      long[] from = run.rows().weights();
      for (int h = 0; h < hits.count; h++) {
        int position = hits.probe[h];
        for (int row = hits.start[h]; row < hits.end[h]; row++) {
          weights[position] += from[row];
          if (hasSums) {
            sums.add(position, run.rows(), row);
          }
        }
      }
    }
    return new KeySums(weights, sums);
  }

  /** The rows of each of the probe's keys. */
  public KeyGroups groups(Probe probe) {
    return groups(probe, Long.MAX_VALUE, GroupReader.From.FIRST);
  }

  /** As many of each key's first or last rows as it takes to make up a weight of {@code limit}. */
  public KeyGroups groups(Probe probe, long limit, GroupReader.From from) {
    return new GroupReader(this, limit, from).read(probe);
  }

  /** All rows, consolidated, in the arrangement's order. */
  public Batch scan() {
    Run merged = merged();
    return merged.rows();
  }

  /** All rows, consolidated, in batches of bounded size, until the sink wants no more. */
  public void scan(BatchSink sink) {
    if (runs.length == 1 && runs[0].rowCount() <= SCAN_ROWS) {
      sink.accept(runs[0].rows());
    } else {
      new RunScan(this, SCAN_ROWS).run(sink);
    }
  }

  /** All rows as they are stored: rows that cancel each other may both be there. */
  public Batch stored() {
    return switch (runs.length) {
      case 0 -> Batch.empty(order.schema());
      case 1 -> runs[0].rows();
      default -> Rows.concat(order.schema(), List.of(batches()));
    };
  }

  /** The same content as one run. */
  public Run merged() {
    return switch (runs.length) {
      case 0 -> Run.empty(order);
      case 1 -> runs[0];
      default -> merged(List.of(runs));
    };
  }

  private Run merged(List<Run> many) {
    List<Run> left = many;
    while (left.size() > RunMerge.MAX_INPUTS) {
      List<Run> next = new ArrayList<>(left.subList(RunMerge.MAX_INPUTS, left.size()));
      next.add(RunMerge.merge(order, left.subList(0, RunMerge.MAX_INPUTS)));
      left = next;
    }
    return RunMerge.merge(order, left);
  }

  Batch[] batches() {
    Batch[] batches = new Batch[runs.length];
    for (int r = 0; r < runs.length; r++) {
      batches[r] = runs[r].rows();
    }
    return batches;
  }
}
