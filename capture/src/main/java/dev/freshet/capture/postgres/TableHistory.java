package dev.freshet.capture.postgres;

import dev.freshet.capture.SchemaChange;
import dev.freshet.capture.SchemaChange.Kind;
import dev.freshet.capture.postgres.KnownTable.Place;
import dev.freshet.core.error.FreshetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What the columns of the captured tables are, at the place to which the stream has been decoded,
 * and what has become of them. Three tell: the event trigger, which says all; the stream's
 * description of a table before its rows, which has names and types but no numbers; and the
 * catalog, which has all, but of now.
 *
 * <pre>
 * R(id, qty) i i   M(1 id, 3 quantity)   R(id, quantity) i     as announced: 3 was renamed
 * R(id, qty) i i                         R(id, quantity) i     the catalog has 3 quantity: renamed
 * R(id, qty) i i                         R(id, quantity) i     the catalog is further already: unclear
 * </pre>
 *
 * <p>What is known holds from the end of the transaction that made it so. After a reconnect or a
 * restart, what lies behind the place to go on from is forgotten: it comes again. The capture's
 * task owns it; the changes may be read by all threads.
 */
final class TableHistory {
  /** Asks the catalog for a table as it is now. */
  @FunctionalInterface
  interface Lookup {
    Optional<KnownTable> find(int relation);
  }

  private static final int CHANGES_MAX = 50;
  private static final int[] NO_KEY = {};

  private final TableMemory memory;
  private final Lookup catalog;
  private final Predicate<String> keepsRows;
  private final LongSupplier durable;
  private final List<KnownTables.Entry> entries = new ArrayList<>();
  private final List<KnownTables.Change> changes = new ArrayList<>();

  /** Tables of which no rows are kept, those that are captured no more among them. */
  private final Set<Integer> passed = new TreeSet<>();

  private boolean isRecalled;

  /** What was written last. */
  private String remembered = "";

  /** The captured tables at the stream's place, and their names in Freshet. */
  private final Map<Integer, KnownTable> now = new HashMap<>();

  private final Map<Integer, String> names = new HashMap<>();

  /** Of these only the catalog of a later time is known: the first to tell of them is believed. */
  private final Set<Integer> guessed = new HashSet<>();

  /** Of the transaction under way. */
  private final List<SchemaChange> pending = new ArrayList<>();

  private final Set<Integer> touched = new HashSet<>();

  /** What is to be compared when all that was committed before has been decoded. */
  private final Map<Integer, KnownTable> expected = new HashMap<>();

  private long expectedAt;
  private volatile List<SchemaChange> shown = List.of();

  /**
   * @param keepsRows whether the rows of a table are kept, by its name in Freshet
   * @param durable the position up to which the log is durable
   */
  TableHistory(
      TableMemory memory, Lookup catalog, Predicate<String> keepsRows, LongSupplier durable) {
    this.memory = memory;
    this.catalog = catalog;
    this.keepsRows = keepsRows;
    this.durable = durable;
  }

  /** One that is told of and tells nobody. */
  static TableHistory ofItself(List<TableShape> shapes) {
    TableHistory history =
        new TableHistory(TableMemory.ofProcess(), _ -> Optional.empty(), _ -> true, () -> 0);
    history.begin(shapes, 0, Shown.THERE);
    return history;
  }

  /** The last changes, the oldest first. Safe for all threads. */
  List<SchemaChange> changes() {
    return shown;
  }

  /** The last changes of tables that were captured up to a position, and those since then. */
  static List<SchemaChange> upToNow(TableMemory memory, List<TableShape> shapes, long lsn) {
    KnownTables known = KnownTables.parse(memory.recall());
    List<SchemaChange> found = new ArrayList<>();
    for (KnownTables.Change change : known.changes()) {
      if (!Lsn.isAfter(change.lsn(), lsn)) {
        found.add(change.change());
      }
    }
    for (TableShape shape : shapes) {
      KnownTable before = null;
      for (KnownTables.Entry entry : known.entries()) {
        boolean isOf = entry.table().relation() == shape.relation();
        before = isOf && !Lsn.isAfter(entry.lsn(), lsn) ? entry.table() : before;
      }
      if (before != null) {
        found.addAll(shape.catalog().since(before, new Place(shape.name(), lsn, 0)));
      }
    }
    return found;
  }

  /** Tables of which no rows were kept when they were captured last. */
  Set<Integer> passed() {
    recall();
    return Set.copyOf(passed);
  }

  /** These tables were read anew: what was known of them says nothing. */
  void forget(Set<Integer> relations) {
    recall();
    Set<String> tables = new HashSet<>();
    for (KnownTables.Entry entry : entries) {
      if (relations.contains(entry.table().relation())) {
        tables.add(entry.name());
      }
    }
    entries.removeIf(entry -> relations.contains(entry.table().relation()));
    changes.removeIf(change -> tables.contains(change.change().table()));
    save();
  }

  /** When shapes were read from the catalog. */
  enum Shown {
    /** Where the stream begins. */
    THERE,
    /** Later, so that they may have been altered in between. */
    LATER
  }

  /**
   * The stream begins at a position.
   *
   * @param shapes the captured tables
   */
  void begin(List<TableShape> shapes, long lsn, Shown when) {
    recall();
    entries.removeIf(entry -> Lsn.isAfter(entry.lsn(), lsn));
    changes.removeIf(change -> Lsn.isAfter(change.lsn(), lsn));
    now.clear();
    names.clear();
    guessed.clear();
    pending.clear();
    touched.clear();
    expected.clear();
    for (KnownTables.Entry entry : entries) {
      now.put(entry.table().relation(), entry.table());
    }
    for (TableShape shape : shapes) {
      names.put(shape.relation(), shape.name());
      if (keepsRows.test(shape.name())) {
        passed.remove(shape.relation());
      } else {
        passed.add(shape.relation());
      }
      if (now.putIfAbsent(shape.relation(), shape.catalog()) == null) {
        switch (when) {
          case THERE -> entries.add(new KnownTables.Entry(lsn, shape.name(), shape.catalog()));
          case LATER -> guessed.add(shape.relation());
        }
      }
    }
    now.keySet().retainAll(names.keySet());
    save();
    show();
  }

  /**
   * What the catalog has while the stream begins: when that has come as far, what it did not show
   * has been found too, such as a column of a table that has had no rows since.
   *
   * @param walEnd the end of the WAL before the catalog was read
   */
  void expect(List<TableShape> shapes, long walEnd) {
    expected.clear();
    shapes.forEach(shape -> expected.put(shape.relation(), shape.catalog()));
    expectedAt = walEnd;
  }

  /** Takes what the event trigger says. */
  void announced(TableMessage message) {
    KnownTable table = message.table();
    KnownTable before = now.get(table.relation());
    if (before == null) {
      announcedOther(message);
    } else if (message.isDropped()) {
      pending.add(place(before).change(Kind.TABLE_DROPPED, "", before.origin(), ""));
      expected.remove(table.relation());
    } else {
      learn(before, table);
    }
  }

  /** It may be one that takes the name of a captured one which is gone. */
  private void announcedOther(TableMessage message) {
    String origin = message.table().origin();
    for (KnownTable known : now.values()) {
      if (!message.isDropped() && known.origin().equals(origin)) {
        pending.add(place(known).change(Kind.TABLE_MADE_ANEW, "", origin, origin));
      }
    }
  }

  private void learn(KnownTable before, KnownTable table) {
    int relation = table.relation();
    expected.remove(relation);
    if (!guessed.remove(relation)) {
      pending.addAll(table.since(before, place(before)));
    } else {
      touched.add(relation);
    }
    replace(table);
  }

  private void replace(KnownTable table) {
    if (!table.equals(now.put(table.relation(), table))) {
      touched.add(table.relation());
    }
  }

  /** Its position is known when the transaction ends. */
  private Place place(KnownTable table) {
    return new Place(names.getOrDefault(table.relation(), ""), 0, 0);
  }

  /**
   * Takes how the stream describes a captured table; returns its columns' numbers.
   *
   * @param before the table as it was described before
   */
  int[] described(RelationMessage message, TableShape before) {
    int[] unknown = new int[message.columns().size()];
    KnownTable known = now.get(message.relation());
    if (known == null) {
      return unknown; // another table of that name
    }
    Described described = new Described(message, known, before);
    if (!described.isExpected()) {
      Optional<KnownTable> found = catalog.find(message.relation()).filter(described::isAsIn);
      if (found.isPresent()) {
        learn(known, found.get());
      } else {
        if (!guessed.remove(message.relation())) {
          pending.addAll(described.byNames(place(known)));
        }
        expected.remove(message.relation());
        replace(described.shown());
      }
    } else if (guessed.remove(message.relation())) {
      touched.add(message.relation());
    }
    KnownTable learnt = now.getOrDefault(message.relation(), known);
    return new Described(message, learnt, before).numbers().orElse(unknown);
  }

  /**
   * Positions of the key's columns in a description, by the catalog: a message may be anybody's.
   * Empty when the table has gone on since, or the key is not among the columns.
   */
  int[] key(RelationMessage message, TableShape before) {
    KnownTable known = now.get(message.relation());
    if (known == null) {
      return NO_KEY;
    }
    Optional<KnownTable> found =
        catalog.find(message.relation()).filter(new Described(message, known, before)::isAsIn);
    return found
        .flatMap(table ->
            new Described(message, table, before).numbers().map(numbers -> key(table, numbers)))
        .orElse(NO_KEY);
  }

  private static int[] key(KnownTable table, int[] numbers) {
    int[] key = new int[table.key().size()];
    for (int i = 0; i < key.length; i++) {
      key[i] = indexOf(numbers, table.key().get(i));
      if (key[i] < 0) {
        return NO_KEY;
      }
    }
    return key;
  }

  private static int indexOf(int[] numbers, int number) {
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] == number) {
        return i;
      }
    }
    return -1;
  }

  /** A transaction has ended here, or nothing was under way up to here. */
  void reached(long lsn, long sourceMicros) {
    if (!expected.isEmpty() && !Lsn.isAfter(expectedAt, lsn)) {
      compare();
    }
    if (touched.isEmpty() && pending.isEmpty()) {
      return;
    }
    for (int relation : touched) {
      KnownTable known = now.get(relation);
      if (known != null) {
        entries.add(new KnownTables.Entry(lsn, names.getOrDefault(relation, ""), known));
      }
    }
    pending.forEach(
        change -> changes.add(new KnownTables.Change(lsn, change.at(Lsn.text(lsn), sourceMicros))));
    touched.clear();
    pending.clear();
    save();
    show();
  }

  private void compare() {
    List<KnownTable> left = List.copyOf(expected.values());
    expected.clear();
    for (KnownTable table : left) {
      KnownTable before = now.get(table.relation());
      if (before != null && !before.equals(table)) {
        learn(before, table);
      } else if (guessed.remove(table.relation())) {
        touched.add(table.relation());
      }
    }
  }

  private void show() {
    shown = changes.stream().map(KnownTables.Change::change).toList();
  }

  private void recall() {
    if (!isRecalled) {
      isRecalled = true;
      KnownTables known = KnownTables.parse(memory.recall());
      entries.addAll(known.entries());
      changes.addAll(known.changes());
      passed.addAll(known.passed());
    }
  }

  /** Leaves out what nobody goes on from any more. */
  private void save() {
    long kept = durable.getAsLong();
    Set<Integer> later = new HashSet<>();
    for (int i = entries.size() - 1; i >= 0; i--) {
      KnownTables.Entry entry = entries.get(i);
      if (later.contains(entry.table().relation())) {
        entries.remove(i);
      } else if (!Lsn.isAfter(entry.lsn(), kept)) {
        later.add(entry.table().relation());
      }
    }
    while (changes.size() > CHANGES_MAX) {
      changes.removeFirst();
    }
    String text = new KnownTables(entries, changes, passed).text();
    if (text.equals(remembered)) {
      return;
    }
    try {
      memory.remember(text);
      remembered = text;
    } catch (FreshetException e) {
      // The disk is full or hangs, and the log says so. This is written again with the next change.
      return;
    }
  }
}
