package dev.freshet.capture.postgres;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * How to capture one PostgreSQL database.
 *
 * @param name the source's name in the project
 * @param url {@code postgres://user:password@host:port/database?sslmode=...}, {@code
 *     postgresql://...} or {@code jdbc:postgresql://...}
 * @param tables which tables to take; never empty
 * @param slot the replication slot, which belongs to this source alone; created when it does not
 *     exist. One that another project made is refused, never dropped
 * @param publication the publication; created when it does not exist
 * @param snapshotConnections connections that read the initial snapshot, 1 to 32
 * @param whenLost what to do when the stream cannot go on from where the log ends
 * @param walBudget how much WAL the server may keep for the slot
 * @param masks what is done to rows before they are written, as a text: a snapshot that was broken
 *     off goes on only under the same
 */
public record PostgresConfig(
    String name,
    String url,
    List<TableChoice> tables,
    String slot,
    String publication,
    int snapshotConnections,
    WhenLost whenLost,
    WalBudget walBudget,
    String masks,
    Limits limits) {
  private static final int MAX_NAME = 63;

  /**
   * How much WAL the server may keep for the slot.
   *
   * @param bytes {@link Long#MAX_VALUE} for any amount
   * @param whenOver what to do when it keeps more
   */
  public record WalBudget(long bytes, WhenOver whenOver) {
    public static final WalBudget NONE = new WalBudget(Long.MAX_VALUE, WhenOver.WARN);

    /** What to do when the server keeps more. */
    public enum WhenOver {
      /** Say so. */
      WARN,
      /**
       * Drop the slot, so that the server lives; what becomes of the source {@link WhenLost} says.
       */
      DROP_SLOT
    }
  }

  /** What to do when the server does not have the changes behind the log's end any more. */
  public enum WhenLost {
    /** Stop, and say why. */
    STOP,
    /** Read all tables anew, in the place of what the log has of them. */
    RESNAPSHOT
  }

  /**
   * A table, or tables, to capture.
   *
   * @param pattern {@code table}, {@code schema.table}, {@code schema.*} or {@code *}; without a
   *     schema it means {@code public}
   * @param alias the table's name in Freshet, or empty for its own name
   * @param rows what becomes of its rows
   */
  public record TableChoice(String pattern, String alias, Rows rows) {
    private static final String DEFAULT_SCHEMA = "public";

    public TableChoice(String pattern, String alias) {
      this(pattern, alias, Rows.KEPT);
    }

    /** The table's name in Freshet, unless the pattern stands for several. */
    String name() {
      return alias.isEmpty() ? tableName() : alias;
    }

    String schemaName() {
      int dot = pattern.indexOf('.');
      return dot < 0 ? DEFAULT_SCHEMA : pattern.substring(0, dot);
    }

    /** At the server; a star stands for all. */
    String tableName() {
      return pattern.substring(pattern.indexOf('.') + 1);
    }

    public static TableChoice of(String pattern) {
      return new TableChoice(pattern, "");
    }
  }

  /** What becomes of a table's rows. */
  public enum Rows {
    /** A row that comes again takes the place of the one with its key. */
    KEPT,
    /** Nobody would notice that a row comes again. */
    PASSED
  }

  /**
   * Bounds of memory and time.
   *
   * @param partRows rows after which a change set is cut into parts
   * @param partBytes received bytes after which a change set is cut into parts
   * @param idleMillis how often at most an empty change set moves the position on while only other
   *     tables of the server change, so that the server need not keep its WAL
   * @param rangeBytes about how much of a table one query of the snapshot reads
   */
  public record Limits(int partRows, int partBytes, long idleMillis, long rangeBytes) {
    public static final Limits DEFAULT = new Limits(10_000, 4 << 20, 5_000, 32 << 20);

    /** With ranges of the usual size. */
    public Limits(int partRows, int partBytes, long idleMillis) {
      this(partRows, partBytes, idleMillis, DEFAULT.rangeBytes);
    }
  }

  public PostgresConfig {
    tables = List.copyOf(tables);
    if (tables.isEmpty()) {
      throw invalid("name at least one table, or '*' for all of schema public");
    }
    if (!slot.matches("[a-z0-9_]{1," + MAX_NAME + "}")) {
      throw invalid("the slot's name " + slot + " may hold only a-z, 0-9 and _, 63 at most");
    }
    if (snapshotConnections < 1 || snapshotConnections > 32) {
      throw invalid("snapshot connections go from 1 to 32, not " + snapshotConnections);
    }
  }

  /** A configuration with the names and limits that fit most. */
  public static PostgresConfig of(String name, String url, List<TableChoice> tables) {
    String own = "freshet_" + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    String fitting = own.length() > MAX_NAME ? own.substring(0, MAX_NAME) : own;
    return new PostgresConfig(
        name, url, tables, fitting, fitting, 2, WhenLost.STOP, WalBudget.NONE, "", Limits.DEFAULT);
  }

  /**
   * With a password, unless the URL has one.
   *
   * @throws dev.freshet.core.error.FreshetException CONFIG_INVALID when the URL is none
   */
  public PostgresConfig withPassword(String password) {
    if (password.isEmpty() || !ServerAddress.parse(url).password().isEmpty()) {
      return this;
    }
    String parameter =
        "password=" + URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20");
    return new PostgresConfig(
        name,
        url + (url.contains("?") ? "&" : "?") + parameter,
        tables,
        slot,
        publication,
        snapshotConnections,
        whenLost,
        walBudget,
        masks,
        limits);
  }

  public PostgresConfig withSlot(String newSlot, String newPublication) {
    return new PostgresConfig(
        name,
        url,
        tables,
        newSlot,
        newPublication,
        snapshotConnections,
        whenLost,
        walBudget,
        masks,
        limits);
  }

  public PostgresConfig withSnapshotConnections(int connections) {
    return new PostgresConfig(
        name, url, tables, slot, publication, connections, whenLost, walBudget, masks, limits);
  }

  public PostgresConfig withLimits(Limits newLimits) {
    return new PostgresConfig(
        name,
        url,
        tables,
        slot,
        publication,
        snapshotConnections,
        whenLost,
        walBudget,
        masks,
        newLimits);
  }

  public PostgresConfig withWhenLost(WhenLost what) {
    return new PostgresConfig(
        name, url, tables, slot, publication, snapshotConnections, what, walBudget, masks, limits);
  }

  public PostgresConfig withWalBudget(WalBudget budget) {
    return new PostgresConfig(
        name, url, tables, slot, publication, snapshotConnections, whenLost, budget, masks, limits);
  }

  public PostgresConfig withMasks(String text) {
    return new PostgresConfig(
        name,
        url,
        tables,
        slot,
        publication,
        snapshotConnections,
        whenLost,
        walBudget,
        text,
        limits);
  }

  /** Whether a row may come more than once in one transaction. */
  boolean mayRepeatRows() {
    return tables.stream().allMatch(table -> table.rows() == Rows.KEPT);
  }

  /**
   * @param table by its name in Freshet
   */
  boolean keepsRowsOf(String table) {
    return tables.stream()
        .filter(choice -> choice.rows() == Rows.PASSED)
        .noneMatch(choice -> choice.name().equals(table));
  }

  /** Leaves out the URL, which may hold a password. */
  @Override
  public String toString() {
    return "PostgresConfig[" + name + ", slot " + slot + "]";
  }

  private static FreshetException invalid(String why) {
    return new FreshetException(
        ErrorCode.CONFIG_INVALID, "Invalid configuration of a postgres source: " + why + ".");
  }
}
