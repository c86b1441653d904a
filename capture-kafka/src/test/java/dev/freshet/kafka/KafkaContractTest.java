package dev.freshet.kafka;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Source;
import dev.freshet.core.port.Storage;
import dev.freshet.sourcetest.SourceContract;
import dev.freshet.sourcetest.SourceFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every source does, by a topic of two partitions of a real broker. */
@ExtendWith(SharedBroker.class)
class KafkaContractTest extends SourceContract {
  @Override
  protected SourceFixture fixture(Path directory) throws IOException {
    return new Fixture();
  }

  private static final class Fixture implements SourceFixture {
    private static final String FIRST = "{\"id\":2,\"name\":\"first\"}";
    private static final String SECOND = "{\"id\":2,\"name\":\"second\"}";
    private static final String THIRD = "{\"id\":2,\"name\":\"third\"}";

    private final String topic;

    Fixture() throws IOException {
      try {
        topic = SharedBroker.topic("contract", 2);
      } catch (Exception e) {
        throw new IOException(e);
      }
      send(1, "{\"name\": \"one\"}");
      send(2, "{\"name\": \"first\"}");
      send(3, "{\"name\": \"three\"}");
      send(3, null);
      send(2, "{\"name\": \"second\"}");
      send(4, "{\"name\": 17}");
      send(5, "{\"name\": \"five\"}");
      send(6, "{\"name\": \"six\"}");
    }

    /** Messages of one key are in one partition, as every producer has it. */
    private void send(int id, String value) {
      try {
        SharedBroker.send(topic, id % 2, "" + id, value);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public WhenFull whenFull() {
      return WhenFull.WAITS;
    }

    @Override
    public Source source(Storage state) {
      return source("id BIGINT", "name VARCHAR");
    }

    private Source source(String... columns) {
      Reader reader = new Reader(topic, "id", columns);
      reader.properties.put("max.poll.records", "1");
      return reader.source();
    }

    @Override
    public void provide(Capture running) {
      // they are there
    }

    @Override
    public void provideMore(Capture running) {
      send(2, null);
      send(2, "{\"name\": \"third\"}");
      send(7, "{\"name\": \"seven\"}");
    }

    private static List<String> rows(String... more) {
      return Stream.concat(
              Stream.of(
                  "{\"id\":1,\"name\":\"one\"}",
                  "{\"id\":5,\"name\":\"five\"}",
                  "{\"id\":6,\"name\":\"six\"}"),
              Stream.of(more))
          .sorted()
          .toList();
    }

    @Override
    public Map<String, List<String>> content() {
      return Map.of("t", rows(SECOND));
    }

    @Override
    public Map<String, List<String>> moreContent() {
      return Map.of("t", rows(THIRD, "{\"id\":7,\"name\":\"seven\"}"));
    }

    @Override
    public Claim<RowHistory> rowHistory() {
      return new Claim.Made<>(new RowHistory("t", "id=2", List.of(FIRST, SECOND, "delete", THIRD)));
    }

    @Override
    public Claim<Widened> widened() {
      return new Claim.Made<>(
          new Widened() {
            @Override
            public Source source(Storage state) {
              return Fixture.this.source("id BIGINT", "name VARCHAR", "note VARCHAR");
            }

            @Override
            public void provide(Capture running) {
              send(8, "{\"name\": \"eight\", \"note\": \"new\"}");
            }

            @Override
            public Map<String, List<String>> content() {
              List<String> all = new ArrayList<>(rows(SECOND));
              all.add("{\"id\":8,\"name\":\"eight\",\"note\":\"new\"}");
              return Map.of("t", all);
            }
          });
    }

    @Override
    public int refused() {
      return 1;
    }

    @Override
    public void close() {
      // topics go with their broker
    }
  }
}
