package dev.freshet.demo.rehearsal;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.demo.Positions;
import dev.freshet.demo.shop.ShopDatabase;
import dev.freshet.demo.shop.ShopSchema;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.demo.shop.WorkloadOptions;
import dev.freshet.demo.verify.Verification;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.DatabaseScaffold;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.runtime.system.ProjectCheck;
import dev.freshet.testing.files.FileTrees;
import dev.freshet.testing.files.WorkFolder;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;

/**
 * Lives the life of a project once, in a temporary folder and within seconds, so that the JVM which
 * records it loads what a project needs and learns what is hot: the example is checked, started on
 * a PostgreSQL of its own, asked by every route while a workload runs, stopped and started again.
 * Listens on 127.0.0.1 meanwhile, on ports that the system chooses; leaves nothing behind.
 */
public final class Rehearsal {
  private static final long SEED = 1;
  private static final int ROW_CHANGES_PER_SECOND = 2_000;
  private static final Duration WORK = Duration.ofSeconds(2);
  private static final long CATCH_UP_SECONDS = 30;

  private final Path folder;

  private Rehearsal(Path folder) {
    this.folder = folder;
  }

  /** What is done beside the running project. */
  @FunctionalInterface
  public interface Beside {
    /**
     * @param project the folder of the running project
     */
    void run(Path project) throws Exception;
  }

  /**
   * Rehearses.
   *
   * @param example the folder of the shop's project, which is copied
   * @throws Exception when something of it fails; then nothing is left behind either
   */
  public static void run(Path example, Beside beside) throws Exception {
    try (WorkFolder folder = WorkFolder.create("freshet-rehearsal-")) {
      FileTrees.copy(example, folder.path().resolve("project"));
      new Rehearsal(folder.path()).run(beside);
    }
  }

  private void run(Beside beside) throws Exception {
    checkWithoutDatabase();
    try (ShopDatabase shop =
        ShopDatabase.start(
            folder.resolve("postgres"), PostgresOptions.fast(), ShopSchema.Size.small(), SEED)) {
      Project read = read(shop.url());
      ProjectCheck.run(read);
      DatabaseScaffold.write(folder.resolve("scaffold"), shop.url(), Map.of());
      start(read, shop, beside);
      start(read, shop, _ -> {});
    }
  }

  /** Needs no server, so it is recorded where PostgreSQL's programs do not run. */
  private void checkWithoutDatabase() {
    try {
      ProjectCheck.run(read("postgres://rehearsal@127.0.0.1:1/nowhere"));
    } catch (FreshetException e) {
      if (e.code() != ErrorCode.SOURCE_UNREACHABLE) {
        throw e;
      }
    }
  }

  private Project read(String url) {
    Project read =
        ProjectReader.read(folder.resolve("project"), Map.of(ShopDatabase.URL_VARIABLE, url), "");
    return read.with(read.settings().withPort(0));
  }

  private static void start(Project project, ShopDatabase shop, Beside beside) throws Exception {
    try (FreshetSystem system = FreshetSystem.start(project)) {
      Requests requests = new Requests(system.address());
      requests.askAll();
      try (ShopWorkload workload =
          ShopWorkload.start(shop, WorkloadOptions.shop(SEED, ROW_CHANGES_PER_SECOND, WORK))) {
        requests.askAll();
        workload.await();
      }
      awaitAll(system, shop);
      system.publish();
      requests.askAll();
      beside.run(project.directory());
    }
  }

  private static void awaitAll(FreshetSystem system, ShopDatabase shop) throws Exception {
    try (Connection connection = shop.open()) {
      if (!Positions.await(system, Verification.position(connection), CATCH_UP_SECONDS)) {
        throw new IOException("The rehearsal did not catch up in " + CATCH_UP_SECONDS + " s");
      }
    }
  }
}
