package dev.freshet.debezium;

import dev.freshet.capture.SourceTable;
import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.Operation;
import dev.freshet.core.error.Check;
import dev.freshet.core.port.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.IntSupplier;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns Debezium's records into change sets: one for each transaction of the server, and one for
 * the snapshot; large ones in parts. The capture's task owns it.
 *
 * <pre>
 *   BEGIN id, row..., END id      a transaction; END's offset is its position
 *   row (snapshot)..., row (last) the snapshot; the last row's offset is its position
 *   BEGIN again, same id          the connector sends the transaction anew: what came is dropped
 *   BEGIN of the last whole one   after a restart: what it has is known
 *   BEGIN of another              the open one ended without END, as XA transactions do
 * </pre>
 *
 * Where rows name their transaction ({@link EventForm}), there are no marks:
 *
 * <pre>
 *   row of t, row of t, row of u  t has ended; the last row's offset is its position
 *   row of t, sign, sign          t has ended: all that the server has was read
 *   row of none                   a transaction by itself
 * </pre>
 *
 * Rows of tables that are left out are passed over.
 */
final class Assembler {
  private static final int PART_ROWS = 10_000;
  private static final long PART_BYTES = 8 << 20;
  private static final long NO_TRANSACTION = 0;

  /** Of MongoDB; a position stands behind the snapshot, or is none. */
  private static final String SNAPSHOT_RUNS = "initsync";

  private final String source;
  private final Clock clock;
  private final Map<String, String> names;
  private final IntSupplier shapeCount;
  private final EventForm form;
  private final Map<String, SourceTable> tables = new HashMap<>();
  private final Map<String, TableShape> shapes = new HashMap<>();
  private final Map<String, TableBuffer> open = new LinkedHashMap<>();
  private final Queue<ChangeSet> ready = new ArrayDeque<>();
  private Position position;
  private String transaction = "";
  private boolean isKnown;
  private boolean inSnapshot;
  private int parts;
  private int rows;
  private long bytes;
  private long sourceMicros;
  private @Nullable Position idle;

  /** The last row of a transaction that is open, where rows name theirs. */
  private @Nullable SourceRecord last;

  private int signsOfLife;

  /** All that lies before has come; null before a snapshot is whole, and where places are none. */
  private @Nullable Place passed;

  /** Whether nothing that lies behind {@link #passed} has come. */
  private boolean isBetween;

  /** Whether rows have passed that lie behind {@link #position} and {@link #idle}. */
  private boolean isBehind;

  /**
   * @param names tables' names in Freshet by those at the server
   * @param tables their shapes as the log, or else the server has them
   * @param position where the connector starts
   * @param shapeCount lines in the history of shapes
   * @param form of the connector's records
   */
  Assembler(
      String source,
      Clock clock,
      Map<String, String> names,
      List<SourceTable> tables,
      Position position,
      IntSupplier shapeCount,
      EventForm form) {
    this.source = source;
    this.clock = clock;
    this.names = names;
    this.position = position;
    this.shapeCount = shapeCount;
    this.form = form;
    this.inSnapshot = !position.isStreaming();
    this.passed = form.hasPlaces() ? Place.of(position.offset()) : null;
    this.isBetween = passed != null;
    for (SourceTable table : tables) {
      this.tables.put(table.name(), table);
    }
  }

  /** The next change set, or null. */
  @Nullable ChangeSet poll() {
    return ready.poll();
  }

  List<SourceTable> tables() {
    return List.copyOf(tables.values());
  }

  /** Whether the snapshot is under way, as far as has come. */
  boolean isInSnapshot() {
    return inSnapshot;
  }

  void accept(SourceRecord record) {
    SourceRecord message = form.read(record);
    if (message == null || !(message.value() instanceof Struct value)) {
      signsOfLife = 0;
      return;
    }
    Schema schema = value.schema();
    if (schema.field("op") != null && schema.field("source") != null) {
      event(message, value);
    } else if (schema.field("status") != null && schema.field("event_count") != null) {
      boundary(message, value);
    } else {
      signOfLife(message);
    }
  }

  /** Whether another set of tables can be left out: no row of a transaction waits for its end. */
  boolean isBetweenTransactions() {
    return position.isStreaming() && !isOpen();
  }

  /** The tables that are left out. */
  Set<String> leftOut() {
    return position.leftOut();
  }

  /** Where the source stands. */
  Position position() {
    return position;
  }

  /**
   * From here on these are left out, and no others; {@link #isBetweenTransactions}.
   *
   * @param telling as of {@link Position}
   */
  void leaveOut(Set<String> leftOut, int telling) {
    Check.that(isBetweenTransactions(), "between transactions");
    position = position.leavingOut(leftOut, telling);
    Position at = idle;
    idle = at == null ? null : at.leavingOut(leftOut, telling);
  }

  /** Lets {@link #told} follow what is ready. */
  void tell() {
    ready.add(told());
  }

  /** A change set without rows, which tells where the source stands, and what is left out there. */
  ChangeSet told() {
    Check.that(isBetweenTransactions(), "between transactions");
    position = idle == null ? position : idle;
    idle = null;
    return changeSet(position, Part.LAST);
  }

  /** From here on a table's rows come again, which the log has as they are here. */
  void join(SourceTable table) {
    Set<String> left = new HashSet<>(leftOut());
    left.remove(table.name());
    leaveOut(left, position.telling());
    tables.put(table.name(), table);
    shapes.remove(table.name());
  }

  /** A table as it came last, or as the server had it at the start. */
  @Nullable SourceTable table(String name) {
    return tables.get(name);
  }

  /**
   * The place before which all has come, and behind which nothing has; null where it has none now,
   * as in the middle of a transaction, and where no position would lie behind all that has come.
   */
  @Nullable Place between() {
    return isBetween && !isBehind && !isOpen() ? passed : null;
  }

  /** The place before which all has come; null where that is not known. */
  @Nullable Place passed() {
    return passed;
  }

  /** All that lies before has come, though no record says so. */
  void passesTo(Place place) {
    Check.that(!isOpen(), "between transactions");
    passed = place;
    isBetween = true;
  }

  private void passes(SourceRecord message, boolean isBetweenThere) {
    if (form.hasPlaces()) {
      Place place = Place.of(message.sourceOffset());
      passed = place == null ? passed : place;
      isBetween = isBetweenThere && place != null;
    }
  }

  private void passesSign(SourceRecord message) {
    if (form.hasPlaces()) {
      Place place = Place.of(message.sourceOffset());
      Place before = passed;
      if (place != null && (before == null || place.isBehindTransactionOf(before))) {
        passed = place;
        isBetween = true;
      }
    }
  }

  private void signOfLife(SourceRecord message) {
    signsOfLife++;
    SourceRecord end = last;
    if (end != null && signsOfLife >= form.signsAtEnd()) {
      closeRows(end);
    }
    passesSign(message);
    if (!isOpen()) {
      inSnapshot = false;
      boolean isPosition = form.isOfRows() || transaction.isEmpty();
      if (form != EventForm.MARKED && isPosition && !message.sourceOffset().isEmpty()) {
        idle = positionOf(message, position.transaction());
      }
    }
  }

  /** Ends the transaction whose last row this was. */
  private void closeRows(SourceRecord end) {
    last = null;
    close(end, transaction);
    transaction = "";
  }

  private void boundary(SourceRecord message, Struct value) {
    String id = value.getString("id");
    if (value.getString("status").equals("END")) {
      end(message, id);
      passes(message, true);
      return;
    }
    if (isOpen() && id.equals(transaction)) {
      drop();
    } else if (isOpen() || isBehind) {
      close(message, transaction);
    }
    inSnapshot = false;
    transaction = id;
    isKnown = id.equals(position.transaction());
    if (isKnown) {
      isBetween = false; // its end was passed
    } else {
      passes(message, true);
    }
  }

  private void end(SourceRecord message, String id) {
    if (isOpen()) {
      close(message, id);
    } else if (!isKnown && !id.equals(position.transaction())) {
      idle = positionOf(message, id);
      isBehind = false;
    }
    transaction = "";
    isKnown = false;
  }

  private void event(SourceRecord message, Struct value) {
    Struct origin = value.getStruct("source");
    String snapshot = EventForm.text(origin, "snapshot");
    boolean isSnapshot =
        !snapshot.isEmpty() && !snapshot.equals("false") && !snapshot.equals("incremental");
    if (isKnown && !isSnapshot) {
      return;
    }
    signsOfLife = 0;
    isBetween = false;
    isBehind = true;
    if (form.isOfRows() && !isSnapshot) {
      begin(form.transaction(origin));
    }
    String name = names.get(originOf(origin));
    if (name != null && !leftOut().contains(name)) {
      TableShape shape = shapeOf(name, originOf(origin), message);
      sourceMicros = Math.max(sourceMicros, origin.getInt64("ts_ms") * 1_000);
      add(shape, value);
    }
    if (isSnapshot) {
      inSnapshot = true;
    }
    boolean isTruncate = value.getString("op").equals("t");
    if (form.isOfRows() && !isSnapshot && !transaction.isEmpty()) {
      last = message;
      inSnapshot = false;
      partWhenLarge();
    } else if (isSnapshot ? snapshot.equals("last") : isTruncate || !isInTransaction(value)) {
      close(message, isSnapshot ? "" : transaction);
      isKnown = isTruncate && !transaction.isEmpty();
      inSnapshot = false;
      passes(message, isSnapshot || isTruncate); // other rows may be of one event, at one place
    } else {
      partWhenLarge();
    }
  }

  /** A row of this transaction follows: the open one has ended, unless it is the same. */
  private void begin(String id) {
    SourceRecord end = last;
    if (end != null && !id.equals(transaction)) {
      closeRows(end);
    }
    transaction = id;
  }

  private void partWhenLarge() {
    if (rows >= PART_ROWS || bytes >= PART_BYTES) {
      part();
    }
  }

  private static boolean isInTransaction(Struct value) {
    return value.schema().field("transaction") != null && value.get("transaction") != null;
  }

  /** The table at the server: {@code database.table}, or {@code schema.table} where it has one. */
  private static String originOf(Struct origin) {
    String schema = EventForm.text(origin, "schema");
    String table = EventForm.text(origin, "table");
    return (schema.isEmpty() ? EventForm.text(origin, "db") : schema)
        + "."
        + (table.isEmpty() ? EventForm.text(origin, "collection") : table);
  }

  private TableShape shapeOf(String name, String origin, SourceRecord message) {
    Schema row = message.valueSchema().field("after").schema();
    TableShape known = shapes.get(name);
    if (known != null && isSame(known.row(), row)) {
      return known;
    }
    TableShape shape = TableShape.of(name, origin, row, message.keySchema(), tables.get(name));
    shapes.put(name, shape);
    tables.put(name, shape.table());
    return shape;
  }

  /** Debezium has one object for each shape of a table. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(Schema known, Schema row) {
    return known == row;
  }

  private void add(TableShape shape, Struct value) {
    TableBuffer buffer = open.get(shape.name());
    if (buffer != null && buffer.shape().table().schemaVersion() != shape.table().schemaVersion()) {
      part();
      buffer = null;
    }
    if (buffer == null) {
      buffer = new TableBuffer(shape);
      open.put(shape.name(), buffer);
    }
    long before = buffer.bytes();
    switch (value.getString("op")) {
      case "c" -> buffer.add(Operation.INSERT, value.getStruct("after"));
      case "r" -> buffer.add(Operation.SNAPSHOT, value.getStruct("after"));
      case "u" -> buffer.add(Operation.UPDATE, value.getStruct("after"));
      case "d" -> buffer.add(Operation.DELETE, value.getStruct("before"));
      case "t" -> buffer.truncate();
      default -> {}
    }
    rows++;
    bytes += buffer.bytes() - before;
  }

  private boolean isOpen() {
    return !open.isEmpty() || parts > 0;
  }

  private void part() {
    parts++;
    ready.add(changeSet(position.withPart(parts), Part.MORE));
  }

  private void close(SourceRecord message, String id) {
    if (isOpen()) {
      position = positionOf(message, id);
      ready.add(changeSet(position, Part.LAST));
      idle = null;
    } else if (form.hasPlaces()) {
      idle = positionOf(message, id);
    }
    isBehind = false;
    parts = 0;
  }

  private void drop() {
    open.clear();
    rows = 0;
    bytes = 0;
    if (parts > 0) {
      ready.add(changeSet(position, Part.RESTART));
    }
    parts = 0;
  }

  private Position positionOf(SourceRecord message, String id) {
    Map<String, Object> offset = new HashMap<>();
    message
        .sourceOffset()
        .forEach((name, part) -> {
          if (part != null && !name.equals(SNAPSHOT_RUNS)) {
            offset.put(name, part);
          }
        });
    return new Position(
        0, shapeCount.getAsInt(), id, offset, position.leftOut(), position.telling());
  }

  private ChangeSet changeSet(Position at, Part part) {
    long now = clock.wallMicros();
    ChangeSet changes =
        new ChangeSet(
            source,
            at.toBytes(),
            sourceMicros == 0 ? now : sourceMicros,
            now,
            form == EventForm.MARKED ? number(transaction) : NO_TRANSACTION,
            part,
            new ArrayList<>(open.values()).stream().map(TableBuffer::take).toList());
    open.clear();
    rows = 0;
    bytes = 0;
    return changes;
  }

  /** The number that a server counts its transactions by: the last part of a GTID. */
  private static long number(String id) {
    int start = Math.max(id.lastIndexOf('-'), id.lastIndexOf(':')) + 1;
    try {
      return start == 0 ? NO_TRANSACTION : Long.parseLong(id.substring(start));
    } catch (NumberFormatException e) {
      return NO_TRANSACTION;
    }
  }

  /**
   * A change set without rows, when transactions of other tables have passed: with it the position
   * moves on, so that the server may forget its log. Null when there were none.
   */
  @Nullable ChangeSet heartbeat() {
    Position at = idle;
    if (at == null || isOpen() || !ready.isEmpty()) {
      return null;
    }
    idle = null;
    position = at;
    return changeSet(at, Part.LAST);
  }
}
