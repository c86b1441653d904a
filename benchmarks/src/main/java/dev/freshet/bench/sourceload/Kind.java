package dev.freshet.bench.sourceload;

import dev.freshet.core.change.Operation;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.mariadb.MariaDbServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A kind of source, and what of the proof it cannot have. */
enum Kind {
  POSTGRES(
      "postgres",
      List.of(Operation.values()),
      Set.of(Lack.BAD_ROWS),
      "logical replication; no bad rows: the server has typed them"),
  TRIGGER(
      "trigger",
      List.of(Operation.values()),
      Set.of(Lack.BAD_ROWS, Lack.PARTS),
      "changes that triggers of a PostgreSQL write down; no bad rows, no parts of transactions"),
  JDBC_POLL(
      "jdbc-poll",
      List.of(),
      Set.of(Lack.BAD_ROWS, Lack.PARTS),
      "rows that are asked for: those that are, so not each change; no deletes, bad rows or parts"),
  MYSQL(
      "mysql",
      List.of(Operation.SNAPSHOT, Operation.INSERT, Operation.UPDATE, Operation.DELETE),
      Set.of(Lack.BAD_ROWS, Lack.PARTS),
      "the binary log of a MariaDB; no bad rows: the server has typed them; parts of transactions"
          + " may come and are not required"),
  KAFKA(
      "kafka",
      List.of(Operation.DELETE),
      Set.of(Lack.PARTS),
      "topics of JSON with keys in several partitions, and transactions, of which aborted ones must"
          + " not come; order by key: there is none between partitions; no snapshot, no emptied"
          + " tables, and a transaction is not one step, as its messages do not say where it ends"),
  FILES(
      "files",
      List.of(),
      Set.of(Lack.PARTS),
      "CSV and JSON lines that are moved in, written in two pieces, appended to, and come twice;"
          + " order within a file: there is none between files; rows are only added and changed"),
  HTTP(
      "http",
      List.of(Operation.DELETE),
      Set.of(Lack.PARTS),
      "requests of several senders with idempotency keys, handed over as the server does it, and"
          + " repeated; order by sender: there is none between them; no snapshot, no emptied tables"),
  GENERATOR(
      "generator",
      List.of(),
      Set.of(Lack.BAD_ROWS, Lack.PARTS, Lack.NEW_COLUMNS),
      "made-up rows of a seed, the same whatever ends; no new columns, bad rows or parts, and rows"
          + " are only added and changed");

  /** What a kind may not have. */
  enum Lack {
    NEW_COLUMNS,
    BAD_ROWS,
    /** A transaction in several change sets. */
    PARTS
  }

  private final String text;
  private final List<Operation> operations;
  private final Set<Lack> lacks;
  private final String says;

  Kind(String text, List<Operation> operations, Set<Lack> lacks, String says) {
    this.text = text;
    this.operations = operations;
    this.lacks = lacks;
    this.says = says;
  }

  /**
   * @throws FreshetException {@link ErrorCode#REQUEST_INVALID} when there is none of this name
   */
  static Kind of(String text) {
    return Stream.of(values())
        .filter(kind -> kind.text.equals(text))
        .findFirst()
        .orElseThrow(() ->
            new FreshetException(
                ErrorCode.REQUEST_INVALID,
                "Invalid --source: " + text + "; give one of " + names()));
  }

  static String names() {
    return Stream.of(values()).map(Kind::toString).collect(Collectors.joining(", "));
  }

  /** The operations that a proof has to have seen. */
  List<Operation> operations() {
    return operations;
  }

  boolean lacks(Lack what) {
    return lacks.contains(what);
  }

  /** What it reads here, and what it cannot have. */
  String says() {
    return says;
  }

  /** For the rows of a life. Debezium's connector loads its classes anew for each. */
  Duration patience() {
    return this == MYSQL ? Duration.ofMinutes(3) : Duration.ofMinutes(1);
  }

  /** Whether its origin is there for this platform. */
  boolean canRun() {
    return this != MYSQL || MariaDbServer.isHere();
  }

  @Override
  public String toString() {
    return text;
  }
}
