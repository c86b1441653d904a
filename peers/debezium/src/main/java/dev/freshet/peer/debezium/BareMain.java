package dev.freshet.peer.debezium;

import dev.freshet.measure.Gauge;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.postgresql.replication.PGReplicationStream;

/**
 * The driver's own readers, which decode nothing: what the server gives at most.
 *
 * <pre>
 * stream SERVER SLOT PUBLICATION WARM-UP END    pgoutput, from where the slot is, until row END
 * copy   SERVER TABLE                           COPY BINARY on one connection
 * </pre>
 */
public final class BareMain {
  private BareMain() {}

  public static void main(String[] arguments) throws Exception {
    Server server = Server.of(arguments[1]);
    switch (arguments[0]) {
      case "stream" ->
          stream(
              server,
              arguments[2],
              arguments[3],
              new Gauge(Long.parseLong(arguments[4]), Long.parseLong(arguments[5])));
      case "copy" -> copy(server, arguments[2]);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void stream(Server server, String slot, String publication, Gauge gauge)
      throws SQLException {
    Map<String, String> settings =
        Map.of(
            "replication", "database", "assumeMinServerVersion", "14", "preferQueryMode", "simple");
    try (Connection connection = server.connect(settings);
        PGReplicationStream stream =
            connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", publication)
                .withSlotOption("binary", true)
                .start()) {
      for (boolean isDone = false; !isDone; ) {
        ByteBuffer message = stream.read();
        if (message != null && message.get(message.position()) == 'I') {
          isDone = gauge.add(1, id(message, message.position() + 8));
        }
      }
    }
  }

  /** The first column of a row: its kind, its length, a bigint in binary. */
  private static long id(ByteBuffer message, int at) {
    return message.get(at) == 'b' ? message.getLong(at + 5) : 0;
  }

  private static void copy(Server server, String table) throws SQLException {
    long rows = 0;
    long ids = 0;
    Gauge gauge = new Gauge(0, 1);
    try (Connection connection = server.connect(Map.of())) {
      CopyOut copy =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut("COPY public." + table + " TO STDOUT (FORMAT binary)");
      // The header comes with the first row, and two bytes after the last.
      int at = 19;
      for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
        if (message.length >= at + 14) {
          rows++;
          ids += ByteBuffer.wrap(message).getLong(at + 6);
        }
        at = 0;
      }
      if (copy.getHandledRowCount() != rows) {
        throw new IllegalStateException(
            "the server sent " + copy.getHandledRowCount() + " rows, " + rows + " were read");
      }
    }
    gauge.add(rows, ids);
  }
}
