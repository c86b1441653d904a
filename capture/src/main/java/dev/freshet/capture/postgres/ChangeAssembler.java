package dev.freshet.capture.postgres;

import dev.freshet.core.change.ChangeSet;
import dev.freshet.core.change.ChangeSet.Part;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.error.Check;
import dev.freshet.core.port.Clock;
import dev.freshet.core.type.Column.Nullability;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns pgoutput's messages (PostgreSQL manual, 54.9) into change sets. Small whole transactions
 * that follow each other are put into one change set; a large one is cut into parts, so that memory
 * is bounded:
 *
 * <pre>
 * B I I C  B U C  B I I I I I ... I I I C        messages
 * |------- group -------|                        ends at a C: when full, or when {@link #endGroup()} says
 * [  LAST                ]                        that nothing more has arrived yet
 *                 [ MORE ] [ MORE ] [ LAST ]      a transaction past the limit
 * </pre>
 *
 * The position of a LAST is the end of its last transaction; the position of a MORE is that of the
 * LAST before it, from where the source would have to begin again. One thread owns it.
 */
final class ChangeAssembler {
  /** Looks up types that appear while streaming. */
  @FunctionalInterface
  interface TypeLookup {
    ColumnType resolve(int oid, int typmod);
  }

  /** The stream is in binary form, and a table turned up that needs the text form. */
  static final class TextFormNeeded extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** In which form the server sends values. */
  enum Form {
    BINARY,
    TEXT
  }

  private final String source;
  private final Position from;
  private final Clock clock;
  private final PostgresConfig.Limits limits;
  private final TypeLookup lookup;
  private final Form form;
  private final @Nullable Rereads rereads;
  private final TableHistory history;
  private final List<TableBuffer> buffers = new ArrayList<>();
  private int[] relations = {};
  private @Nullable TableBuffer[] byRelation = {};
  private int lastSlot;

  /**
   * Descriptions of tables without a row behind them yet: what was rolled back leaves its own,
   * without its rows.
   */
  private final Map<Integer, RelationMessage> described = new HashMap<>();

  private final Tuple row = new Tuple();
  private final Tuple old = new Tuple();
  private final ArrayDeque<ChangeSet> ready = new ArrayDeque<>();

  private long position;
  private long endOfLastCommit;
  private boolean inTransaction;

  /** Where the commit of the transaction under way is. */
  private long commitLsn;

  /** Whether a table was added later than others. */
  private final boolean hasAdded;

  private boolean groupOpen;
  private long commitMicros;
  private long transaction;
  private int groupRows;
  private int groupBytes;

  /**
   * @param shapes the captured tables as last known
   * @param from where the stream begins, with the tables that are captured and since when
   * @param history has begun there too
   */
  ChangeAssembler(
      String source,
      Clock clock,
      PostgresConfig.Limits limits,
      List<TableShape> shapes,
      TypeLookup lookup,
      Form form,
      Position from,
      TableHistory history) {
    this(source, clock, limits, shapes, lookup, form, from, history, null);
  }

  /**
   * @param rereads takes the keys of changes that say only a part of their row, when nobody may
   *     know the rest
   */
  ChangeAssembler(
      String source,
      Clock clock,
      PostgresConfig.Limits limits,
      List<TableShape> shapes,
      TypeLookup lookup,
      Form form,
      Position from,
      TableHistory history,
      @Nullable Rereads rereads) {
    this.source = source;
    this.from = from;
    this.hasAdded = from.tables().values().stream().anyMatch(since -> since != 0);
    this.clock = clock;
    this.limits = limits;
    this.lookup = lookup;
    this.form = form;
    this.position = from.lsn();
    this.endOfLastCommit = from.lsn();
    this.rereads = rereads;
    this.history = history;
    for (TableShape shape : shapes) {
      buffers.add(new TableBuffer(shape, rereads));
    }
  }

  /** Takes the message that begins at {@code start}. */
  void accept(byte[] message, int start) {
    groupBytes += message.length - start;
    switch (message[start]) {
      case 'I' -> insert(message, start);
      case 'U' -> update(message, start);
      case 'D' -> delete(message, start);
      case 'B' -> begin(message, start);
      case 'C' -> commit(message, start);
      case 'R' -> {
        RelationMessage table = RelationMessage.parse(message, start);
        described.put(table.relation(), table);
      }
      case 'T' -> truncate(message, start);
      case 'M' -> TableMessage.parse(message, start).ifPresent(this::announced);
      // Origins and types carry no rows.
      case 'O', 'Y' -> {}
      default ->
          Check.that(false, "a message of pgoutput is known", message[start], message.length);
    }
  }

  private void begin(byte[] message, int start) {
    Check.that(!inTransaction, "transactions do not nest");
    inTransaction = true;
    commitLsn = Cells.int8(message, start + 1);
    commitMicros = Cells.int8(message, start + 9) + BinaryCells.EPOCH_MICROS;
    transaction = Cells.int4(message, start + 17) & 0xFFFF_FFFFL;
  }

  private void commit(byte[] message, int start) {
    Check.that(inTransaction, "a commit ends a transaction");
    inTransaction = false;
    endOfLastCommit = Cells.int8(message, start + 10);
    history.reached(endOfLastCommit, commitMicros);
    groupOpen = groupOpen || groupRows > 0;
    if (groupRows >= limits.partRows() || groupBytes >= limits.partBytes()) {
      endGroup();
    }
  }

  private void insert(byte[] message, int start) {
    TableBuffer table = table(Cells.int4(message, start + 1));
    if (table == null) {
      return;
    }
    row.read(message, start + 6);
    table = withNullsAllowed(table, row);
    table.insert(message, row);
    rowAdded();
  }

  private void update(byte[] message, int start) {
    TableBuffer table = table(Cells.int4(message, start + 1));
    if (table == null) {
      return;
    }
    int at = start + 5;
    Tuple sentOld = null;
    if (message[at] == 'K' || message[at] == 'O') {
      at = old.read(message, at + 1);
      sentOld = old;
    }
    row.read(message, at + 1);
    table = withNullsAllowed(table, row);
    table.update(message, row, sentOld);
    rowAdded();
  }

  private void delete(byte[] message, int start) {
    TableBuffer table = table(Cells.int4(message, start + 1));
    if (table == null) {
      return;
    }
    old.read(message, start + 6);
    table.delete(
        message,
        old,
        message[start + 5] == 'K' ? TableBuffer.Sent.KEY : TableBuffer.Sent.WHOLE_ROW);
    rowAdded();
  }

  private void truncate(byte[] message, int start) {
    int count = Cells.int4(message, start + 1);
    for (int i = 0; i < count; i++) {
      TableBuffer table = table(Cells.int4(message, start + 6 + 4 * i));
      if (table != null) {
        table.truncate();
        rowAdded();
      }
    }
  }

  private void rowAdded() {
    groupRows++;
    if (groupRows % limits.partRows() == 0 || groupBytes >= limits.partBytes()) {
      emit(Part.MORE, position);
    }
  }

  private @Nullable TableBuffer table(int relation) {
    if (!described.isEmpty()) {
      RelationMessage latest = described.remove(relation);
      if (latest != null) {
        relation(latest);
      }
    }
    if (lastSlot < relations.length && relations[lastSlot] == relation) {
      return unlessInSnapshot(byRelation[lastSlot]);
    }
    for (int i = 0; i < relations.length; i++) {
      if (relations[i] == relation) {
        lastSlot = i;
        return unlessInSnapshot(byRelation[i]);
      }
    }
    return null;
  }

  /** The snapshot of a table that was added later has the transactions before it already. */
  private @Nullable TableBuffer unlessInSnapshot(@Nullable TableBuffer table) {
    return table == null || isInSnapshot(table.shape().relation()) ? null : table;
  }

  private boolean isInSnapshot(int relation) {
    return hasAdded && Lsn.isAfter(from.tables().getOrDefault(relation, 0L), commitLsn);
  }

  /**
   * Nothing is taken from it that decides how rows are read: these are described before they come.
   */
  private void announced(TableMessage message) {
    if (inTransaction && !isInSnapshot(message.table().relation())) {
      history.announced(message);
    }
  }

  private void relation(RelationMessage message) {
    TableBuffer known = find(message);
    if (known == null) {
      bind(message.relation(), null);
      return;
    }
    TableShape shape = shapeOf(message, known.shape());
    if (form == Form.BINARY && !shape.hasBinary()) {
      throw new TextFormNeeded();
    }
    bind(message.relation(), shape.equals(known.shape()) ? known : replace(known, shape));
  }

  private @Nullable TableBuffer find(RelationMessage message) {
    for (TableBuffer buffer : buffers) {
      if (buffer.shape().relation() == message.relation()) {
        return buffer;
      }
    }
    for (TableBuffer buffer : buffers) {
      TableShape shape = buffer.shape();
      if (shape.schemaName().equals(message.schemaName())
          && shape.tableName().equals(message.tableName())) {
        return buffer;
      }
    }
    return null;
  }

  private void bind(int relation, @Nullable TableBuffer buffer) {
    for (int i = 0; i < relations.length; i++) {
      if (relations[i] == relation) {
        byRelation[i] = buffer;
        return;
      }
    }
    relations = Arrays.copyOf(relations, relations.length + 1);
    byRelation = Arrays.copyOf(byRelation, relations.length);
    relations[relations.length - 1] = relation;
    byRelation[relations.length - 1] = buffer;
  }

  private TableShape shapeOf(RelationMessage message, TableShape before) {
    List<PgColumn> columns = new ArrayList<>();
    boolean[] identity = new boolean[message.columns().size()];
    int[] numbers =
        isInSnapshot(before.relation())
            ? new int[identity.length]
            : history.described(message, before);
    for (int i = 0; i < identity.length; i++) {
      RelationMessage.Column sent = message.columns().get(i);
      identity[i] = sent.isIdentity();
      columns.add(columnOf(sent, numbers[i], before));
    }
    boolean isSame = before.sameColumns(columns) && before.sameIdentity(identity);
    if (isSame && before.sameNumbers(columns)) {
      return before;
    }
    int version = before.sameColumns(columns) ? before.version() : before.version() + 1;
    return TableShape.of(
        before.relation(),
        before.schemaName(),
        before.tableName(),
        before.name(),
        version,
        columns,
        ReplicaKeys.keyOf(before, columns, identity, () -> history.key(message, before)),
        identity,
        before.catalog());
  }

  private PgColumn columnOf(RelationMessage.Column sent, int number, TableShape before) {
    for (PgColumn column : before.columns()) {
      PgColumn same = number == KnownTable.NO_NUMBER ? column : column.numbered(number);
      if (column.name().equals(sent.name())
          && column.typeOid() == sent.typeOid()
          && column.typmod() == sent.typmod()
          && column.sameShape(same)) {
        return same;
      }
    }
    return new PgColumn(
        number,
        sent.name(),
        sent.typeOid(),
        sent.typmod(),
        lookup.resolve(sent.typeOid(), sent.typmod()),
        Nullability.NULLABLE);
  }

  /**
   * The stream does not tell when a column ceases to be NOT NULL; its first null does, and then the
   * table has a new shape.
   */
  private TableBuffer withNullsAllowed(TableBuffer table, Tuple newRow) {
    TableBuffer current = table;
    int broken = current.brokenNotNull(newRow);
    while (broken >= 0) {
      TableShape shape = current.shape();
      List<PgColumn> columns = new ArrayList<>(shape.columns());
      columns.set(broken, columns.get(broken).nullable());
      TableShape changed =
          TableShape.of(
              shape.relation(),
              shape.schemaName(),
              shape.tableName(),
              shape.name(),
              shape.version() + 1,
              columns,
              shape.key(),
              shape.identity(),
              shape.catalog());
      TableBuffer next = replace(current, changed);
      rebind(current, next);
      current = next;
      broken = current.brokenNotNull(newRow);
    }
    return current;
  }

  private void rebind(TableBuffer from, TableBuffer to) {
    for (int i = 0; i < byRelation.length; i++) {
      if (byRelation[i] == from) {
        byRelation[i] = to;
      }
    }
  }

  /**
   * A change set holds a table once, under one shape: what was gathered under the old one goes
   * first.
   */
  private TableBuffer replace(TableBuffer known, TableShape shape) {
    if (known.rowCount() > 0) {
      emit(Part.MORE, position);
    }
    TableBuffer next = new TableBuffer(shape, rereads);
    buffers.set(buffers.indexOf(known), next);
    return next;
  }

  /** Ends the group if it holds whole transactions only; {@code false} when it cannot end here. */
  boolean endGroup() {
    if (inTransaction) {
      return false;
    }
    if (groupOpen) {
      emit(Part.LAST, endOfLastCommit);
      position = endOfLastCommit;
      groupOpen = false;
      groupRows = 0;
    }
    return true;
  }

  private void emit(Part part, long at) {
    List<TableChanges> changes = new ArrayList<>();
    for (TableBuffer buffer : buffers) {
      if (buffer.rowCount() > 0) {
        changes.add(buffer.take());
      }
    }
    ready.add(changeSet(part, at, commitMicros, transaction, changes));
    groupOpen = true;
    groupBytes = 0;
  }

  /**
   * An empty change set that moves the position on, when nothing is under way.
   *
   * @param at a position up to which the server has sent everything
   */
  ChangeSet heartbeat(long at, long serverMicros) {
    Check.that(!inTransaction && !groupOpen, "nothing is under way at a heartbeat");
    position = at;
    endOfLastCommit = at;
    history.reached(at, serverMicros);
    return changeSet(Part.LAST, at, serverMicros, 0, List.of());
  }

  private ChangeSet changeSet(
      Part part, long at, long sourceMicros, long xid, List<TableChanges> changes) {
    return new ChangeSet(
        source, from.at(at).encode(), sourceMicros, clock.wallMicros(), xid, part, changes);
  }

  /** The next change set to deliver, or {@code null}. */
  @Nullable ChangeSet poll() {
    return ready.poll();
  }

  boolean hasReady() {
    return !ready.isEmpty();
  }

  boolean isInTransaction() {
    return inTransaction;
  }

  /** Whether everything received has been handed over. */
  boolean isIdle() {
    return !inTransaction && !groupOpen && ready.isEmpty();
  }

  /** End of the last transaction that was handed over whole, or where the stream began. */
  long position() {
    return position;
  }

  /** Where it stands, when everything was handed over. */
  StreamFence.Held held() {
    Check.that(isIdle(), "nothing is under way where the stream is held");
    return new StreamFence.Held(from.at(position), shapes());
  }

  /** The tables' present shapes. */
  List<TableShape> shapes() {
    return buffers.stream().map(TableBuffer::shape).toList();
  }
}
