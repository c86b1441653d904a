package dev.freshet.capture.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections to the database. Safe for all threads. */
@FunctionalInterface
public interface Connector {
  /**
   * @throws SQLException as the driver says it; SQLSTATE 08001 too when there is no driver for the
   *     address
   */
  Connection open() throws SQLException;

  /** A text of the driver's without the password, should it be in it. */
  default String withoutSecrets(String text) {
    return text;
  }
}
