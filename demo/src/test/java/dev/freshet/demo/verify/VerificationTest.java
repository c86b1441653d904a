package dev.freshet.demo.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.core.error.FreshetException;
import dev.freshet.demo.shop.ConnectionSource;
import dev.freshet.demo.shop.ShopSchema;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.demo.shop.WorkloadOptions;
import dev.freshet.testing.postgres.EmbeddedPostgres;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the example project and its own database. */
class VerificationTest {
  private static final Path PROJECT = Path.of("..", "examples", "shop");
  private static final Pattern KEY = Pattern.compile("(?m)^key: \\[(.*)]$");
  private static final long SEED = 7;

  @TempDir static Path dir;
  private static EmbeddedPostgres postgres;
  private static ConnectionSource source;
  private static List<Question> questions;

  private static final Copy ANSWERS = new Copy();

  private final Copy copy = new Copy();

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start(dir, PostgresOptions.fast());
    postgres.createDatabase("shop");
    source = () -> postgres.connect("shop");
    ShopSchema.create(source, new ShopSchema.Size(100, 40), SEED);
    try (ShopWorkload workload =
        ShopWorkload.start(
            source, WorkloadOptions.repeatable(WorkloadOptions.Style.SHOP, SEED, 3_000))) {
      workload.await();
    }
    questions = new ArrayList<>();
    for (String table : ShopSchema.TABLES) {
      questions.add(Question.table(table, "public." + table, List.of()));
    }
    for (String model : models()) {
      questions.add(Question.model(PROJECT, model, key(model)));
    }
    readAnswers();
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  /** PostgreSQL's answers before a test spoils its copy of them. */
  private static void readAnswers() throws Exception {
    try (Connection connection = source.open();
        PostgresAnswers postgresAnswers = PostgresAnswers.open(connection, questions)) {
      for (Question question : questions) {
        ANSWERS.columns.put(question.name(), postgresAnswers.columns(question));
        List<@Nullable Object[]> rows = new ArrayList<>();
        postgresAnswers.forEachRow(question, rows::add);
        Collections.shuffle(rows, new Random(SEED));
        ANSWERS.rows.put(question.name(), rows);
      }
    }
  }

  @BeforeEach
  void copyAnswers() {
    copy.columns.putAll(ANSWERS.columns);
    ANSWERS.rows.forEach((table, rows) -> {
      List<@Nullable Object[]> clones = new ArrayList<>();
      rows.forEach(row -> clones.add(row.clone()));
      copy.rows.put(table, clones);
    });
  }

  @Test
  void findsAllEqualWhateverTheOrderOfRowsAndColumns() throws Exception {
    copy.reverseColumns("orders");
    VerificationReport report = verify();
    System.out.println(report.text());
    assertThat(report.allEqual()).isTrue();
    assertThat(report.comparisons()).hasSize(ShopSchema.TABLES.size() + models().size());
    assertThat(report.comparisons()).allMatch(comparison -> comparison.freshet().rows() > 0);
    assertThat(report.text()).contains("table  customers").doesNotContain("NO");
    assertThat(report.text().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void leavesNothingBehind() throws Exception {
    verify();
    try (Connection connection = source.open();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT count(*) FROM pg_class WHERE relname = 'orders_clean'")) {
      rows.next();
      assertThat(rows.getLong(1)).isZero();
    }
  }

  @Test
  void findsAChangedCellAndShowsBothRows() {
    Object[] row = copy.rows.get("revenue_by_country").getFirst();
    int revenue = copy.columns.get("revenue_by_country").indexOf("revenue");
    row[revenue] = new BigDecimal("12345.67");
    VerificationReport report = verify();
    Comparison comparison = onlyDifference(report, "revenue_by_country");
    assertThat(comparison.freshet().rows()).isEqualTo(comparison.postgres().rows());
    assertThat(comparison.differences()).hasSize(3);
    assertThat(comparison.differences().getFirst()).startsWith("1 keys differ");
    assertThat(comparison.differences().get(1)).startsWith("Freshet: ").contains("12345.67");
    assertThat(comparison.differences().get(2))
        .startsWith("PostgreSQL: ")
        .doesNotContain("12345.67");
    assertThat(report.text()).contains("NO").contains("revenue_by_country differs:");
  }

  @Test
  void findsALostAndADoubledRow() {
    List<@Nullable Object[]> payments = copy.rows.get("payments");
    payments.set(0, payments.get(1));
    Comparison comparison = onlyDifference(verify(), "payments");
    assertThat(comparison.freshet().rows()).isEqualTo(comparison.postgres().rows());
    assertThat(comparison.differences().getFirst()).startsWith("2 keys differ");
  }

  @Test
  void findsANullInPlaceOfALargeText() {
    int note = copy.columns.get("orders").indexOf("note");
    Object[] row =
        copy.rows.get("orders").stream()
            .filter(order -> order[note] instanceof String text && text.length() > 8_192)
            .findFirst()
            .orElseThrow();
    row[note] = null;
    Comparison comparison = onlyDifference(verify(), "orders");
    assertThat(comparison.differences().get(1)).contains("NULL");
  }

  @Test
  void findsColumnsThatDiffer() {
    copy.columns.put("served_cities", List.of("city", "kanal"));
    Comparison comparison = onlyDifference(verify(), "served_cities");
    assertThat(comparison.differences())
        .containsExactly(
            "columns in Freshet: [city, kanal]", "columns in PostgreSQL: [city, channel]");
  }

  @Test
  void saysWhichModelPostgresCannotAnswer() {
    Question broken =
        new Question(
            Question.Kind.MODEL, "broken", "SELECT nothing FROM orders", "models/b.sql", List.of());
    assertThatThrownBy(
            () -> {
              try (Connection connection = source.open()) {
                Verification.verify(connection, copy, List.of(broken));
              }
            })
        .isInstanceOf(FreshetException.class)
        .hasMessageContaining("Cannot ask PostgreSQL for model broken with models/b.sql")
        .hasMessageContaining("\"nothing\" does not exist");
  }

  @Test
  void everyModelsKeyIdentifiesItsRows() {
    for (Question question : questions) {
      if (question.kind() == Question.Kind.MODEL) {
        List<String> columns = copy.columns.get(question.name());
        int[] key = Digest.positions(columns, question.key());
        List<@Nullable Object[]> rows = copy.rows.get(question.name());
        assertThat(question.key()).as("key of %s", question.name()).isNotEmpty();
        assertThat(rows.stream().map(row -> Digest.rowHash(row, key)).distinct())
            .as("keys of %s", question.name())
            .hasSize(rows.size());
      }
    }
  }

  @Test
  void everyModelColumnHasSeveralValues() {
    for (Question question : questions) {
      List<String> columns = copy.columns.get(question.name());
      for (int i = 0; i < columns.size(); i++) {
        int column = i;
        assertThat(
                copy.rows.get(question.name()).stream()
                    .map(row -> CanonicalText.of(row[column]))
                    .distinct()
                    .limit(2))
            .as("values of %s.%s", question.name(), columns.get(i))
            .hasSize(2);
      }
    }
  }

  @Test
  void contractsNameTheColumnsThatTheTablesHave() throws IOException {
    Pattern column = Pattern.compile("(?m)^  (\\w+):");
    for (String table : ShopSchema.TABLES) {
      String contract = Files.readString(PROJECT.resolve("contracts/" + table + ".yaml"));
      assertThat(column.matcher(contract).results().map(match -> match.group(1)))
          .as("columns of contract %s", table)
          .containsExactlyElementsOf(copy.columns.get(table));
    }
  }

  private VerificationReport verify() {
    try (Connection connection = source.open()) {
      return Verification.verify(connection, copy, questions);
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static Comparison onlyDifference(VerificationReport report, String name) {
    List<Comparison> different =
        report.comparisons().stream().filter(comparison -> !comparison.isEqual()).toList();
    assertThat(different).extracting(Comparison::name).containsExactly(name);
    assertThat(report.allEqual()).isFalse();
    return different.getFirst();
  }

  private static List<String> models() throws IOException {
    try (Stream<Path> files = Files.walk(PROJECT.resolve("models"))) {
      return files
          .filter(file -> file.toString().endsWith(".sql"))
          .map(file -> PROJECT.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private static List<String> key(String model) throws IOException {
    Matcher matcher = KEY.matcher(Files.readString(PROJECT.resolve(model)));
    assertThat(matcher.find()).as("key in %s", model).isTrue();
    return Arrays.asList(matcher.group(1).split(", "));
  }

  /** Freshet's side: a copy of PostgreSQL's, for the tests to spoil. */
  private static final class Copy implements ContentSource {
    private final Map<String, List<String>> columns = new HashMap<>();
    private final Map<String, List<@Nullable Object[]>> rows = new HashMap<>();

    @Override
    public List<String> columns(String table) {
      return columns.get(table);
    }

    @Override
    public void forEachRow(String table, Consumer<@Nullable Object[]> consumer) {
      rows.get(table).forEach(consumer);
    }

    void reverseColumns(String table) {
      columns.put(table, columns.get(table).reversed());
      rows.get(table).replaceAll(row -> Arrays.asList(row).reversed().toArray());
    }
  }
}
