package dev.freshet.demo;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.demo.shop.ShopDatabase;
import dev.freshet.demo.shop.ShopSchema;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.demo.shop.WorkloadOptions;
import dev.freshet.demo.shop.WorkloadReport;
import dev.freshet.demo.verify.Verification;
import dev.freshet.demo.verify.VerificationReport;
import dev.freshet.runtime.console.LiveView;
import dev.freshet.runtime.project.Project;
import dev.freshet.runtime.project.ProjectReader;
import dev.freshet.runtime.system.FreshetSystem;
import dev.freshet.testing.files.WorkFolder;
import dev.freshet.testing.postgres.PostgresOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The shop demo: a real PostgreSQL with a workload, the example project running against it, and at
 * the end the proof that Freshet holds what PostgreSQL answers.
 */
public final class ShopDemo {
  private static final Duration FOREVER = Duration.ofDays(365);
  private static final long CATCH_UP_SECONDS = 600;

  private final DemoOptions options;
  private final PrintStream out;
  private final CountDownLatch interrupted = new CountDownLatch(1);

  public ShopDemo(DemoOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Makes a running demo stop, clean up and prove its result. Safe for all threads. */
  public void stop() {
    interrupted.countDown();
  }

  /** Runs to the end; returns whether everything compared was equal. */
  public boolean run() throws SQLException, InterruptedException {
    out.println("Starting PostgreSQL ...");
    try (WorkFolder folder = WorkFolder.create("freshet-demo-");
        ShopDatabase shop =
            ShopDatabase.start(
                folder.path().resolve("postgres"),
                PostgresOptions.durable(),
                ShopSchema.Size.small(),
                options.seed())) {
      boolean equal = run(shop, folder.path());
      out.println("Stopping PostgreSQL and removing " + folder.path() + " ...");
      return equal;
    }
  }

  private boolean run(ShopDatabase shop, Path directory) throws SQLException, InterruptedException {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put(ShopDatabase.URL_VARIABLE, shop.url());
    Project read = ProjectReader.read(options.project(), environment, "");
    Project project =
        read.with(read.settings().withState(directory.resolve("state")).withPort(options.port()));
    try (FreshetSystem system = FreshetSystem.start(project)) {
      out.println();
      out.println("Web page    " + system.address());
      out.println("PostgreSQL  " + shop.address());
      out.println("Lake        " + system.lakeLocation());
      out.println();
      WorkloadReport report = work(shop, system);
      out.printf(
          Locale.ROOT,
          "The workload committed %,d row changes in %,d transactions, %,.0f a second.%n",
          report.rowChanges(),
          report.transactions(),
          report.rowChangesPerSecond());
      return prove(shop, system, project);
    }
  }

  private WorkloadReport work(ShopDatabase shop, FreshetSystem system)
      throws SQLException, InterruptedException {
    Duration duration = options.duration().isZero() ? FOREVER : options.duration();
    LiveView view = new LiveView(out);
    try (ShopWorkload workload =
        ShopWorkload.start(shop, WorkloadOptions.shop(options.seed(), options.rate(), duration))) {
      while (workload.isRunning() && !interrupted.await(1, TimeUnit.SECONDS)) {
        view.show(system.status(), system.address());
      }
      view.end();
      workload.stop();
      return workload.await();
    }
  }

  private boolean prove(ShopDatabase shop, FreshetSystem system, Project project)
      throws SQLException, InterruptedException {
    try (Connection connection = shop.open()) {
      long position = Verification.position(connection);
      out.println("Waiting until Freshet has reached " + Positions.text(position) + " ...");
      if (!Positions.await(system, position, CATCH_UP_SECONDS)) {
        throw new FreshetException(
            ErrorCode.TIMED_OUT,
            "Failed to catch up within "
                + CATCH_UP_SECONDS
                + " s. What freshet status shows says why.");
      }
      VerificationReport report =
          Verification.verify(
              connection,
              new SystemContent(system.snapshot()),
              Questions.of(project, system.backend().relations()));
      out.println();
      out.println(report.text());
      out.println(
          report.allEqual()
              ? "Everything is equal: Freshet at step "
                  + String.format(Locale.ROOT, "%,d", system.snapshot().step())
                  + ", PostgreSQL at "
                  + Positions.text(position)
                  + "."
              : "NOT EQUAL: this is a defect in Freshet. Please report it.");
      return report.allEqual();
    }
  }
}
