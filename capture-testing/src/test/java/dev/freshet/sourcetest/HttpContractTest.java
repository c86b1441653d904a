package dev.freshet.sourcetest;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Source;
import dev.freshet.capture.http.HttpCapture;
import dev.freshet.capture.http.HttpSettings;
import dev.freshet.capture.http.HttpSource;
import dev.freshet.capture.http.Post;
import dev.freshet.contracts.Contract;
import dev.freshet.core.port.Storage;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.DataType.Simple;
import dev.freshet.core.type.Schema;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What every source does, by rows that are posted; their sender sends all again after a kill. */
class HttpContractTest extends SourceContract {
  private static final Contract CLICKS = contract("clicks", List.of());
  private static final Contract USERS = contract("users", List.of("id"));

  private static Contract contract(String table, List<String> key, Column... more) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("id", Simple.BIGINT, Column.Nullability.NOT_NULL));
    columns.add(Column.nullable("name", Simple.VARCHAR));
    columns.addAll(List.of(more));
    return new Contract(table, new Schema(columns), key, "", "");
  }

  @Override
  protected SourceFixture fixture(Path directory) {
    return new Sender();
  }

  /** A sender that gives each request a key. */
  private static final class Sender implements SourceFixture {
    @Override
    public WhenFull whenFull() {
      return WhenFull.REFUSES;
    }

    @Override
    public Source source(Storage state) {
      return source(state, USERS);
    }

    private static Source source(Storage state, Contract users) {
      return new HttpSource(
          HttpSettings.of("web"),
          List.of("clicks", "users"),
          Map.of("clicks", CLICKS, "users", users),
          () -> state);
    }

    @Override
    public Claim<RowHistory> rowHistory() {
      return new Claim.Made<>(
          new RowHistory("users", "id=2", List.of("{\"id\":2,\"name\":null}", "delete")));
    }

    @Override
    public Claim<Widened> widened() {
      Contract wider = contract("users", List.of("id"), Column.nullable("city", Simple.VARCHAR));
      return new Claim.Made<>(
          new Widened() {
            @Override
            public Source source(Storage state) {
              return Sender.source(state, wider);
            }

            @Override
            public void provide(Capture running) {
              Sender.this.provide(running);
              post(running, "users", "g", "{\"id\": 4, \"name\": \"kay\", \"city\": \"Oslo\"}");
            }

            @Override
            public Map<String, List<String>> content() {
              Map<String, List<String>> content = new HashMap<>(Sender.this.content());
              content.computeIfPresent(
                  "users",
                  (_, rows) ->
                      Stream.concat(
                              rows.stream(),
                              Stream.of("{\"id\":4,\"name\":\"kay\",\"city\":\"Oslo\"}"))
                          .toList());
              return content;
            }
          });
    }

    private static void post(Capture running, String table, String key, String json) {
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      ((HttpCapture) running)
          .take(new Post(table, "application/json", Map.of(), "", key, body, body.length));
    }

    @Override
    public void provide(Capture running) {
      post(running, "users", "a", "[{\"id\": 1, \"name\": \"ada\"}, {\"id\": 2}]");
      post(running, "clicks", "b", "[{\"id\": 7}, {\"id\": 7}]");
      post(running, "clicks", "c", "[{\"id\": 8}, {\"id\": \"x\"}]");
      post(running, "users", "d", "{\"id\": 2, \"_op\": \"delete\"}");
      post(running, "users", "e", "{\"id\": 3, \"name\": \"mary\"}");
    }

    @Override
    public void provideMore(Capture running) {
      provide(running);
      post(running, "clicks", "f", "{\"id\": 9}");
    }

    @Override
    public Map<String, List<String>> content() {
      return Map.of(
          "clicks",
          List.of(
              "{\"id\":7,\"name\":null}", "{\"id\":7,\"name\":null}", "{\"id\":8,\"name\":null}"),
          "users",
          List.of("{\"id\":1,\"name\":\"ada\"}", "{\"id\":3,\"name\":\"mary\"}"));
    }

    @Override
    public Map<String, List<String>> moreContent() {
      return Map.of(
          "clicks",
          List.of(
              "{\"id\":7,\"name\":null}",
              "{\"id\":7,\"name\":null}",
              "{\"id\":8,\"name\":null}",
              "{\"id\":9,\"name\":null}"),
          "users",
          List.of("{\"id\":1,\"name\":\"ada\"}", "{\"id\":3,\"name\":\"mary\"}"));
    }

    @Override
    public int refused() {
      return 1;
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
