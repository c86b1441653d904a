package dev.freshet.capture.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The server as it is found.
 *
 * @param version such as 180006
 * @param systemId the cluster's identifier
 * @param walEnd the end of the WAL now
 */
record Server(int version, long systemId, long walEnd) {
  static final int OLDEST_VERSION = 140_000;

  /**
   * @param connection one that speaks the replication protocol
   */
  static Server identify(PgConnection connection) throws SQLException {
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
      row.next();
      long systemId = Long.parseUnsignedLong(row.getString("systemid"));
      long walEnd = Lsn.parse(row.getString("xlogpos"));
      return new Server(versionOf(connection), systemId, walEnd);
    }
  }

  static int versionOf(PgConnection connection) throws SQLException {
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row = statement.executeQuery("SHOW server_version_num")) {
      row.next();
      return Integer.parseInt(row.getString(1));
    }
  }

  /**
   * The newest version of pgoutput's protocol that the server speaks and that is understood here.
   */
  int protocol() {
    if (version >= 160_000) {
      return 4;
    }
    return version >= 150_000 ? 3 : 2;
  }
}
