package dev.freshet.runtime.source;

import dev.freshet.capture.Source;
import dev.freshet.capture.connect.Times;
import dev.freshet.capture.rows.UnknownFields;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.kafka.KafkaSettings;
import dev.freshet.kafka.KafkaSource;
import dev.freshet.kafka.Start;
import dev.freshet.kafka.TopicChoice;
import dev.freshet.kafka.WhenLost;
import dev.freshet.kafka.message.Envelope;
import dev.freshet.kafka.message.KeyFormat;
import dev.freshet.kafka.message.MessageFormat;
import dev.freshet.kafka.message.MessageSettings;
import dev.freshet.kafka.registry.RegistrySettings;
import dev.freshet.runtime.project.SourceSettings;
import dev.freshet.runtime.project.SourceSettings.TableSelection;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.PatternSyntaxException;

/** {@code kind: kafka}: messages of topics. */
final class KafkaKind implements SourceKind {
  private static final Duration DISCOVER = Duration.ofSeconds(30);

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public Keys keys() {
    return Keys.OPTIONAL;
  }

  @Override
  public Source create(SourceSettings settings, Surroundings surroundings) {
    YamlMap map =
        settings
            .details()
            .allow(
                "kind",
                "brokers",
                "tables",
                "format",
                "key-format",
                "envelope",
                UnknownFieldsKey.NAME,
                "times",
                "registry",
                "start",
                "when-lost",
                "group",
                "discover",
                "properties");
    MessageSettings messages = messages(map);
    Optional<RegistrySettings> registry = map.find("registry").map(KafkaKind::registry);
    if (messages.needsRegistry() && registry.isEmpty()) {
      throw map.place()
          .invalid(
              "Cannot find setting: registry. Avro and Protobuf need a schema registry: registry:"
                  + " {url: http://host:8081}.");
    }
    return new KafkaSource(
            new KafkaSettings(
                settings.name(),
                map.require("brokers").text(),
                map.find("properties").map(KafkaKind::properties).orElse(Map.of()),
                map.text("group", "freshet-" + settings.name()),
                topics(settings, map),
                messages,
                registry,
                map.find("start").map(KafkaKind::start).orElse(new Start.Earliest()),
                map.find("when-lost")
                    .map(value ->
                        parsed(value, WhenLost.parse(value.text()), "stop, earliest or latest"))
                    .orElse(WhenLost.STOP),
                map.find("discover").map(YamlValue::duration).orElse(DISCOVER)),
            surroundings.contracts())
        .pausing(surroundings.paused(settings.name()));
  }

  private static List<TopicChoice> topics(SourceSettings settings, YamlMap map) {
    List<TopicChoice> topics = new ArrayList<>();
    for (TableSelection table : settings.tables()) {
      TopicChoice choice = new TopicChoice(table.sourceName(), table.table());
      try {
        if (choice.pattern().pattern().isEmpty() || choice.table().contains("/")) {
          throw map.require("tables")
              .invalid(
                  "Invalid table: "
                      + choice.topic()
                      + ". Topics by a pattern need a name for their table: {name: "
                      + choice.topic()
                      + ", as: orders}.");
        }
      } catch (PatternSyntaxException e) {
        throw map.require("tables")
            .invalid("Invalid pattern of topics: " + choice.topic() + ": " + e.getDescription());
      }
      topics.add(choice);
    }
    return topics;
  }

  private static MessageSettings messages(YamlMap map) {
    MessageFormat format =
        map.find("format")
            .map(value ->
                parsed(value, MessageFormat.parse(value.text()), "json, avro, protobuf or raw"))
            .orElse(MessageFormat.JSON);
    Optional<YamlValue> envelope = map.find("envelope");
    Envelope wrapped =
        envelope
            .map(value -> parsed(value, Envelope.parse(value.text()), "none or debezium"))
            .orElse(Envelope.NONE);
    if (wrapped == Envelope.DEBEZIUM && format == MessageFormat.PROTOBUF) {
      throw envelope
          .orElseThrow()
          .invalid(
              "Cannot read Debezium's envelope in Protobuf. Debezium's events are read in JSON and"
                  + " Avro; those flattened by its ExtractNewRecordState need no envelope.");
    }
    return new MessageSettings(
        format,
        map.find("key-format")
            .map(value ->
                parsed(value, KeyFormat.parse(value.text()), "json, avro, protobuf, text or none"))
            .orElse(KeyFormat.usual(format)),
        wrapped,
        UnknownFieldsKey.read(map, UnknownFields.IGNORE),
        map.find("times")
            .map(
                value -> parsed(value, Times.Unit.parse(value.text()), "millis, micros or nanos")));
  }

  private static <T> T parsed(YamlValue value, Optional<T> parsed, String wanted) {
    return parsed.orElseThrow(
        () -> value.invalid("Invalid value: " + value.text() + ". It is " + wanted + "."));
  }

  private static Start start(YamlValue value) {
    return switch (value.text()) {
      case "earliest" -> new Start.Earliest();
      case "latest" -> new Start.Latest();
      default -> {
        try {
          yield new Start.At(Instant.parse(value.text()).toEpochMilli());
        } catch (DateTimeParseException e) {
          throw value.invalid(
              "Invalid start: "
                  + value.text()
                  + ". It is earliest, latest or a time such as 2026-01-31T10:30:00Z.");
        }
      }
    };
  }

  private static RegistrySettings registry(YamlValue value) {
    YamlMap map = value.map().allow("url", "user", "password");
    YamlValue url = map.require("url");
    map.find("password").ifPresent(password -> requireVariable("registry.password", password));
    if (url.text().contains("@")) {
      // The error shows neither the URL nor its line: a password may stand there.
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Invalid registry.url of a source of kind kafka: it has a user, or a password. Fix: give"
              + " registry.url without them, and registry: {user: NAME, password: ${KAFKA_SECRET}}.");
    }
    try {
      URI uri = URI.create(url.text());
      if (uri.getHost() != null && String.valueOf(uri.getScheme()).startsWith("http")) {
        return new RegistrySettings(uri, map.text("user", ""), map.text("password", ""));
      }
    } catch (IllegalArgumentException e) {
      // answered below
    }
    throw url.invalid(
        "Invalid URL of a schema registry: " + url.text() + ". Such as http://host:8081.");
  }

  private static Map<String, String> properties(YamlValue value) {
    Map<String, String> properties = new TreeMap<>();
    YamlMap map = value.map();
    for (String name : map.keys()) {
      YamlValue property = map.require(name);
      String problem = KafkaSettings.problemOf(name);
      if (!problem.isEmpty()) {
        throw property.invalid("Invalid property of Kafka: " + name + ": " + problem + ".");
      }
      if (KafkaSettings.isSecret(name)) {
        requireVariable(name, property);
      }
      properties.put(name, property.text());
    }
    return properties;
  }

  /**
   * Secrets come from the environment, so that no file has them. The error does not show the line,
   * which has one.
   */
  private static void requireVariable(String name, YamlValue value) {
    if (!value.namesVariable()) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Invalid value of "
              + name
              + " of a source of kind kafka: it is a secret, and stands in the file. Take it from the"
              + " environment: "
              + name
              + ": ${KAFKA_SECRET}.");
    }
  }
}
