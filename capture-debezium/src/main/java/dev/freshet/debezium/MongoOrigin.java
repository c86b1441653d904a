package dev.freshet.debezium;

import dev.freshet.capture.Resume;
import dev.freshet.capture.SourceCheck;
import dev.freshet.capture.SourceCheck.Problem;
import dev.freshet.capture.SourceTable;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import dev.freshet.debezium.MySqlSettings.TableChoice;
import dev.freshet.debezium.MySqlSettings.Tls;
import dev.freshet.debezium.history.SchemaHistoryFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.source.SourceConnector;

/**
 * A database of MongoDB, read by Debezium's connector from its change stream.
 *
 * <p>{@code full-document}, of the settings' details, is where a document comes from that was
 * updated: {@code post-image}, which the server keeps for it, or {@code lookup}, which may find it
 * as it became later.
 */
final class MongoOrigin implements Origin {
  static final String FULL_DOCUMENT = "full-document";
  static final String POST_IMAGE = "post-image";

  private static final String EXAMPLE = "mongodb://user@host:27017/database?replicaSet=rs0";
  private static final Schema SHAPE =
      Schema.of(
          Column.notNull(EventForm.ID, Simple.VARCHAR),
          Column.nullable(EventForm.DOCUMENT, Simple.JSON));

  /** Its hosts are any number, so it is no URI for Java. */
  private static final Pattern URL =
      Pattern.compile("(mongodb(?:\\+srv)?)://(?:([^@/]*)@)?([^@/?]+)(?:/([^/?]*))?(\\?.*)?");

  private final ServerSettings settings;
  private final List<Path> folders;

  /**
   * @param connection the connection string without login and database
   */
  private record Address(
      String connection, String hosts, String user, String password, String database) {}

  MongoOrigin(ServerSettings settings, List<Path> folders) {
    this.settings = settings;
    this.folders = folders;
  }

  private Address address() {
    Matcher url = URL.matcher(settings.url());
    if (!url.matches()) {
      throw ServerUrl.invalid(settings.name(), "it is no connection string of MongoDB", EXAMPLE);
    }
    String database = url.group(4) == null ? "" : ServerUrl.decoded(url.group(4));
    if (database.isEmpty()) {
      throw ServerUrl.invalid(settings.name(), "it has no database", EXAMPLE);
    }
    String login = url.group(2) == null ? "" : url.group(2);
    int colon = login.indexOf(':');
    String options = url.group(5) == null ? "" : url.group(5);
    return new Address(
        url.group(1) + "://" + url.group(3) + "/" + options,
        url.group(3),
        ServerUrl.decoded(colon < 0 ? login : login.substring(0, colon)),
        colon < 0 ? settings.password() : ServerUrl.decoded(login.substring(colon + 1)),
        database);
  }

  @Override
  public String label() {
    return "MongoDB at " + address().hosts();
  }

  @Override
  public String connectorClass() {
    return settings.kind().connectorClass;
  }

  @Override
  public SourceCheck check(
      ConnectorLoader loader, Resume resume, SchemaHistoryFile history, Set<String> later) {
    List<Problem> problems = new ArrayList<>(missing(loader));
    List<SourceTable> tables = tables(address().database(), problems);
    SourceCheck check = new SourceCheck(tables, problems);
    if (!problems.isEmpty()) {
      return check;
    }
    if (resume instanceof Resume.After after && Position.read(after.position()).isStreaming()) {
      checkCaptured(tables, history, problems);
    }
    connect(loader, configuration(check, Shapes.KNOWN), problems);
    return new SourceCheck(tables, problems);
  }

  private List<SourceTable> tables(String database, List<Problem> problems) {
    List<SourceTable> tables = new ArrayList<>();
    for (TableChoice choice : settings.tables()) {
      if (choice.pattern().contains("*")) {
        problems.add(
            new Problem(
                ErrorCode.CONFIG_INVALID,
                "Invalid tables of source "
                    + settings.name()
                    + ": collections are named one by one, and this is "
                    + choice.pattern()
                    + ".",
                "name each collection"));
      } else {
        String name = choice.alias().isEmpty() ? choice.pattern() : choice.alias();
        String origin = database + "." + choice.pattern();
        tables.add(new SourceTable(name, origin, 1, SHAPE, new int[] {0}));
      }
    }
    return tables;
  }

  private static void checkCaptured(
      List<SourceTable> tables, SchemaHistoryFile history, List<Problem> problems) {
    for (SourceTable table : tables) {
      if (!history.tables().isEmpty() && !history.tables().contains(table.origin())) {
        problems.add(
            JdbcCheck.notCaptured(
                table,
                "capture all anew: remove the source's data from Freshet's directory, so that it"
                    + " begins with a snapshot"));
      }
    }
  }

  /** Debezium's own check, which connects. */
  private void connect(
      ConnectorLoader loader, Map<String, String> configuration, List<Problem> problems) {
    Config answer;
    try {
      answer =
          loader.within(() ->
              ((SourceConnector)
                      loader.loadClass(connectorClass()).getDeclaredConstructor().newInstance())
                  .validate(configuration));
    } catch (ReflectiveOperationException e) {
      problems.add(
          JdbcCheck.misconfigured(
              "Cannot load the connector of " + label() + ": " + e, "put its jars there anew"));
      return;
    }
    for (ConfigValue value : answer.configValues()) {
      for (String error : value.errorMessages()) {
        boolean isOfConnection = value.name().equals("mongodb.connection.string");
        problems.add(
            new Problem(
                isOfConnection ? ErrorCode.SOURCE_UNREACHABLE : ErrorCode.SOURCE_MISCONFIGURED,
                (isOfConnection ? "Cannot connect to " : "Cannot capture ")
                    + label()
                    + ": "
                    + error,
                ""));
      }
    }
  }

  @Override
  public List<Problem> missing(ConnectorLoader loader) {
    return BroughtJars.problems(settings.kind(), folders, loader);
  }

  @Override
  public Map<String, String> configuration(SourceCheck check, Shapes shapes) {
    Address address = address();
    Map<String, String> all = settings.common();
    all.put("mongodb.connection.string", address.connection());
    if (!address.user().isEmpty()) {
      all.put("mongodb.user", address.user());
      all.put("mongodb.password", address.password());
    }
    if (settings.tls() != Tls.OFF) {
      all.put("mongodb.ssl.enabled", "true");
      all.put(
          "mongodb.ssl.invalid.hostname.allowed",
          Boolean.toString(settings.tls() != Tls.VERIFY_FULL));
    }
    all.put("capture.scope", "database");
    all.put("capture.target", address.database());
    all.put(
        "collection.include.list",
        ServerSettings.listed(check.tables().stream().map(SourceTable::origin).toList()));
    all.put("capture.mode", "change_streams_update_full");
    all.put("capture.mode.full.update.type", isPostImage() ? "post_image" : "lookup");
    all.put("provide.transaction.metadata", "false");
    all.put("cursor.max.await.time.ms", "100");
    return all;
  }

  private boolean isPostImage() {
    return settings.detail(FULL_DOCUMENT, POST_IMAGE).equals(POST_IMAGE);
  }

  @Override
  public EventForm form() {
    return isPostImage() ? EventForm.DOCUMENTS : EventForm.LOOKED_UP_DOCUMENTS;
  }

  @Override
  public FreshetException error(Throwable failure) {
    return ConnectorErrors.of("capture", label(), failure);
  }
}
