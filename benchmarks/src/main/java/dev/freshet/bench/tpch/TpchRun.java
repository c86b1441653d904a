package dev.freshet.bench.tpch;

import dev.freshet.bench.harness.Tally;
import dev.freshet.database.Freshet;
import dev.freshet.database.Row;
import dev.freshet.database.Transaction;
import dev.freshet.testing.property.Draws;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One database of each kind with the same content. One thread owns it. */
final class TpchRun implements AutoCloseable {
  static final int QUERIES = 22;

  private static final int ORDERS_PER_SCALE = 750;
  private static final int CHANGES_A_STEP = 12;

  private final Draws draws;
  private final Rows rows;
  private final int scale;
  private final Freshet freshet;
  private final Connection duck;
  private final List<Rows.Order> orders = new ArrayList<>();
  private final boolean[] hadRows = new boolean[QUERIES + 1];
  private int nextOrder;

  TpchRun(Path directory, Draws draws, int scale) throws SQLException, IOException {
    this.draws = draws;
    this.rows = new Rows(draws, scale);
    this.scale = scale;
    this.freshet = Freshet.open(directory);
    this.duck = DriverManager.getConnection("jdbc:duckdb:");
    for (Table table : Table.ALL) {
      freshet.execute(table.createSql());
      execute(table.createSql());
    }
    for (int query = 1; query <= QUERIES; query++) {
      freshet.execute("CREATE VIEW q" + query + " AS " + sql(query));
    }
  }

  private static String sql(int query) throws IOException {
    try (InputStream in = TpchRun.class.getResourceAsStream("q" + query + ".sql")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = duck.createStatement()) {
      statement.execute(sql);
    }
  }

  /** One transaction in both databases. */
  private final class Change implements AutoCloseable {
    private final Transaction transaction = freshet.begin();

    Change() throws SQLException {
      duck.setAutoCommit(false);
    }

    void insert(Table table, Object[] row) throws SQLException {
      transaction.insert(table.name(), row);
      run(table.insertSql(), row);
    }

    void replace(Table table, Object[] row) throws SQLException {
      transaction.upsert(table.name(), row);
      run(table.deleteSql(), Arrays.copyOf(row, table.keyColumns()));
      run(table.insertSql(), row);
    }

    void delete(Table table, Object[] row) throws SQLException {
      Object[] key = Arrays.copyOf(row, table.keyColumns());
      transaction.delete(table.name(), key);
      run(table.deleteSql(), key);
    }

    private void run(String sql, Object[] values) throws SQLException {
      try (PreparedStatement statement = duck.prepareStatement(sql)) {
        for (int i = 0; i < values.length; i++) {
          statement.setObject(i + 1, values[i]);
        }
        statement.execute();
      }
    }

    void commit() throws SQLException {
      transaction.commit();
      duck.commit();
      duck.setAutoCommit(true);
    }

    @Override
    public void close() {
      transaction.close();
    }
  }

  void load() throws SQLException {
    try (Change change = new Change()) {
      for (Object[] row : Rows.regions()) {
        change.insert(Table.REGION, row);
      }
      for (Object[] row : Rows.nations()) {
        change.insert(Table.NATION, row);
      }
      for (int key = 0; key < rows.suppliers(); key++) {
        change.insert(Table.SUPPLIER, rows.supplier(key));
      }
      for (int key = 0; key < rows.customers(); key++) {
        change.insert(Table.CUSTOMER, rows.customer(key));
      }
      for (int key = 0; key < rows.parts(); key++) {
        change.insert(Table.PART, rows.part(key));
        for (int offer = 0; offer < 4; offer++) {
          change.insert(Table.PARTSUPP, rows.offer(key, offer));
        }
      }
      for (int i = 0; i < ORDERS_PER_SCALE * scale; i++) {
        insertOrder(change);
      }
      change.commit();
    }
  }

  private void insertOrder(Change change) throws SQLException {
    Rows.Order order = rows.order(nextOrder++);
    orders.add(order);
    change.insert(Table.ORDERS, order.order());
    for (Object[] line : order.lines()) {
      change.insert(Table.LINEITEM, line);
    }
  }

  private void deleteOrder(Change change) throws SQLException {
    Rows.Order order = orders.remove(draws.between(0, orders.size() - 1));
    change.delete(Table.ORDERS, order.order());
    for (Object[] line : order.lines()) {
      change.delete(Table.LINEITEM, line);
    }
  }

  /** The benchmark's two refresh functions, and changes of everything else. */
  void change() throws SQLException {
    try (Change change = new Change()) {
      int count = draws.between(1, CHANGES_A_STEP * scale);
      for (int i = 0; i < count; i++) {
        insertOrder(change);
      }
      for (int i = draws.between(1, CHANGES_A_STEP * scale); i > 0; i--) {
        deleteOrder(change);
      }
      int part = draws.between(0, rows.parts() - 1);
      change.replace(Table.PART, rows.part(part));
      change.replace(Table.PARTSUPP, rows.offer(part, draws.between(0, 3)));
      int supplier = draws.between(0, rows.suppliers() - 1);
      change.replace(Table.SUPPLIER, rows.supplier(supplier));
      int customer = draws.between(0, rows.customers() - 1);
      change.replace(Table.CUSTOMER, rows.customer(customer));
      change.commit();
    }
  }

  void compare(String when, Tally tally) throws SQLException, IOException {
    for (int query = 1; query <= QUERIES; query++) {
      Answer actual = new Answer(List.of());
      String problem;
      try {
        actual = ofFreshet(query);
        problem = actual.difference(ofDuckDb(sql(query)));
      } catch (RuntimeException e) {
        problem = "Freshet fails to answer: " + e;
      }
      hadRows[query] |= actual.rows().stream().anyMatch(row -> row[row.length - 1] != null);
      if (problem.isEmpty()) {
        tally.passed();
      } else {
        tally.failed("q" + query + " " + when + ": " + problem);
      }
    }
  }

  private Answer ofFreshet(int query) {
    List<@Nullable Object[]> answer = new ArrayList<>();
    for (Row row : freshet.query("SELECT * FROM q" + query)) {
      answer.add(row.values());
    }
    return new Answer(answer);
  }

  private Answer ofDuckDb(String sql) throws SQLException {
    List<@Nullable Object[]> answer = new ArrayList<>();
    try (Statement statement = duck.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        @Nullable Object[] row = new @Nullable Object[columns];
        for (int c = 0; c < columns; c++) {
          row[c] = result.getObject(c + 1);
        }
        answer.add(row);
      }
    }
    return new Answer(answer);
  }

  List<Integer> queriesWithoutRows() {
    List<Integer> empty = new ArrayList<>();
    for (int query = 1; query <= QUERIES; query++) {
      if (!hadRows[query]) {
        empty.add(query);
      }
    }
    return empty;
  }

  @Override
  public void close() throws SQLException {
    freshet.close();
    duck.close();
  }
}
