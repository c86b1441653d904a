package dev.freshet.kafka;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Turns what Kafka's clients report into our errors, with cause and fix. */
final class KafkaErrors {
  private KafkaErrors() {}

  /**
   * @param what what failed, as in {@code Failed to <what>}
   */
  static FreshetException of(String what, KafkaSettings settings, Throwable thrown) {
    Throwable e = thrown;
    while ((e instanceof ExecutionException || e instanceof CompletionException)
        && e.getCause() != null) {
      e = e.getCause();
    }
    if (e instanceof FreshetException known) {
      return known;
    }
    ConfigException config = cause(e, ConfigException.class);
    if (config != null) {
      return config(settings, config);
    }
    String brokers = settings.brokers();
    if (e instanceof AuthenticationException) {
      return error(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot log in to Kafka at " + brokers + ": " + said(e) + ".",
          "correct sasl.jaas.config, sasl.mechanism and the ssl properties of the source",
          e);
    }
    if (e instanceof AuthorizationException) {
      return notAllowed(what, brokers, e);
    }
    if (e instanceof UnknownTopicOrPartitionException || e instanceof InvalidTopicException) {
      return error(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot " + what + " at " + brokers + ": " + said(e) + ".",
          "create the topic, or correct its name in tables",
          e);
    }
    if (e instanceof RetriableException || e instanceof TimeoutException) {
      return error(
          ErrorCode.SOURCE_UNREACHABLE,
          "Failed to " + what + ": no broker answers at " + brokers + " (" + said(e) + ").",
          "start the broker, correct brokers of the source, or its security properties: a broker"
              + " with TLS does not answer a client without",
          e);
    }
    return error(
        ErrorCode.SOURCE_FAILED,
        "Failed to " + what + " at " + brokers + ": " + saidWithRoot(e) + ".",
        "",
        e);
  }

  private static FreshetException config(KafkaSettings settings, ConfigException e) {
    if (said(e).contains("bootstrap")) {
      return error(
          ErrorCode.SOURCE_UNREACHABLE,
          "Cannot reach Kafka at " + settings.brokers() + ": " + said(e) + ".",
          "correct brokers of the source: host:port, separated by commas",
          e);
    }
    // Kafka names the property, and the value unless it is a password.
    return error(
        ErrorCode.SOURCE_MISCONFIGURED,
        "Cannot set up a client of Kafka for source " + settings.name() + ": " + said(e) + ".",
        "correct properties of the source",
        e);
  }

  private static FreshetException notAllowed(String what, String brokers, Throwable e) {
    String fix =
        switch (e) {
          case TopicAuthorizationException topics -> allow("--topic", topics.unauthorizedTopics());
          case GroupAuthorizationException group -> allow("--group", Set.of(group.groupId()));
          case ClusterAuthorizationException _ ->
              "kafka-acls --add --allow-principal User:... --operation Describe --cluster";
          default -> "give the source's user the rights to describe and read its topics";
        };
    return error(
        ErrorCode.SOURCE_MISCONFIGURED,
        "Not authorized to " + what + " at " + brokers + ": " + said(e) + ".",
        fix,
        e);
  }

  private static String allow(String kind, Set<String> names) {
    return "kafka-acls --add --allow-principal User:... --operation Read "
        + names.stream().sorted().map(name -> kind + " " + name).collect(Collectors.joining(" "));
  }

  private static FreshetException error(
      ErrorCode code, String message, String fix, Throwable cause) {
    return new FreshetException(code, fix.isEmpty() ? message : message + " Fix: " + fix, cause);
  }

  private static <T extends Throwable> @Nullable T cause(Throwable e, Class<T> type) {
    Throwable at = e;
    for (int depth = 0; at != null && depth < 10; depth++) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
      at = at.getCause();
    }
    return null;
  }

  /** What was thrown, and what it comes from. */
  private static String saidWithRoot(Throwable e) {
    Throwable root = e;
    for (int depth = 0; root.getCause() != null && depth < 10; depth++) {
      root = root.getCause();
    }
    String said = said(e);
    return said.contains(said(root)) ? said : said + " (" + said(root) + ")";
  }

  static String said(Throwable e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String line = text.lines().findFirst().orElse(text).strip();
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }
}
