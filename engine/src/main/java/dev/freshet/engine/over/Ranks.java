package dev.freshet.engine.over;

import dev.freshet.core.batch.DoubleVector;
import dev.freshet.core.batch.LongVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.sql.plan.WindowCall;

/** Places of rows in their partitions. */
final class Ranks {
  private Ranks() {}

  static Vector of(WindowCall.Ranking ranking, Partitions partitions) {
    return switch (ranking) {
      case ROW_NUMBER -> rowNumbers(partitions);
      case RANK -> ranks(partitions);
      case DENSE_RANK -> denseRanks(partitions);
      case PERCENT_RANK -> percentRanks(partitions);
      case CUME_DIST -> cumulativeShares(partitions);
    };
  }

  private static Vector rowNumbers(Partitions partitions) {
    long[] numbers = new long[partitions.size()];
    int[] offsets = partitions.offsets();
    for (int p = 0; p + 1 < offsets.length; p++) {
      long first = partitions.positionsBefore(p) + 1;
      for (int i = offsets[p]; i < offsets[p + 1]; i++) {
        numbers[i] = first + i - offsets[p];
      }
    }
    return longs(numbers);
  }

  private static Vector ranks(Partitions partitions) {
    long[] ranks = new long[partitions.size()];
    int[] offsets = partitions.offsets();
    int[] peers = partitions.peerStarts();
    for (int p = 0; p + 1 < offsets.length; p++) {
      long first = partitions.positionsBefore(p) + 1;
      for (int i = offsets[p]; i < offsets[p + 1]; i++) {
        ranks[i] = first + peers[i] - offsets[p];
      }
    }
    return longs(ranks);
  }

  private static Vector denseRanks(Partitions partitions) {
    long[] ranks = new long[partitions.size()];
    int[] offsets = partitions.offsets();
    int[] peers = partitions.peerStarts();
    for (int p = 0; p + 1 < offsets.length; p++) {
      long rank = 0;
      for (int i = offsets[p]; i < offsets[p + 1]; i++) {
        rank += peers[i] == i ? 1 : 0;
        ranks[i] = rank;
      }
    }
    return longs(ranks);
  }

  private static Vector percentRanks(Partitions partitions) {
    double[] ranks = new double[partitions.size()];
    int[] offsets = partitions.offsets();
    int[] peers = partitions.peerStarts();
    for (int p = 0; p + 1 < offsets.length; p++) {
      double others = Math.max(1, offsets[p + 1] - offsets[p] - 1);
      for (int i = offsets[p]; i < offsets[p + 1]; i++) {
        ranks[i] = (peers[i] - offsets[p]) / others;
      }
    }
    return doubles(ranks);
  }

  private static Vector cumulativeShares(Partitions partitions) {
    double[] shares = new double[partitions.size()];
    int[] offsets = partitions.offsets();
    int[] peers = partitions.peerEnds();
    for (int p = 0; p + 1 < offsets.length; p++) {
      double all = offsets[p + 1] - offsets[p];
      for (int i = offsets[p]; i < offsets[p + 1]; i++) {
        shares[i] = (peers[i] - offsets[p]) / all;
      }
    }
    return doubles(shares);
  }

  /** NTILE: the first parts have one row more when the rows do not come out even. */
  static Vector tiles(long parts, Partitions partitions) {
    long[] tiles = new long[partitions.size()];
    int[] offsets = partitions.offsets();
    for (int p = 0; p + 1 < offsets.length; p++) {
      long count = (long) offsets[p + 1] - offsets[p];
      long size = count / parts;
      long larger = count % parts * (size + 1);
      for (int i = offsets[p]; i < offsets[p + 1]; i++) {
        long at = (long) i - offsets[p];
        tiles[i] = 1 + (at < larger ? at / (size + 1) : count % parts + (at - larger) / size);
      }
    }
    return longs(tiles);
  }

  private static Vector longs(long[] values) {
    return new LongVector(values, Vector.NO_NULLS, values.length);
  }

  private static Vector doubles(double[] values) {
    return new DoubleVector(values, Vector.NO_NULLS, values.length);
  }
}
