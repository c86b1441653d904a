package dev.freshet.debezium;

import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.debezium.ServerKind.Jar;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.connect.source.SourceConnector;

/** The jars of a kind that the user puts into folders. */
final class BroughtJars {
  private BroughtJars() {}

  /**
   * What is missing, or is another than it must be; empty when all is there.
   *
   * @param folders that are looked into
   */
  static List<Problem> problems(ServerKind kind, List<Path> folders, ConnectorLoader loader) {
    return problems(kind, folders, loader, ConnectorLoader.DEBEZIUM_VERSION);
  }

  static List<Problem> problems(
      ServerKind kind, List<Path> folders, ConnectorLoader loader, String wanted) {
    List<Jar> missing = kind.jars.stream().filter(jar -> !loader.has(jar.probe())).toList();
    String where = folders.stream().map(Path::toString).collect(Collectors.joining(" or "));
    if (!missing.isEmpty()) {
      String files =
          missing.stream()
              .map(jar -> jar.file() + " (of Maven: " + jar.coordinates() + ")")
              .collect(Collectors.joining(", "));
      return List.of(
          new Problem(
              ErrorCode.SOURCE_MISCONFIGURED,
              "Cannot capture "
                  + kind.product
                  + ": its connector or driver is not installed. Freshet comes with neither.",
              "install this: put " + files + " into " + where));
    }
    String version = version(kind, loader);
    return version.equals(wanted)
        ? List.of()
        : List.of(
            new Problem(
                ErrorCode.SOURCE_MISCONFIGURED,
                "Cannot capture "
                    + kind.product
                    + ": its connector is of Debezium "
                    + version
                    + ", and Freshet has "
                    + wanted
                    + ".",
                "put "
                    + kind.jars.getFirst().file()
                    + " (of Maven: "
                    + kind.jars.getFirst().coordinates()
                    + ") into "
                    + where
                    + " in its place"));
  }

  private static String version(ServerKind kind, ConnectorLoader loader) {
    try {
      return loader.within(() ->
          ((SourceConnector)
                  loader.loadClass(kind.connectorClass).getDeclaredConstructor().newInstance())
              .version());
    } catch (ReflectiveOperationException | LinkageError e) {
      return "that cannot be loaded (" + e + ")";
    }
  }
}
