package dev.freshet.demo.shop;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections to the shop's database. Thread-safe; the caller closes what it opened. */
@FunctionalInterface
public interface ConnectionSource {
  Connection open() throws SQLException;
}
