package dev.freshet.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.core.port.LocalStorage;
import dev.freshet.demo.shop.ShopDatabase;
import dev.freshet.demo.shop.ShopSchema;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.demo.shop.WorkloadOptions;
import dev.freshet.demo.verify.Verification;
import dev.freshet.demo.verify.VerificationReport;
import dev.freshet.lake.Lake;
import dev.freshet.lake.LakeOptions;
import dev.freshet.lake.LakeReader;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project that is stopped, edited and started again on the same state. */
class PipelineRestartTest {
  private static final long SEED = 11;

  @TempDir private Path folder;

  @Test
  void goesOnWithChangedNewAndRemovedModels() throws Exception {
    Path project = folder.resolve("shop");
    copy(Path.of("../examples/shop"), project);
    try (ShopDatabase shop =
        ShopDatabase.start(
            folder.resolve("postgres"), PostgresOptions.fast(), ShopSchema.Size.small(), SEED)) {
      runAndProve(shop, project);
      work(shop, SEED + 1);
      runAndProve(shop, project);

      Files.writeString(
          project.resolve("models/gold/order_states.sql"),
          """
          /*
          key: [order_id]
          */
          SELECT order_id, customer_id FROM orders
          """);
      Files.delete(project.resolve("models/gold/assortment.sql"));
      work(shop, SEED + 2);
      runAndProve(shop, project);
      assertThat(lakeTables(project))
          .contains("gold.order_states")
          .doesNotContain("gold.assortment");

      Files.writeString(
          project.resolve("models/gold/order_states.sql"),
          """
          /*
          key: [customer_id]
          */
          SELECT customer_id, COUNT(*) AS orders FROM orders GROUP BY customer_id
          """);
      String untouched = location(project, "gold.customer_360");
      work(shop, SEED + 3);
      runAndProve(shop, project);
      assertThat(location(project, "gold.customer_360")).isEqualTo(untouched);
    }
  }

  private void runAndProve(ShopDatabase shop, Path folder) throws Exception {
    Project read = ProjectReader.read(folder, Map.of(ShopDatabase.URL_VARIABLE, shop.url()), "");
    Project project = read.with(read.settings().withState(state(folder)).withPort(0));
    try (FreshetSystem system = FreshetSystem.start(project);
        Connection connection = shop.open()) {
      long position = Verification.position(connection);
      assertThat(Positions.await(system, position, 60)).isTrue();
      VerificationReport report =
          Verification.verify(
              connection,
              new SystemContent(system.snapshot()),
              Questions.of(project, system.backend().relations()));
      assertThat(report.allEqual()).as(report.text()).isTrue();
      system.publish();
      assertThat(system.publishedStep()).isEqualTo(system.snapshot().step());
      assertThat(
              new LakeComparison(
                      LakeReader.open(new LocalStorage(project.settings().state())),
                      system.backend().relations(),
                      system.snapshot())
                  .differences())
          .isEqualTo("equal");
    }
  }

  private static void work(ShopDatabase shop, long seed) throws Exception {
    try (ShopWorkload workload =
        ShopWorkload.start(shop, WorkloadOptions.shop(seed, 300, Duration.ofSeconds(1)))) {
      assertThat(workload.await().rowChanges()).isPositive();
    }
  }

  private static Path state(Path project) {
    return project.resolve(".freshet");
  }

  private static Set<String> lakeTables(Path project) {
    return Lake.open(new LocalStorage(state(project)), LakeOptions.defaults()).tableNames();
  }

  /** The folder of a lake table: a table that is built anew gets another identity in it. */
  private static String location(Path project, String table) throws IOException {
    Path metadata = state(project).resolve("lake/" + table.replace('.', '/') + "/metadata");
    try (Stream<Path> files = Files.list(metadata)) {
      Path any =
          files.filter(file -> file.toString().endsWith(".metadata.json")).findAny().orElseThrow();
      String text = Files.readString(any).replaceAll("\\s", "");
      int uuid = text.indexOf("\"table-uuid\":\"");
      assertThat(uuid).isNotNegative();
      return text.substring(uuid, uuid + 50);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> all;
    try (Stream<Path> tree = Files.walk(from)) {
      all = tree.toList();
    }
    for (Path path : all) {
      Path target = to.resolve(from.relativize(path).toString());
      if (Files.isDirectory(path)) {
        Files.createDirectories(target);
      } else {
        Files.copy(path, target);
      }
    }
  }
}
