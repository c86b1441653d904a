package dev.freshet.architecture;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The layering of the project. Think hard before changing this file: an arrow once drawn is hard to
 * remove.
 *
 * <p>A module, named by its folder, may use the modules listed with it and no others. An arrow
 * points down only; no module uses itself through others, since the table is checked to have no
 * cycle.
 */
final class Arrows {
  private static final Map<String, Module> MODULES = new TreeMap<>();

  static {
    module("core", "core");
    module("sql", "sql", "core");
    module("engine", "engine", "core", "sql");
    module("log", "log", "core");
    module("lake", "lake", "core");
    module("contracts", "contracts", "core");
    module("capture", "capture", "core", "contracts");
    // Readers of Parquet and Avro, loaded when such a file comes.
    module("capture-files", "files", "core", "contracts", "capture");
    // The suite that sources' tests extend; nothing that runs may use it.
    module("capture-testing", "sourcetest", "core", "contracts", "capture");
    // Kafka's client and Avro, loaded when a source reads topics.
    module("capture-kafka", "kafka", "core", "contracts", "capture");
    // Debezium's connectors, loaded when a source is of a kind that they read.
    module("capture-debezium", "debezium", "core", "contracts", "capture");
    module("deliver", "deliver", "core", "contracts");
    module("learn", "learn", "core");
    module("serve", "serve", "core", "engine");
    module("database", "database", "core", "contracts", "sql", "engine", "log");
    module(
        "runtime",
        "runtime",
        "core",
        "sql",
        "engine",
        "log",
        "lake",
        "contracts",
        "capture",
        "capture-files",
        "capture-kafka",
        "capture-debezium",
        "deliver",
        "learn",
        "serve",
        "database");
    // testing starts the real PostgreSQL that the demo shows.
    module(
        "demo",
        "demo",
        "core",
        "sql",
        "engine",
        "log",
        "lake",
        "contracts",
        "capture",
        "capture-files",
        "capture-kafka",
        "capture-debezium",
        "deliver",
        "learn",
        "serve",
        "database",
        "runtime",
        "testing");
    module("cli", "cli", "core", "runtime", "demo");
    module("testing", "testing", "core");
    // A real broker and all that it needs, which must be in no class path of the product.
    module("testing-kafka", "broker");
    // A real server of the S3 protocol and all that it needs, as above.
    module("testing-s3", "objectserver");
    // A real server and its driver, whose licences keep them out of the product.
    module("testing-mariadb", "mariadb");
    module("measure", "measure");
    // The folder cannot be called bench: the command ./bench has that name.
    module(
        "benchmarks",
        "bench",
        "core",
        "sql",
        "engine",
        "log",
        "lake",
        "contracts",
        "capture",
        "capture-testing",
        "capture-files",
        "capture-kafka",
        "capture-debezium",
        "deliver",
        "learn",
        "serve",
        "database",
        "runtime",
        "demo",
        "testing",
        "testing-kafka",
        "testing-mariadb",
        "measure");
    // Peers are other engines; they must not know Freshet. Built by -Ppeers only.
    module("peers/debezium", "peer.debezium", "measure");
    module("peers/flink", "peer.flink", "measure");
    module("peers/kafka", "peer.kafka", "measure", "testing-kafka");
    module("peers/windows", "peer.windows", "measure");
  }

  /**
   * Parts of a module that a module above may use, where it may not use the whole: engine reads
   * sql's plan, but must not know how text becomes one.
   */
  static final Map<String, Map<String, Set<String>>> PARTS =
      Map.of("engine", Map.of("sql", Set.of("dev.freshet.sql.plan")));

  /**
   * Libraries that several modules may use, each with the reason. Every other library is imported
   * in one module only, behind types of our own.
   */
  static final Map<String, String> SHARED_LIBRARIES =
      Map.of(
          "org.jspecify",
          "annotations that every package carries",
          "org.apache.avro",
          "messages of topics, and files: a format, read in two places into the same rows",
          "com.github.luben",
          "zstd, which has one binding: of the lake's Parquet pages, and of files that come",
          "org.postgresql",
          "the driver, in capture, and in the bare reader that capture is measured beside",
          "io.debezium",
          "connectors in capture-debezium, the engine as a peer",
          "org.apache.kafka",
          "the client in capture-kafka, the broker in what tests and measures it, and Connect's"
              + " types, in which Debezium's connectors speak, in capture-debezium");

  /**
   * @param root the package below which all of the module's classes live
   */
  record Module(String folder, String root, Set<String> mayUse) {}

  private Arrows() {}

  static Map<String, Module> modules() {
    return MODULES;
  }

  private static void module(String folder, String packageName, String... mayUse) {
    MODULES.put(folder, new Module(folder, "dev.freshet." + packageName, Set.of(mayUse)));
  }
}
