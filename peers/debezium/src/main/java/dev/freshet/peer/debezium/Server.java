package dev.freshet.peer.debezium;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/**
 * The PostgreSQL that is read, as a file of properties names it: {@code port}, {@code user}, {@code
 * password}, on 127.0.0.1, database {@code postgres}.
 */
record Server(int port, String user, String password) {
  static Server of(String file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      properties.load(reader);
    }
    return new Server(
        Integer.parseInt(properties.getProperty("port")),
        properties.getProperty("user"),
        properties.getProperty("password"));
  }

  /** A connection of its driver. */
  Connection connect(Map<String, String> settings) throws SQLException {
    Properties properties = new Properties();
    properties.putAll(settings);
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", properties);
  }

  @Override
  public String toString() {
    return "127.0.0.1:" + port;
  }
}
