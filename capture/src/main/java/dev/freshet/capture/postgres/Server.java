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
   * Whether it may leave changes of a table out of the stream for good, when the table was added to
   * the publication while a transaction that had changed it was open ("data loss in logical
   * replication" in the release notes of 14.18, 15.13, 16.9 and 17.5).
   */
  boolean forgetsAddedTables() {
    return switch (version / 10_000) {
      case 14 -> version < 140_018;
      case 15 -> version < 150_013;
      case 16 -> version < 160_009;
      case 17 -> version < 170_005;
      default -> false;
    };
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
