package dev.freshet.bench.simulate;

import java.util.List;

/**
 * A transaction of the simulated source.
 *
 * @param number counts from 1 without gaps; also the position behind it
 * @param changes at least one, in order
 */
record Transaction(long number, List<RowChange> changes) {
  Transaction {
    changes = List.copyOf(changes);
  }
}
