package dev.freshet.debezium;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** How a connector's records tell which rows belong to one transaction, and what a row is. */
enum EventForm {
  /** MariaDB and MySQL: BEGIN and END stand around a transaction's rows. */
  MARKED,

  /**
   * Oracle: as {@link #MARKED}, and a sign of life between transactions is a position. Started from
   * one, the connector sends END of the last transaction again, before the next BEGIN and with an
   * offset behind it.
   */
  MARKED_AT_COMMIT,

  /**
   * SQL Server: each row names the place in the log where its transaction was committed. The
   * connector reads whole transactions, and tells that it has read all there are by signs of life
   * in succession: one may come behind any row, but never two.
   */
  BY_COMMIT,

  /**
   * MongoDB: rows are documents of a text each. Those of a transaction name its session and number;
   * others are transactions by themselves.
   */
  DOCUMENTS,

  /** As {@link #DOCUMENTS}, of which updates are looked up: some are gone by then. */
  LOOKED_UP_DOCUMENTS;

  static final String ID = "_id";
  static final String DOCUMENT = "document";

  private static final Schema KEY = SchemaBuilder.struct().field(ID, Schema.STRING_SCHEMA).build();
  private static final Schema ROW =
      SchemaBuilder.struct()
          .field(ID, Schema.STRING_SCHEMA)
          .field(DOCUMENT, SchemaBuilder.string().optional().name("io.debezium.data.Json").build())
          .optional()
          .build();

  /**
   * After how many signs of life in succession the open transaction has ended. MongoDB's may come
   * while a cursor merely has nothing yet, so it is given two seconds.
   */
  int signsAtEnd() {
    return isOfDocuments() ? 10 : 2;
  }

  /** Whether rows name their transaction, and no marks come. */
  boolean isOfRows() {
    return switch (this) {
      case MARKED, MARKED_AT_COMMIT -> false;
      case BY_COMMIT, DOCUMENTS, LOOKED_UP_DOCUMENTS -> true;
    };
  }

  /** Whether offsets are {@link Place}s. */
  boolean hasPlaces() {
    return this == MARKED;
  }

  private boolean isOfDocuments() {
    return this == DOCUMENTS || this == LOOKED_UP_DOCUMENTS;
  }

  /** The transaction that a row names itself; empty for a row that is one by itself. */
  String transaction(Struct origin) {
    return switch (this) {
      case MARKED, MARKED_AT_COMMIT -> "";
      case BY_COMMIT -> text(origin, "commit_lsn");
      case DOCUMENTS, LOOKED_UP_DOCUMENTS -> {
        String number = text(origin, "txnNumber");
        yield number.isEmpty() ? "" : text(origin, "lsid") + ":" + number;
      }
    };
  }

  /** The record as all connectors but MongoDB's write it; null when it says nothing. */
  @Nullable SourceRecord read(SourceRecord message) {
    return isOfDocuments()
            && message.value() instanceof Struct value
            && value.schema().field("op") != null
        ? document(message, value)
        : message;
  }

  /**
   * What an update made of a document is missing when it was looked up and is gone by then: its
   * delete follows.
   *
   * @throws FreshetException SOURCE_MISCONFIGURED when the server has not kept it, though it was to
   */
  private @Nullable SourceRecord document(SourceRecord message, Struct value) {
    String operation = value.getString("op");
    boolean isDelete = operation.equals("d");
    String document = isDelete ? null : value.getString("after");
    if (!isDelete && document == null) {
      if (this == LOOKED_UP_DOCUMENTS) {
        return null;
      }
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot read what an update made of a document of "
              + text(value.getStruct("source"), "collection")
              + ": the server has not kept it. Fix: db.runCommand({collMod: \""
              + text(value.getStruct("source"), "collection")
              + "\", changeStreamPreAndPostImages: {enabled: true}}) for updates to come, and for those"
              + " before it full-document: lookup in the source's file.");
    }
    String id = DocumentId.of(((Struct) message.key()).getString("id"));
    Schema source = value.schema().field("source").schema();
    Schema envelope =
        SchemaBuilder.struct()
            .field("before", ROW)
            .field("after", ROW)
            .field("source", source)
            .field("op", Schema.STRING_SCHEMA)
            .build();
    Struct row = new Struct(ROW).put(ID, id).put(DOCUMENT, document);
    Struct translated =
        new Struct(envelope)
            .put(isDelete ? "before" : "after", row)
            .put("source", value.getStruct("source"))
            .put("op", operation);
    return new SourceRecord(
        message.sourcePartition(),
        message.sourceOffset(),
        message.topic(),
        KEY,
        new Struct(KEY).put(ID, id),
        envelope,
        translated);
  }

  static String text(Struct struct, String field) {
    Object value = struct.schema().field(field) == null ? null : struct.get(field);
    return value == null ? "" : value.toString();
  }
}
