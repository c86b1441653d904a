package dev.freshet.kafka.registry;

import dev.freshet.capture.rows.SyntaxProblem;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.kafka.json.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A client of the Confluent Schema Registry API (so Confluent's, Redpanda's, Karapace, Apicurio's
 * {@code ccompat}). A schema that has an id never changes, so each is asked for once. Safe for all
 * threads.
 */
public final class SchemaRegistry implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int SCHEMAS_MAX = 10_000;
  private static final int REFERENCES_MAX = 100;
  private static final int BODY_BYTES_MAX = 8 << 20;

  private final RegistrySettings settings;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final Map<Integer, RegistrySchema> known = new ConcurrentHashMap<>();

  public SchemaRegistry(RegistrySettings settings) {
    this.settings = settings;
  }

  /**
   * The schema of an id; empty when the registry has none.
   *
   * @throws FreshetException {@link ErrorCode#SOURCE_UNREACHABLE} when it does not answer, {@link
   *     ErrorCode#SOURCE_MISCONFIGURED} when it refuses the user
   */
  public Optional<RegistrySchema> schema(int id) {
    RegistrySchema schema = known.get(id);
    if (schema != null) {
      return Optional.of(schema);
    }
    HttpResponse<byte[]> answer = get("/schemas/ids/" + id);
    if (answer.statusCode() == 404) {
      return Optional.empty();
    }
    Object tree = tree(answer);
    Set<String> references = new LinkedHashSet<>();
    boolean isWhole = addReferences(tree, references, new LinkedHashSet<>());
    String type = JsonTree.text(tree, "schemaType");
    RegistrySchema found =
        new RegistrySchema(
            id,
            type.isEmpty() ? "AVRO" : type,
            JsonTree.text(tree, "schema"),
            new ArrayList<>(references));
    if (isWhole && known.size() < SCHEMAS_MAX) {
      known.put(id, found);
    }
    return Optional.of(found);
  }

  /** What a schema refers to comes before it; returns whether the registry has all of it. */
  private boolean addReferences(Object tree, Set<String> texts, Set<String> seen) {
    boolean isWhole = true;
    for (Object reference : JsonTree.list(tree, "references")) {
      String subject = JsonTree.text(reference, "subject");
      String path =
          "/subjects/"
              + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20")
              + "/versions/"
              + JsonTree.text(reference, "version");
      if (seen.add(path) && seen.size() <= REFERENCES_MAX) {
        HttpResponse<byte[]> answer = get(path);
        if (answer.statusCode() == 404) {
          isWhole = false; // then the schema cannot be read, which says it
          continue;
        }
        Object referred = tree(answer);
        isWhole &= addReferences(referred, texts, seen);
        texts.add(JsonTree.text(referred, "schema"));
      }
    }
    return isWhole;
  }

  /**
   * Asks for nothing in particular.
   *
   * @throws FreshetException as {@link #schema}
   */
  public void reach() {
    get("/schemas/types"); // 404 of a registry without this path is an answer too
  }

  private Object tree(HttpResponse<byte[]> answer) {
    try {
      return JsonTree.read(answer.body());
    } catch (SyntaxProblem e) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot read what the schema registry at "
              + settings.url()
              + " answers: it is no JSON. Fix: correct registry.url of the source.",
          e);
    }
  }

  private HttpResponse<byte[]> get(String path) {
    String base = settings.url().toString();
    URI uri = URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(TIMEOUT)
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
    if (!settings.user().isEmpty()) {
      String secret = settings.user() + ":" + settings.password();
      String encoded = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
      request.header("Authorization", "Basic " + encoded);
    }
    HttpResponse<byte[]> answer;
    try {
      answer =
          client.send(
              request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), BODY_BYTES_MAX));
    } catch (IOException e) {
      throw unreachable(String.valueOf(e.getMessage() == null ? e : e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("interrupted", e);
    }
    int status = answer.statusCode();
    if (status == 401 || status == 403) {
      throw new FreshetException(
          ErrorCode.SOURCE_MISCONFIGURED,
          "Cannot ask the schema registry at "
              + settings.url()
              + ": it refuses "
              + (settings.user().isEmpty() ? "who gives no user" : "user " + settings.user())
              + " (HTTP "
              + status
              + "). Fix: set registry.user and registry.password of the source.");
    }
    if (status != 200 && status != 404) {
      throw unreachable("HTTP " + status, null);
    }
    return answer;
  }

  private FreshetException unreachable(String why, @Nullable Exception cause) {
    return new FreshetException(
        ErrorCode.SOURCE_UNREACHABLE,
        "Cannot reach the schema registry at "
            + settings.url()
            + " ("
            + why
            + "). Fix: start it, or correct registry.url of the source.",
        cause);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
