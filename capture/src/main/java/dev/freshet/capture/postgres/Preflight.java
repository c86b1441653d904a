package dev.freshet.capture.postgres;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SchemaChange;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.capture.postgres.CatalogTable.CatalogColumn;
import dev.freshet.capture.postgres.PgConnection.Purpose;
import dev.freshet.capture.postgres.PostgresConfig.WhenLost;
import dev.freshet.capture.postgres.Selection.Chosen;
import dev.freshet.capture.postgres.Selection.TableProblem;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Looks for everything that would keep a source from running, before it starts. One use each. */
final class Preflight {
  private static final int RELEASE_POLLS = 50;
  private static final long RELEASE_POLL_MILLIS = 100;

  private final PostgresConfig config;
  private final ServerAddress address;
  private final SlotMemory memory;
  private final TableMemory tables;
  private final Set<String> paused;
  private final Resume resume;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** The tables that are to be captured now. */
  private List<Chosen> chosen = List.of();

  private List<TableShape> shapes = List.of();

  /** With those that are left alone, as far as they are there. */
  private List<TableShape> all = List.of();

  /** As the project has them, of those that are not there and need not be. */
  private final List<SourceTable> missing = new ArrayList<>();

  private Preflight(
      PostgresConfig config,
      ServerAddress address,
      SlotMemory memory,
      TableMemory tables,
      Set<String> paused,
      Resume resume) {
    this.config = config;
    this.address = address;
    this.memory = memory;
    this.tables = tables;
    this.paused = paused;
    this.resume = resume;
  }

  /**
   * @param paused tables of which nothing is asked now
   */
  static SourceCheck run(
      PostgresConfig config,
      SlotMemory memory,
      TableMemory tables,
      Set<String> paused,
      Resume resume) {
    ServerAddress address;
    try {
      address = ServerAddress.parse(config.url());
    } catch (FreshetException e) {
      return new SourceCheck(List.of(), List.of(problem(e)));
    }
    return new Preflight(config, address, memory, tables, paused, resume).check();
  }

  private SourceCheck check() {
    try (PgConnection connection = PgConnection.open(address, Purpose.QUERIES)) {
      checkAll(connection);
    } catch (SQLException e) {
      problems.add(problem(PgErrors.of("check the source", address, e)));
    } catch (FreshetException e) {
      problems.add(problem(e));
    }
    List<SchemaChange> changes = changes();
    List<SourceTable> shown =
        Stream.concat(all.stream().map(TableShape::toSourceTable), missing.stream()).toList();
    return new SourceCheck(shown, problems, notes(), changes);
  }

  private List<SchemaChange> changes() {
    return resume instanceof Resume.After after
        ? TableHistory.upToNow(tables, shapes, Position.decode(after.position()).lsn())
        : List.of();
  }

  private void lookForTrigger(PgConnection connection) throws SQLException {
    if (!DdlTrigger.isInstalled(connection)) {
      notes.add(
          "no event trigger tells how tables are altered: some changes cannot be told apart. As a"
              + " superuser: freshet source install "
              + config.name());
    }
  }

  /** Types that are not known here are taken as text: nothing is lost, and nothing is computed. */
  private List<String> notes() {
    for (Chosen each : chosen) {
      for (CatalogColumn column : each.table().columns()) {
        if (!column.isGenerated() && !column.column().type().hasBinary()) {
          notes.add(
              each.table().origin()
                  + "."
                  + column.column().name()
                  + " has type "
                  + column.sqlType()
                  + ", which is captured as text ("
                  + column.column().type().type().sql()
                  + "). To leave the column out, name the others in contracts/"
                  + each.name()
                  + ".yaml.");
        }
      }
    }
    return notes;
  }

  private static Problem problem(FreshetException e) {
    String message = String.valueOf(e.getMessage());
    int fix = message.indexOf(" Fix: ");
    return fix < 0
        ? new Problem(e.code(), message, "")
        : new Problem(e.code(), message.substring(0, fix), message.substring(fix + 6));
  }

  private void checkAll(PgConnection connection) throws SQLException {
    int version = Server.versionOf(connection);
    if (version < Server.OLDEST_VERSION) {
      problems.add(
          misconfigured(
              "Cannot capture from PostgreSQL "
                  + version / 10_000
                  + " at "
                  + address
                  + ": Freshet needs 14 or later.",
              "upgrade the server"));
      return;
    }
    checkWalLevel(connection);
    boolean mayReplicate = checkRole(connection);
    Catalog catalog = Catalog.load(connection);
    List<TableProblem> found = new ArrayList<>();
    List<Chosen> there = Selection.choose(config.tables(), catalog, found);
    found.addAll(Selection.unfit(there, address.user()));
    Set<String> later = new HashSet<>(paused);
    for (TableProblem each : found) {
      if (mayComeLater(each, there)) {
        later.add(each.table());
        held(each.table()).filter(_ -> each.relation() == 0).ifPresent(missing::add);
      }
      add(each, later);
    }
    chosen = there.stream().filter(each -> !later.contains(each.name())).toList();
    Optional<Publication> publication = Publication.find(connection, config.publication(), version);
    shapes = shapesOf(chosen, publication);
    all = shapesOf(there, publication);
    checkPublication(connection, publication);
    if (mayReplicate) {
      checkReplication(connection);
    }
    lookForTrigger(connection);
  }

  private void add(TableProblem problem, Set<String> later) {
    if (paused.contains(problem.table())) {
      notes.add(problem.table() + " is paused; to resume it: " + problem.problem());
    } else if (later.contains(problem.table())) {
      notes.add(problem.table() + " is read when it can be: " + problem.problem());
    } else {
      problems.add(problem.problem());
    }
  }

  /**
   * Whether the project has had the table and the log has it not now, as when it was resumed and
   * could not be read: the running source goes on without it, and so does a start.
   */
  private boolean mayComeLater(TableProblem problem, List<Chosen> there) {
    if (held(problem.table()).isEmpty() || !(resume instanceof Resume.After after)) {
      return false;
    }
    Position position = Position.decode(after.position());
    Map<Integer, Long> captured = position.withoutMark();
    return position.kind() == Position.Kind.STREAMING
        && !position.tables().isEmpty()
        && (problem.relation() == 0
            ? there.stream().map(each -> each.table().oid()).toList().containsAll(captured.keySet())
            : !captured.containsKey(problem.relation()));
  }

  private Optional<SourceTable> held(String table) {
    return resume instanceof Resume.After after
        ? after.tables().stream().filter(each -> each.name().equals(table)).findFirst()
        : Optional.empty();
  }

  static List<TableShape> shapesOf(List<Chosen> chosen, Optional<Publication> publication) {
    return chosen.stream()
        .filter(each -> each.table().isTable())
        .map(each ->
            each.table()
                .shape(
                    each.name(),
                    publication
                        .map(p -> p.tables().get(each.table().origin()))
                        .map(Publication.Published::columns)
                        .orElse(List.of())))
        .toList();
  }

  private void checkWalLevel(PgConnection connection) throws SQLException {
    String level = setting(connection, "wal_level");
    if (!level.equals("logical")) {
      problems.add(
          misconfigured(
              "Cannot replicate from "
                  + address
                  + ": wal_level is "
                  + level
                  + ", and must be logical.",
              "ALTER SYSTEM SET wal_level = 'logical', then restart the server (managed services:"
                  + " their parameter for logical replication)"));
    }
  }

  private boolean checkRole(PgConnection connection) throws SQLException {
    boolean may =
        truth(
            connection,
            """
            SELECT rolsuper OR rolreplication OR EXISTS (
                     SELECT 1 FROM pg_roles g WHERE g.rolname IN ('rds_replication', 'rds_superuser')
                     AND pg_has_role(r.oid, g.oid, 'MEMBER'))
            FROM pg_roles r WHERE rolname = current_user\
            """);
    if (!may) {
      problems.add(
          misconfigured(
              "Cannot replicate from "
                  + address
                  + ": role "
                  + address.user()
                  + " lacks the attribute REPLICATION.",
              "ALTER ROLE " + Sql.quote(address.user()) + " REPLICATION"));
    }
    return may;
  }

  private void checkPublication(PgConnection connection, Optional<Publication> found)
      throws SQLException {
    if (found.isEmpty()) {
      checkMayCreatePublication(connection);
      return;
    }
    Publication publication = found.get();
    if (!publication.operationsLeftOut().isEmpty()) {
      problems.add(
          misconfigured(
              "Cannot use publication "
                  + publication.name()
                  + ": it leaves out "
                  + String.join(", ", publication.operationsLeftOut())
                  + ".",
              "ALTER PUBLICATION "
                  + Sql.quote(publication.name())
                  + " SET (publish = 'insert, update, delete, truncate')"));
    }
    checkCoverage(connection, publication);
  }

  private void checkCoverage(PgConnection connection, Publication publication) throws SQLException {
    boolean adds = false;
    for (TableShape shape : shapes) {
      Chosen each =
          chosen.stream()
              .filter(c -> c.table().oid() == shape.relation())
              .findFirst()
              .orElseThrow();
      if (each.table().kind() == 'p' && !publication.viaRoot()) {
        problems.add(
            misconfigured(
                "Cannot capture partitioned table "
                    + shape.origin()
                    + ": publication "
                    + publication.name()
                    + " publishes its partitions one by one.",
                "ALTER PUBLICATION "
                    + Sql.quote(publication.name())
                    + " SET (publish_via_partition_root = true)"));
      } else if (!publication.tables().containsKey(shape.origin())) {
        checkMayAdd(publication, each);
        adds = true;
      }
    }
    if (adds && !truth(connection, Publication.IS_OWNED, publication.name())) {
      problems.add(
          misconfigured(
              "Cannot add tables to publication "
                  + publication.name()
                  + ": role "
                  + address.user()
                  + " does not own it.",
              "ALTER PUBLICATION "
                  + Sql.quote(publication.name())
                  + " OWNER TO "
                  + Sql.quote(address.user())));
    }
  }

  private void checkMayAdd(Publication publication, Chosen each) {
    String statement =
        Publication.addStatement(publication.name(), List.of(each.table().qualified()));
    if (!each.table().isOwned()) {
      problems.add(
          misconfigured(
              "Cannot capture "
                  + each.table().origin()
                  + ": publication "
                  + publication.name()
                  + " does not cover it, and role "
                  + address.user()
                  + " does not own the table.",
              statement + " (as the table's owner)"));
    }
  }

  private boolean isStreaming() {
    return resume instanceof Resume.After after
        && Position.decode(after.position()).kind() == Position.Kind.STREAMING;
  }

  private void checkMayCreatePublication(PgConnection connection) throws SQLException {
    String statement =
        Publication.createStatement(
            config.publication(), chosen.stream().map(each -> each.table().qualified()).toList());
    if (!truth(connection, "SELECT has_database_privilege(current_database(), 'CREATE')")) {
      problems.add(
          misconfigured(
              "Cannot create publication "
                  + config.publication()
                  + ": role "
                  + address.user()
                  + " lacks the privilege CREATE on database "
                  + address.database()
                  + ".",
              "GRANT CREATE ON DATABASE "
                  + Sql.quote(address.database())
                  + " TO "
                  + Sql.quote(address.user())
                  + ", or, as the tables' owner: "
                  + statement));
    }
    List<String> foreign =
        chosen.stream()
            .map(Chosen::table)
            .filter(table -> table.isTable() && !table.isOwned())
            .map(CatalogTable::origin)
            .toList();
    if (!foreign.isEmpty()) {
      problems.add(
          misconfigured(
              "Cannot create publication "
                  + config.publication()
                  + ": role "
                  + address.user()
                  + " does not own "
                  + String.join(", ", foreign)
                  + ".",
              "as the tables' owner: " + statement));
    }
  }

  private void checkReplication(PgConnection connection) throws SQLException {
    Server server;
    try (PgConnection replication = PgConnection.open(address, Purpose.REPLICATION)) {
      server = Server.identify(replication);
    }
    Optional<Slot> slot = awaitRelease(connection);
    if (slot.isPresent()) {
      Optional<Problem> misuse = slot.get().misuse(address.database());
      misuse.ifPresent(problems::add);
      if (misuse.isEmpty() && slot.get().activePid() != 0) {
        problems.add(slot.get().activeProblem());
      } else if (misuse.isEmpty() && !isStreaming() && !isOwn(server)) {
        problems.add(slot.get().foreignProblem());
      }
    } else {
      checkFreeSlot(connection);
    }
    // While another process reads the slot, it moves under our eyes.
    boolean inUse = slot.isPresent() && slot.get().activePid() != 0;
    if (resume instanceof Resume.After after && !inUse) {
      Position position = Position.decode(after.position());
      if (position.kind() == Position.Kind.STREAMING) {
        positionProblem(config.slot(), position, server, slot)
            .ifPresent(problem -> lost(problem, slot, server));
      }
    }
  }

  private void lost(Problem problem, Optional<Slot> slot, Server server) {
    if (config.whenLost() == WhenLost.RESNAPSHOT
        && OwnSlot.mayTakeThePlaceOf(slot, memory, server)) {
      notes.add("the tables are read anew with the next start: " + problem.message());
    } else {
      problems.add(problem);
    }
  }

  private boolean isOwn(Server server) {
    return OwnSlot.recall(memory).filter(own -> own.isNamed(config.slot(), server)).isPresent();
  }

  /** What keeps the stream from going on at a position. */
  static Optional<Problem> positionProblem(
      String slotName, Position position, Server server, Optional<Slot> slot) {
    if (position.systemId() != server.systemId()) {
      return Optional.of(Slot.otherServer(position));
    }
    if (slot.isEmpty()) {
      return Optional.of(Slot.missing(slotName, position));
    }
    if (Lsn.isAfter(position.lsn(), server.walEnd())) {
      return Optional.of(Slot.serverBehind(position, server));
    }
    return slot.get().problemAt(position);
  }

  /**
   * After a crash of ours the server may need a moment to notice that the slot's reader is gone.
   */
  private Optional<Slot> awaitRelease(PgConnection connection) throws SQLException {
    Optional<Slot> slot = Slot.find(connection, config.slot());
    for (int i = 0; i < RELEASE_POLLS && slot.isPresent() && slot.get().activePid() != 0; i++) {
      try {
        Thread.sleep(RELEASE_POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return slot;
      }
      slot = Slot.find(connection, config.slot());
    }
    return slot;
  }

  private void checkFreeSlot(PgConnection connection) throws SQLException {
    String max = setting(connection, "max_replication_slots");
    if (truth(
        connection,
        "SELECT count(*) >= current_setting('max_replication_slots')::int FROM"
            + " pg_replication_slots")) {
      problems.add(
          misconfigured(
              "Cannot create replication slot "
                  + config.slot()
                  + ": all "
                  + max
                  + " slots of the server are taken.",
              "ALTER SYSTEM SET max_replication_slots = "
                  + (Integer.parseInt(max) + 10)
                  + ", then restart the server; or drop an unused slot: SELECT"
                  + " pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT"
                  + " active AND slot_name = '...'"));
    }
  }

  private static String setting(PgConnection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.jdbc().prepareStatement("SELECT current_setting(?)")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static boolean truth(PgConnection connection, String query, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.jdbc().prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static Problem misconfigured(String message, String fix) {
    return new Problem(ErrorCode.SOURCE_MISCONFIGURED, message, fix);
  }
}
