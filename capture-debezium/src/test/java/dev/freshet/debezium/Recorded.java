package dev.freshet.debezium;

import dev.freshet.core.batch.JsonText;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Records as Debezium's connectors write them, without a server. */
final class Recorded {
  private static final Schema TEXT = Schema.OPTIONAL_STRING_SCHEMA;
  private static final Schema ORDERS =
      SchemaBuilder.struct()
          .optional()
          .field("id", Schema.INT32_SCHEMA)
          .field("item", TEXT)
          .build();
  private static final Schema ORDERS_KEY =
      SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();
  private static final Schema TRANSACTION =
      SchemaBuilder.struct()
          .optional()
          .field("id", Schema.STRING_SCHEMA)
          .field("total_order", Schema.INT64_SCHEMA)
          .build();
  private static final Schema SQL_SERVER_SOURCE =
      source("db", "schema", "table", "change_lsn", "commit_lsn");
  private static final Schema ORACLE_SOURCE =
      source("db", "schema", "table", "txId", "scn", "commit_scn");
  private static final Schema MARIADB_SOURCE = source("db", "table");
  private static final Schema MONGODB_SOURCE =
      SchemaBuilder.struct()
          .field("ts_ms", Schema.INT64_SCHEMA)
          .field("snapshot", TEXT)
          .field("db", TEXT)
          .field("collection", TEXT)
          .field("lsid", TEXT)
          .field("txnNumber", Schema.OPTIONAL_INT64_SCHEMA)
          .build();
  private static final Schema JSON =
      SchemaBuilder.string().optional().name("io.debezium.data.Json").build();
  private static final Schema MONGODB_ENVELOPE =
      SchemaBuilder.struct()
          .field("before", JSON)
          .field("after", JSON)
          .field("source", MONGODB_SOURCE)
          .field("op", TEXT)
          .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
          .field("transaction", TRANSACTION)
          .build();
  private static final Schema MONGODB_KEY =
      SchemaBuilder.struct().field("id", Schema.STRING_SCHEMA).build();
  private static final Schema HEARTBEAT =
      SchemaBuilder.struct().field("ts_ms", Schema.INT64_SCHEMA).build();
  private static final Schema BOUNDARY =
      SchemaBuilder.struct()
          .field("status", Schema.STRING_SCHEMA)
          .field("id", Schema.STRING_SCHEMA)
          .field("event_count", Schema.OPTIONAL_INT64_SCHEMA)
          .build();

  private Recorded() {}

  private static Schema source(String... texts) {
    SchemaBuilder builder =
        SchemaBuilder.struct().field("ts_ms", Schema.INT64_SCHEMA).field("snapshot", TEXT);
    for (String text : texts) {
      builder.field(text, TEXT);
    }
    return builder.build();
  }

  private static Schema envelope(Schema source) {
    return SchemaBuilder.struct()
        .field("before", ORDERS)
        .field("after", ORDERS)
        .field("source", source)
        .field("op", Schema.STRING_SCHEMA)
        .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
        .field("transaction", TRANSACTION)
        .build();
  }

  private static final Schema SQL_SERVER = envelope(SQL_SERVER_SOURCE);
  private static final Schema ORACLE = envelope(ORACLE_SOURCE);
  private static final Schema MARIADB = envelope(MARIADB_SOURCE);

  private static SourceRecord record(
      Map<String, ?> offset, @Nullable Schema keySchema, @Nullable Struct key, Struct value) {
    return new SourceRecord(
        Map.of("server", "freshet-shop"),
        new TreeMap<>(offset),
        "topic",
        keySchema,
        key,
        value.schema(),
        value);
  }

  private static Struct row(int id, @Nullable String item) {
    return new Struct(ORDERS).put("id", id).put("item", item);
  }

  /**
   * A row of {@code dbo.orders}.
   *
   * @param operation of Debezium: c, r, u or d
   * @param snapshot as the source says it
   */
  static SourceRecord sqlServerRow(
      String operation,
      int id,
      @Nullable String item,
      String commit,
      long number,
      String snapshot) {
    Struct source =
        new Struct(SQL_SERVER_SOURCE)
            .put("ts_ms", 1_700_000_000_000L)
            .put("snapshot", snapshot)
            .put("db", "shop")
            .put("schema", "dbo")
            .put("table", "orders")
            .put("commit_lsn", commit);
    Map<String, Object> offset = new TreeMap<>(Map.of("commit_lsn", commit, "event_serial_no", 1L));
    if (snapshot.equals("false")) {
      source.put("change_lsn", commit + ":" + number);
      offset.put("change_lsn", commit + ":" + number);
    } else {
      offset.put("snapshot", "INITIAL");
      offset.put("snapshot_completed", snapshot.equals("last"));
    }
    return relational(SQL_SERVER, source, operation, id, item, offset);
  }

  private static SourceRecord relational(
      Schema envelope,
      Struct source,
      String operation,
      int id,
      @Nullable String item,
      Map<String, Object> offset) {
    Struct value =
        new Struct(envelope)
            .put(operation.equals("d") ? "before" : "after", row(id, item))
            .put("source", source)
            .put("op", operation);
    return record(offset, ORDERS_KEY, new Struct(ORDERS_KEY).put("id", id), value);
  }

  static SourceRecord oracle(
      String operation, int id, @Nullable String item, String transaction, Map<String, Object> at) {
    Struct source =
        new Struct(ORACLE_SOURCE)
            .put("ts_ms", 1_700_000_000_000L)
            .put("snapshot", "false")
            .put("db", "SHOPPDB")
            .put("schema", "SHOP")
            .put("table", "ORDERS")
            .put("txId", transaction);
    SourceRecord made = relational(ORACLE, source, operation, id, item, at);
    ((Struct) made.value())
        .put("transaction", new Struct(TRANSACTION).put("id", transaction).put("total_order", 1L));
    return made;
  }

  /**
   * A row of {@code shop.orders}, or a truncation of it.
   *
   * @param transaction empty for a row that names none
   */
  static SourceRecord mariaDb(
      String operation, int id, String transaction, Map<String, Object> at) {
    Struct source =
        new Struct(MARIADB_SOURCE)
            .put("ts_ms", 1_700_000_000_000L)
            .put("snapshot", "false")
            .put("db", "shop")
            .put("table", "orders");
    SourceRecord made = relational(MARIADB, source, operation, id, "item", new TreeMap<>(at));
    if (!transaction.isEmpty()) {
      ((Struct) made.value())
          .put(
              "transaction", new Struct(TRANSACTION).put("id", transaction).put("total_order", 1L));
    }
    return made;
  }

  /** BEGIN or END. */
  static SourceRecord boundary(String status, String transaction, Map<String, Object> at) {
    return record(
        at, null, null, new Struct(BOUNDARY).put("status", status).put("id", transaction));
  }

  /** A sign of life. */
  static SourceRecord heartbeat(Map<String, Object> at) {
    return record(at, null, null, new Struct(HEARTBEAT).put("ts_ms", 1_700_000_000_000L));
  }

  /**
   * A document of {@code shop.orders}.
   *
   * @param id in extended JSON
   * @param session with a number of a transaction; empty for none
   */
  static SourceRecord document(
      String operation,
      String id,
      @Nullable String document,
      String session,
      String token,
      String snapshot) {
    Struct source =
        new Struct(MONGODB_SOURCE)
            .put("ts_ms", 1_700_000_000_000L)
            .put("snapshot", snapshot)
            .put("db", "shop")
            .put("collection", "orders");
    if (!session.isEmpty()) {
      source.put("lsid", session).put("txnNumber", 7L);
    }
    Map<String, Object> offset =
        new TreeMap<>(Map.of("sec", 1_700_000_000, "ord", 1, "resume_token", token));
    if (!snapshot.equals("false")) {
      offset.put("initsync", true);
    }
    Struct value =
        new Struct(MONGODB_ENVELOPE)
            .put("after", document)
            .put("source", source)
            .put("op", operation);
    return record(offset, MONGODB_KEY, new Struct(MONGODB_KEY).put("id", id), value);
  }

  /** All change sets that these records make. */
  static List<String> sets(Assembler assembler, SourceRecord... records) {
    List<String> sets = new ArrayList<>();
    for (SourceRecord each : records) {
      assembler.accept(each);
      for (ChangeSet set = assembler.poll(); set != null; set = assembler.poll()) {
        sets.add(text(set));
      }
    }
    return sets;
  }

  /** {@code LAST +{row} ~{row} -{row} @ position}. */
  static String text(ChangeSet set) {
    StringBuilder text = new StringBuilder(set.part().toString());
    set.tables()
        .forEach(table -> {
          for (int i = 0; i < table.rowCount(); i++) {
            text.append(' ')
                .append(
                    switch (Operation.of(table.operations()[i])) {
                      case INSERT -> '+';
                      case SNAPSHOT -> '=';
                      case UPDATE -> '~';
                      case DELETE -> '-';
                      default -> '?';
                    })
                .append(JsonText.row(table.rows(), i));
          }
          table.rejected().forEach(row -> text.append(" !").append(row.reason()));
        });
    return text.append(" @")
        .append(new TreeMap<>(Position.read(set.position()).offset()))
        .toString();
  }
}
