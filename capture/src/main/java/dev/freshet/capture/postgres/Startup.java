package dev.freshet.capture.postgres;

import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.postgres.PostgresConfig.WhenLost;
import dev.freshet.capture.postgres.Selection.Chosen;
import dev.freshet.capture.postgres.Selection.TableProblem;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What has to be at the server before the first row: publication and slot. */
final class Startup {
  /** Nobody waits long for a table that someone has locked. */
  static final String BOUND_LOCKS = "SET lock_timeout = '3s'";

  private static final String NO_FREE_SLOT = "53400";

  /** With what follows, within the 63 characters of a name. */
  private static final int TEMPORARY_NAME_KEPT = 50;

  private final PostgresConfig config;
  private final ServerAddress address;
  private final SlotMemory memory;
  private final Set<String> leftOut;

  /** Of all tables. */
  Startup(PostgresConfig config, ServerAddress address, SlotMemory memory) {
    this(config, address, memory, Set.of());
  }

  /**
   * @param leftOut tables that are not captured now, by their names in Freshet
   */
  Startup(PostgresConfig config, ServerAddress address, SlotMemory memory, Set<String> leftOut) {
    this.config = config;
    this.address = address;
    this.memory = memory;
    this.leftOut = Set.copyOf(leftOut);
  }

  Set<String> leftOut() {
    return leftOut;
  }

  /**
   * What a source that goes on has before it.
   *
   * @param shapes the tables that the log has, as the server has them now
   * @param captured the same, and since when the log has them
   * @param added the names of those that it has not: their rows until now are not in the stream,
   *     and they may not be fit for being captured
   */
  record Tables(List<TableShape> shapes, Map<Integer, Long> captured, Set<String> added) {}

  /**
   * Compares the tables that are to be captured with those that the log has.
   *
   * @param from where the log ends. If it does not say which tables it has, it has those that the
   *     publication covers
   * @param anew tables that count as such that it has not, by their names in Freshet
   * @throws FreshetException when one that it has cannot be captured any more
   */
  Tables tables(
      PgConnection connection,
      Server server,
      List<SourceTable> known,
      Position from,
      Set<String> anew)
      throws SQLException {
    Set<String> added = new TreeSet<>();
    List<Chosen> chosen = chosen(connection, from, anew, added);
    Publication publication =
        Publication.find(connection, config.publication(), server.version()).orElseThrow();
    Map<Integer, Long> captured = new TreeMap<>();
    List<TableShape> shapes = new ArrayList<>();
    for (TableShape shape : Preflight.shapesOf(chosen, Optional.of(publication))) {
      boolean isCovered = publication.tables().containsKey(shape.origin());
      boolean isThere =
          from.tables().isEmpty() ? isCovered : from.tables().containsKey(shape.relation());
      if (isThere && isCovered && !anew.contains(shape.name())) {
        captured.put(shape.relation(), from.tables().getOrDefault(shape.relation(), 0L));
        shapes.add(versioned(shape, known));
      } else {
        added.add(shape.name());
      }
    }
    return new Tables(shapes, Position.named(captured), added);
  }

  /**
   * The tables that are to be captured and are fit for it.
   *
   * @param added gets those that are not, and which the log has not, or is to get anew
   * @throws FreshetException when one that it has cannot be captured any more
   */
  private List<Chosen> chosen(
      PgConnection connection, Position from, Set<String> anew, Set<String> added)
      throws SQLException {
    List<TableProblem> problems = new ArrayList<>();
    List<Chosen> chosen =
        new ArrayList<>(Selection.choose(config.tables(), Catalog.load(connection), problems));
    Set<Integer> there =
        chosen.stream().map(each -> each.table().oid()).collect(Collectors.toSet());
    problems.addAll(Selection.unfit(chosen, address.user()));
    problems.removeIf(each -> leftOut.contains(each.table()));
    chosen.removeIf(each -> leftOut.contains(each.name()));
    boolean hasAll = there.containsAll(from.withoutMark().keySet());
    for (TableProblem each : problems) {
      boolean isOther = each.relation() == 0 ? hasAll : !from.tables().containsKey(each.relation());
      boolean isNamed = !each.table().isEmpty() && !from.tables().isEmpty();
      if (isNamed && (isOther || anew.contains(each.table()))) {
        added.add(each.table());
      }
    }
    problems.removeIf(each -> added.contains(each.table()));
    throwAll(problems);
    chosen.removeIf(each -> added.contains(each.name()));
    return chosen;
  }

  private static void throwAll(List<TableProblem> problems) {
    List<SourceTable> none = List.of();
    new SourceCheck(none, problems.stream().map(TableProblem::problem).toList()).orThrow();
  }

  /**
   * Lets tables join those that are streamed: the publication covers them first, then a slot that
   * lives only as long as the connection gives a snapshot, and goes on from there. The server makes
   * that snapshot when all transactions that ran before have ended, so none of them is in neither
   * snapshot nor stream; that may take as long as they do.
   *
   * @param replication the connection that will hold the exported snapshot
   * @param names the tables' names in Freshet
   * @throws TableTrouble when one of them cannot be read
   */
  SnapshotPlan prepareBeside(
      PgConnection connection,
      PgConnection replication,
      Server server,
      List<SourceTable> known,
      Set<String> names)
      throws SQLException {
    connection.execute(BOUND_LOCKS);
    List<TableProblem> problems = new ArrayList<>();
    List<Chosen> chosen =
        new ArrayList<>(Selection.choose(config.tables(), Catalog.load(connection), problems));
    chosen.removeIf(each -> !names.contains(each.name()));
    problems.addAll(Selection.unfit(chosen, address.user()));
    for (TableProblem each : problems) {
      if (names.contains(each.table())) {
        throw new TableTrouble(each.table(), each.problem().error());
      }
    }
    for (Chosen each : chosen) {
      try {
        cover(connection, server, each);
      } catch (SQLException e) {
        String what = "add " + each.table().origin() + " to publication " + config.publication();
        throw TableTrouble.of(each.name(), what, address, e);
      }
    }
    Slot.Created point = Slot.createTemporary(replication, server, temporaryName());
    List<SnapshotPlan.Part> parts = parts(connection, point, chosen, known);
    for (Chosen each : chosen) {
      int relation = each.table().oid();
      if (parts.stream().noneMatch(part -> part.shape().relation() == relation)) {
        throw new TableTrouble(
            each.name(),
            new FreshetException(
                ErrorCode.NOT_FOUND,
                "Cannot read " + each.table().origin() + ": it was dropped meanwhile."));
      }
    }
    Set<Integer> emptied =
        parts.stream()
            .map(SnapshotPlan.Part::shape)
            .filter(shape -> config.keepsRowsOf(shape.name()))
            .map(TableShape::relation)
            .collect(Collectors.toSet());
    return SnapshotPlan.beside(server.systemId(), point, parts, emptied);
  }

  private void cover(PgConnection connection, Server server, Chosen added) throws SQLException {
    boolean isCovered =
        Publication.find(connection, config.publication(), server.version())
            .filter(found -> found.tables().containsKey(added.table().origin()))
            .isPresent();
    boolean isForgotten = !isCovered && server.forgetsAddedTables();
    String mode = isForgotten ? "SHARE ROW EXCLUSIVE" : "ACCESS SHARE";
    connection.execute("BEGIN");
    connection.execute("LOCK TABLE ONLY " + added.table().qualified() + " IN " + mode + " MODE");
    ensurePublication(connection, server, List.of(added));
    connection.execute("COMMIT");
  }

  /** One of its own for each try: that of a try before may live on for a moment. */
  private String temporaryName() {
    String name = config.slot();
    String kept = name.substring(0, Math.min(name.length(), TEMPORARY_NAME_KEPT));
    return kept + "_add_" + Long.toHexString(System.nanoTime() & 0xFFFF_FFFFL);
  }

  /** The tables that are there, whether they can be captured or not. */
  record Found(List<Chosen> chosen, Optional<Publication> publication) {}

  /** As the connection's transaction sees them. */
  Found found(PgConnection connection) throws SQLException {
    return new Found(
        Selection.choose(config.tables(), Catalog.load(connection)),
        Publication.find(connection, config.publication(), Server.versionOf(connection)));
  }

  /**
   * What to read of one table, whatever the others are like.
   *
   * @throws FreshetException when it is not there, or cannot be read
   */
  SnapshotPlan.Part part(Found found, String name, List<SourceTable> known) {
    Chosen chosen =
        found.chosen().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new FreshetException(
                    ErrorCode.NOT_FOUND, "Cannot find table " + name + " at the source."));
    List<SourceTable> none = List.of();
    new SourceCheck(none, TableRules.problems(chosen.table(), address.user())).orThrow();
    return parts(List.of(chosen), found.publication(), known, Map.of()).getFirst();
  }

  /**
   * @param connection enters the snapshot, for what the catalog has of the tables in it; their
   *     files have all that it sees by then
   * @param chosen as they were before the slot was made, which waits for transactions that are open
   *     and may change them
   */
  private List<SnapshotPlan.Part> parts(
      PgConnection connection, Slot.Created point, List<Chosen> chosen, List<SourceTable> known)
      throws SQLException {
    point.enter(connection);
    Set<Integer> tables =
        chosen.stream().map(each -> each.table().oid()).collect(Collectors.toSet());
    List<Chosen> seen =
        Selection.choose(config.tables(), Catalog.load(connection)).stream()
            .filter(each -> tables.contains(each.table().oid()))
            .toList();
    Optional<Publication> published =
        Publication.find(connection, config.publication(), Server.versionOf(connection));
    return parts(seen, published, known, TablePages.load(connection, tables));
  }

  private List<SnapshotPlan.Part> parts(
      List<Chosen> chosen,
      Optional<Publication> publication,
      List<SourceTable> known,
      Map<Integer, TablePages> pages) {
    List<SnapshotPlan.Part> parts = new ArrayList<>();
    List<TableShape> shapes =
        Preflight.shapesOf(chosen, publication).stream()
            .map(shape -> versioned(shape, known))
            .toList();
    for (int i = 0; i < shapes.size(); i++) {
      TableShape shape = shapes.get(i);
      CatalogTable table = chosen.get(i).table();
      parts.add(
          new SnapshotPlan.Part(
                  shape,
                  publication.map(found -> found.of(shape).rowFilter()).orElse(""),
                  table.kind(),
                  pages.getOrDefault(table.oid(), TablePages.ofRows(table.rowEstimate())),
                  0)
              .withFingerprint(table, config.masks()));
    }
    return parts;
  }

  private static TableShape versioned(TableShape shape, List<SourceTable> known) {
    for (SourceTable table : known) {
      if (table.name().equals(shape.name())) {
        boolean same = table.schema().equals(shape.schema());
        return shape.withVersion(same ? table.schemaVersion() : table.schemaVersion() + 1);
      }
    }
    return shape;
  }

  private List<Chosen> chosen(PgConnection connection) throws SQLException {
    List<TableProblem> problems = new ArrayList<>();
    List<Chosen> chosen =
        new ArrayList<>(Selection.choose(config.tables(), Catalog.load(connection), problems));
    problems.addAll(Selection.unfit(chosen, address.user()));
    chosen.removeIf(each -> leftOut.contains(each.name()));
    problems.removeIf(each -> leftOut.contains(each.table()));
    throwAll(problems);
    return chosen;
  }

  /**
   * What keeps the stream from going on at this position, if the tables are to be read anew then
   * and can be.
   */
  Optional<Problem> lost(PgConnection connection, Server server, Position position)
      throws SQLException {
    Optional<Slot> slot = Slot.find(connection, config.slot());
    return Preflight.positionProblem(config.slot(), position, server, slot)
        .filter(_ ->
            config.whenLost() == WhenLost.RESNAPSHOT
                && OwnSlot.mayTakeThePlaceOf(slot, memory, server));
  }

  /**
   * Drops the slot that this source has streamed from; {@code false} while the server has not
   * noticed that nobody does any more.
   */
  boolean dropSlot(PgConnection connection) throws SQLException {
    Optional<Slot> slot = Slot.find(connection, config.slot());
    boolean isActive = slot.filter(found -> found.activePid() != 0).isPresent();
    if (slot.isPresent() && !isActive) {
      Slot.drop(connection, config.slot());
    }
    return !isActive;
  }

  /**
   * Makes slot and publication anew, for all tables that the log has: the others are read beside
   * them when they can be.
   *
   * @param from where the log ends; it has all tables if it does not say which
   */
  SnapshotPlan prepareAgain(
      PgConnection connection,
      PgConnection replication,
      Server server,
      List<SourceTable> known,
      Position from)
      throws SQLException {
    List<Chosen> chosen = chosen(connection, from, Set.of(), new TreeSet<>());
    if (!from.tables().isEmpty()) {
      chosen.removeIf(each -> !from.tables().containsKey(each.table().oid()));
    }
    ensurePublication(connection, server, chosen);
    Optional<Slot> old = Slot.find(connection, config.slot());
    if (old.isPresent()) {
      Slot.drop(connection, config.slot());
    }
    Slot.Created point = create(connection, replication, server);
    return SnapshotPlan.again(server.systemId(), point, parts(connection, point, chosen, known));
  }

  /** Throws unless the stream can go on at this position. */
  void checkResume(PgConnection connection, Server server, Position position) throws SQLException {
    Optional<Slot> slot = Slot.find(connection, config.slot());
    throwIf(slot.flatMap(found -> found.misuse(address.database())));
    throwIf(Preflight.positionProblem(config.slot(), position, server, slot));
    if (Publication.find(connection, config.publication(), server.version()).isEmpty()) {
      throwIf(
          Optional.of(
              new Problem(
                  ErrorCode.SOURCE_POSITION_LOST,
                  "Cannot resume at "
                      + position
                      + ": publication "
                      + config.publication()
                      + " has been dropped.",
                  "capture the tables anew: remove the source's data from Freshet's directory, so"
                      + " that it begins with a snapshot")));
    }
  }

  /**
   * Makes publication and slot for a snapshot. The slot of an attempt before is dropped: the log
   * has no position in it, so nobody streams from it. A slot that this source did not make is never
   * dropped: another project may live on it.
   *
   * @param replication the connection that will hold the exported snapshot
   */
  SnapshotPlan prepareSnapshot(
      PgConnection connection, PgConnection replication, Server server, List<SourceTable> known)
      throws SQLException {
    List<Chosen> chosen = chosen(connection);
    ensurePublication(connection, server, chosen);
    Optional<Slot> old = Slot.find(connection, config.slot());
    if (old.isPresent()) {
      throwIf(old.get().misuse(address.database()));
      if (old.get().activePid() != 0) {
        throwIf(Optional.of(old.get().activeProblem()));
      }
      boolean isOurs =
          OwnSlot.recall(memory).filter(own -> own.isUnread(old.get(), server)).isPresent();
      if (!isOurs) {
        throwIf(Optional.of(old.get().foreignProblem()));
      }
      Slot.drop(connection, config.slot());
    }
    Slot.Created point = create(connection, replication, server);
    return SnapshotPlan.first(server.systemId(), point, parts(connection, point, chosen, known));
  }

  /**
   * Lets a first snapshot that was broken off go on: its slot is still there and has what changed
   * since, a slot that lives only as long as the connection gives a new snapshot. Empty when it has
   * to begin anew.
   *
   * @param trail what the log has of it
   */
  Optional<SnapshotPlan> prepareResumed(
      PgConnection connection,
      PgConnection replication,
      Server server,
      List<SourceTable> known,
      SnapshotTrail trail)
      throws SQLException {
    Optional<Slot> slot = Slot.find(connection, config.slot());
    boolean isOurs =
        slot.isPresent()
            && !slot.get().isLost()
            && trail.isOf(server, slot.get())
            && OwnSlot.recall(memory).filter(own -> own.isUnread(slot.get(), server)).isPresent();
    if (!trail.isUsable() || !isOurs) {
      return Optional.empty();
    }
    if (slot.get().activePid() != 0) {
      throwIf(Optional.of(slot.get().activeProblem()));
    }
    List<Chosen> chosen = chosen(connection);
    Optional<Publication> publication =
        Publication.find(connection, config.publication(), server.version());
    boolean isCovered =
        publication.isPresent()
            && chosen.stream()
                .allMatch(each -> publication.get().tables().containsKey(each.table().origin()));
    if (!isCovered) {
      return Optional.empty();
    }
    Slot.Created point;
    try {
      point = Slot.createTemporary(replication, server, temporaryName());
    } catch (SQLException e) {
      if (String.valueOf(e.getSQLState()).equals(NO_FREE_SLOT)) {
        return Optional.empty(); // to begin anew needs no second one
      }
      throw e;
    }
    List<SnapshotPlan.Part> parts = parts(connection, point, chosen, known);
    Map<Integer, Long> names = new TreeMap<>();
    parts.forEach(part -> names.put(part.shape().relation(), part.names()));
    if (!trail.isOfTables(names)) {
      return Optional.empty(); // the log has rows under names that stand for others now
    }
    Map<Integer, List<PageRange>> read = new TreeMap<>();
    for (SnapshotPlan.Part part : parts) {
      List<PageRange> ranges = trail.ranges(part.shape().relation(), part.fingerprint());
      if (part.isKept() && !ranges.isEmpty()) {
        read.put(part.shape().relation(), ranges);
      }
    }
    if (read.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        SnapshotPlan.resumed(server.systemId(), point, trail.slotPoint(), parts, read));
  }

  /**
   * What is to be read when the changes since the snapshot that was broken off are in the log.
   *
   * @param shapes the tables as these changes have shown them
   */
  static SnapshotPlan afterReplay(SnapshotPlan plan, List<TableShape> shapes, Rereads rereads) {
    List<SourceTable> shown = shapes.stream().map(TableShape::toSourceTable).toList();
    List<SnapshotPlan.Part> parts =
        plan.tables().stream().map(part -> part.withShape(versioned(part.shape(), shown))).toList();
    Map<Integer, List<PageRange>> read = new TreeMap<>(plan.read());
    Set<Integer> emptied = new HashSet<>(plan.emptied());
    List<Slice> single = new ArrayList<>();
    for (SnapshotPlan.Part part : parts) {
      int relation = part.shape().relation();
      if (read.containsKey(relation) && rereads.areTooMany(relation)) {
        read.remove(relation);
        emptied.add(relation);
      } else if (read.containsKey(relation)) {
        rereads
            .of(relation)
            .forEach(keys -> single.add(Slice.ofKeys(part, KeyCondition.of(part.shape(), keys))));
      }
    }
    return new SnapshotPlan(
        plan.point(), plan.underWay(), plan.done(), plan.kind(), parts, emptied, read, single);
  }

  private Slot.Created create(PgConnection connection, PgConnection replication, Server server)
      throws SQLException {
    Slot.Created created = Slot.create(replication, server, config.slot());
    try {
      new OwnSlot(config.slot(), server.systemId(), created.consistentPoint()).remember(memory);
    } catch (RuntimeException e) {
      Slot.drop(connection, config.slot()); // else nobody would know whose it is
      throw e;
    }
    return created;
  }

  private void ensurePublication(PgConnection connection, Server server, List<Chosen> chosen)
      throws SQLException {
    Optional<Publication> found =
        Publication.find(connection, config.publication(), server.version());
    if (found.isEmpty()) {
      connection.execute(
          Publication.createStatement(
              config.publication(),
              chosen.stream().map(each -> each.table().qualified()).toList()));
      return;
    }
    List<String> absent =
        chosen.stream()
            .map(Chosen::table)
            .filter(table -> !found.get().tables().containsKey(table.origin()))
            .map(CatalogTable::qualified)
            .toList();
    if (!absent.isEmpty()) {
      connection.execute(Publication.addStatement(config.publication(), absent));
    }
  }

  private static void throwIf(Optional<Problem> problem) {
    if (problem.isPresent()) {
      new SourceCheck(List.of(), List.of(problem.get())).orThrow();
    }
  }
}
