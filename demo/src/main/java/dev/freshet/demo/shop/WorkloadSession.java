package dev.freshet.demo.shop;

import java.sql.SQLException;

/** One connection's share of a workload. One thread owns it. */
interface WorkloadSession extends AutoCloseable {
  /**
   * What a session starts from.
   *
   * @param index this session's among {@code options.connections()}, from 0
   * @param lastOrderId the greatest in the shop before the workload
   * @param lastCustomerId the highest customer id there is
   * @param customers all ids from 1 to this are there
   * @param products how many there are, with ids from 1
   */
  record Start(
      WorkloadOptions options,
      int index,
      long lastOrderId,
      long lastCustomerId,
      long customers,
      int products) {
    int sessions() {
      return options.connections();
    }

    Start withIndex(int newIndex) {
      return new Start(options, newIndex, lastOrderId, lastCustomerId, customers, products);
    }
  }

  /**
   * Runs one transaction.
   *
   * @return how many row changes it committed; 0 when it rolled back
   */
  int transaction() throws SQLException;

  /** The last order that the last transaction placed, or 0. */
  long lastPlacedOrderId();

  @Override
  void close() throws SQLException;
}
