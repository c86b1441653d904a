package dev.freshet.cli;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.demo.DemoOptions;
import dev.freshet.demo.ShopDemo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Starts a PostgreSQL with a small online shop at work, and runs examples/shop against it.",
      "With --for it stops after that time and proves that every table and model equals PostgreSQL's own answer."
    })
final class DemoCommand implements Callable<Integer> {
  private static final Pattern DURATION = Pattern.compile("(\\d+)(s|m|h)");

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "row changes a second; 0 for full speed (default: ${DEFAULT-VALUE})")
  private int rate = 100;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "stop after this time, such as 60s or 5m")
  private String time = "";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "of the workload (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "of the web page; 0 for any free one (default: ${DEFAULT-VALUE})")
  private int port = 8790;

  DemoCommand() {}

  @Override
  public Integer call() throws Exception {
    ShopDemo demo =
        new ShopDemo(new DemoOptions(example(), rate, duration(), seed, port), System.out);
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook =
        new Thread(() -> {
          demo.stop();
          awaitQuietly(ended);
        });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return demo.run() ? 0 : 1;
    } finally {
      ended.countDown();
    }
  }

  /** The example beside the launcher, or below the current folder. */
  static Path example() {
    Path home = Path.of(System.getProperty("freshet.home", ""));
    Path example = home.resolve("examples").resolve("shop");
    if (!Files.isDirectory(example)) {
      throw new FreshetException(
          ErrorCode.CONFIG_NOT_FOUND,
          "Cannot find the example: "
              + example.toAbsolutePath()
              + ". Run ./freshet of a checkout.");
    }
    return example;
  }

  private Duration duration() {
    if (time.isEmpty()) {
      return Duration.ZERO;
    }
    Matcher matcher = DURATION.matcher(time);
    if (!matcher.matches()) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Invalid value for --for: " + time + ". Write a number and a unit, such as 60s or 5m.");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  private static void awaitQuietly(CountDownLatch ended) {
    try {
      ended.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
