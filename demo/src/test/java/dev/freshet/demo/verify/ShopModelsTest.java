package dev.freshet.demo.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.contracts.Contract;
import dev.freshet.core.batch.Batch;
import dev.freshet.core.batch.BatchBuilder;
import dev.freshet.core.batch.Values;
import dev.freshet.core.change.Operation;
import dev.freshet.core.change.TableChanges;
import dev.freshet.core.type.Schema;
import dev.freshet.demo.shop.ShopDatabase;
import dev.freshet.demo.shop.ShopSchema;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.demo.shop.WorkloadOptions;
import dev.freshet.engine.Engine;
import dev.freshet.engine.Snapshot;
import dev.freshet.runtime.project.ModelDefinition;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.sql.CompiledQuery;
import dev.freshet.sql.ModelFile;
import dev.freshet.sql.SqlCompiler;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.testing.postgres.PostgresOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example's models in the engine, fed with what the workload changes, against PostgreSQL. */
class ShopModelsTest {
  private static final Path PROJECT = Path.of("..", "examples", "shop");
  private static final long SEED = 11;
  private static final int ROUNDS = 4;
  private static final int LARGE = 8_192;

  @TempDir Path dir;

  private final Project project = ProjectReader.read(PROJECT, Map.of(), "");
  private final Engine engine = new Engine();
  private final List<Question> questions = new ArrayList<>();

  /** What the engine was told of each table, by the key's canonical text. */
  private final Map<String, Map<String, @Nullable Object[]>> told = new HashMap<>();

  private int missingCells;

  @Test
  void engineHoldsWhatPostgresAnswersAfterEachRoundOfWork() throws Exception {
    createTables();
    createViews();
    try (ShopDatabase shop =
        ShopDatabase.start(dir, PostgresOptions.fast(), new ShopSchema.Size(100, 40), SEED)) {
      for (int round = 1; round <= ROUNDS; round++) {
        try (ShopWorkload workload =
            ShopWorkload.start(
                shop,
                WorkloadOptions.repeatable(
                    WorkloadOptions.Style.SHOP, SEED + round, 400L * round))) {
          workload.await();
        }
        tellChanges(shop);
        engine.step(round, round);
        verify(shop, round);
      }
    }
    assertThat(missingCells).as("large cells left out of updates").isPositive();
  }

  private void createTables() {
    for (String table : ShopSchema.TABLES) {
      Contract contract = contract(table);
      int[] key = contract.key().stream().mapToInt(contract.schema()::indexOf).toArray();
      engine.createTable(table, contract.schema(), key);
      questions.add(Question.table(table, "public." + table, contract.key()));
      told.put(table, new HashMap<>());
    }
  }

  private void createViews() {
    Map<String, Catalog.Relation> known = new LinkedHashMap<>();
    for (String table : ShopSchema.TABLES) {
      Contract contract = contract(table);
      known.put(
          table,
          Catalog.Relation.of(table, contract.schema(), contract.key().toArray(String[]::new)));
    }
    List<ModelDefinition> left = new ArrayList<>(project.models());
    while (!left.isEmpty()) {
      ModelDefinition model =
          left.stream()
              .filter(one -> left.stream().noneMatch(other -> readsModel(one, other)))
              .findFirst()
              .orElseThrow();
      CompiledQuery query =
          new SqlCompiler(Catalog.of(known.values()))
              .model(ModelFile.read(model.text(), model.file()).sql());
      int[] key = model.key().stream().mapToInt(query.schema()::indexOf).toArray();
      engine.createView(model.name(), query.plan(), key);
      known.put(
          model.name(),
          Catalog.Relation.of(model.name(), query.schema(), model.key().toArray(String[]::new)));
      questions.add(Question.model(PROJECT, model.file(), model.key()));
      left.remove(model);
    }
  }

  private static boolean readsModel(ModelDefinition one, ModelDefinition other) {
    return one.text().matches("(?s).*\\b(FROM|JOIN) " + other.name() + "\\b.*");
  }

  private void tellChanges(ShopDatabase shop) throws SQLException {
    try (Connection connection = shop.open();
        Statement statement = connection.createStatement()) {
      for (String table : ShopSchema.TABLES) {
        Map<String, @Nullable Object[]> now = new TreeMap<>();
        Schema schema = contract(table).schema();
        int[] key = contract(table).key().stream().mapToInt(schema::indexOf).toArray();
        try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
          ResultRows reader = new ResultRows(rows);
          while (rows.next()) {
            Object[] row = reader.current();
            now.put(Digest.rowText(row, key), row);
          }
        }
        TableChanges changes = changes(table, now);
        assertThat(engine.apply(changes).unresolved()).isEmpty();
        told.put(table, now);
      }
    }
  }

  private TableChanges changes(String table, Map<String, @Nullable Object[]> now) {
    Map<String, @Nullable Object[]> before = told.get(table);
    Changes changes = new Changes(contract(table).schema());
    before.forEach((key, row) -> {
      if (!now.containsKey(key)) {
        changes.add(Operation.DELETE, row, row);
      }
    });
    now.forEach((key, row) -> {
      Object[] old = before.get(key);
      if (old == null) {
        changes.add(Operation.INSERT, row, row);
      } else if (Digest.rowHash(old, changes.all) != Digest.rowHash(row, changes.all)) {
        changes.add(Operation.UPDATE, old, row);
      }
    });
    return changes.build(table, contract(table));
  }

  private Contract contract(String table) {
    Contract contract = project.contracts().get(table);
    assertThat(contract).as("contract of %s", table).isNotNull();
    return contract;
  }

  private void verify(ShopDatabase shop, int round) throws SQLException {
    Snapshot snapshot = engine.snapshot();
    project
        .models()
        .forEach(model -> assertThat(snapshot.errors(model.name()).rowCount()).isZero());
    try (Connection connection = shop.open()) {
      VerificationReport report =
          Verification.verify(connection, new EngineContent(snapshot), questions);
      assertThat(report.allEqual())
          .as("round %d, seed %d\n%s", round, SEED, report.text())
          .isTrue();
    }
  }

  /** Changes of one table; large values that an update leaves alone are left out, as in capture. */
  private final class Changes {
    private final BatchBuilder rows;
    private final List<Byte> operations = new ArrayList<>();
    private final List<boolean[]> missing = new ArrayList<>();
    private final int[] all;

    Changes(Schema schema) {
      rows = new BatchBuilder(schema, 16);
      all = new int[schema.columnCount()];
      Arrays.setAll(all, column -> column);
    }

    void add(Operation operation, @Nullable Object[] old, @Nullable Object[] row) {
      boolean[] left = new boolean[row.length];
      @Nullable Object[] sent = row.clone();
      for (int i = 0; i < row.length; i++) {
        left[i] =
            operation == Operation.UPDATE
                && row[i] instanceof String text
                && text.length() > LARGE
                && text.equals(old[i]);
        if (left[i]) {
          sent[i] = null;
          missingCells++;
        }
      }
      rows.row(1, sent);
      operations.add(operation.code());
      missing.add(left);
    }

    TableChanges build(String table, Contract contract) {
      int count = operations.size();
      byte[] codes = new byte[count];
      boolean[][] masks = new boolean[all.length][count];
      for (int row = 0; row < count; row++) {
        codes[row] = operations.get(row);
        for (int column : all) {
          masks[column][row] = missing.get(row)[column];
        }
      }
      int[] beforeRow = new int[count];
      Arrays.fill(beforeRow, -1);
      Schema schema = contract.schema();
      return new TableChanges(
          table,
          1,
          contract.key().stream().mapToInt(schema::indexOf).toArray(),
          codes,
          rows.build(),
          masks,
          beforeRow,
          new BatchBuilder(schema, 0).build(),
          List.of());
    }
  }

  private record EngineContent(Snapshot snapshot) implements ContentSource {
    @Override
    public List<String> columns(String table) {
      return snapshot.schema(table).names();
    }

    @Override
    public void forEachRow(String table, Consumer<@Nullable Object[]> consumer) {
      snapshot.scan(table, batch -> forEachRow(batch, consumer));
    }

    private static void forEachRow(Batch batch, Consumer<@Nullable Object[]> consumer) {
      for (int row = 0; row < batch.rowCount(); row++) {
        for (long copy = 0; copy < batch.weights()[row]; copy++) {
          consumer.accept(Values.readRow(batch, row));
        }
      }
    }
  }
}
