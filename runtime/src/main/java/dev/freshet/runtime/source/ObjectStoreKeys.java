package dev.freshet.runtime.source;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.files.s3.S3Settings;
import dev.freshet.files.s3.S3Settings.Addressing;
import dev.freshet.files.s3.S3Settings.Credentials;
import dev.freshet.files.s3.S3Settings.Tls;
import dev.freshet.runtime.yaml.YamlMap;
import dev.freshet.runtime.yaml.YamlValue;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Settings of a source whose files are objects. */
final class ObjectStoreKeys {
  private static final String ACCESS_KEY = "access-key";
  private static final String SECRET_KEY = "secret-key";
  private static final String SESSION_TOKEN = "session-token";

  static final List<String> NAMES =
      List.of("region", "endpoint", "path-style", "tls", ACCESS_KEY, SECRET_KEY, SESSION_TOKEN);

  private ObjectStoreKeys() {}

  static S3Settings read(YamlMap map) {
    YamlValue path = map.require("path");
    S3Settings place =
        S3Settings.parse(path.text())
            .orElseThrow(() ->
                path.invalid("Invalid path: " + path.text() + ". Such as s3://bucket/prefix."));
    Tls tls = map.find("tls").map(ObjectStoreKeys::tls).orElse(Tls.REQUIRED);
    Optional<URI> endpoint = map.find("endpoint").map(value -> endpoint(value, tls));
    Addressing usual = endpoint.isPresent() ? Addressing.PATH : Addressing.HOST;
    return place.at(
        map.find("region").map(YamlValue::text),
        endpoint,
        tls,
        map.find("path-style")
            .map(value -> value.flag() ? Addressing.PATH : Addressing.HOST)
            .orElse(usual),
        credentials(map));
  }

  private static URI endpoint(YamlValue value, Tls tls) {
    String text = value.text();
    if (text.contains("@")) {
      // The error shows neither the URL nor its line: a password may stand there.
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Invalid endpoint of a source of kind files: it has a user, or a password. Fix: give"
              + " endpoint without them, and access-key and secret-key: ${S3_SECRET_KEY}.");
    }
    URI uri = uri(text);
    boolean isOfHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (uri.getHost() == null || !isOfHttp) {
      throw value.invalid(
          "Invalid endpoint: " + text + ". It is a URL, such as https://minio.example.com:9000.");
    }
    if (tls == Tls.REQUIRED && S3Settings.isPlainElsewhere(uri)) {
      throw value.invalid(
          "Invalid endpoint: "
              + text
              + ". Without TLS others on the way can read the rows, and change them. Write"
              + " https://, or add tls: off if that is meant.");
    }
    return uri;
  }

  private static Tls tls(YamlValue value) {
    return switch (value.text()) {
      case "off" -> Tls.OFF;
      case "required" -> Tls.REQUIRED;
      default -> throw value.invalid("Invalid tls: " + value.text() + ". It is required or off.");
    };
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      return URI.create(""); // has no host
    }
  }

  private static Credentials credentials(YamlMap map) {
    Optional<YamlValue> access = map.find(ACCESS_KEY);
    Optional<YamlValue> secret = map.find(SECRET_KEY);
    Optional<YamlValue> session = map.find(SESSION_TOKEN);
    secret.ifPresent(value -> requireVariable(SECRET_KEY, value));
    session.ifPresent(value -> requireVariable(SESSION_TOKEN, value));
    if (access.isEmpty() && secret.isEmpty() && session.isEmpty()) {
      return new Credentials.FromEnvironment();
    }
    if (access.isEmpty() || secret.isEmpty()) {
      throw map.place()
          .invalid(
              "Cannot find setting: "
                  + (access.isEmpty() ? ACCESS_KEY : SECRET_KEY)
                  + ". access-key and secret-key belong together; without both, credentials are"
                  + " those that Amazon's tools find.");
    }
    return new Credentials.Keys(
        access.get().text(), secret.get().text(), session.map(YamlValue::text));
  }

  /** The error does not show the line, which has the secret. */
  private static void requireVariable(String name, YamlValue value) {
    if (!value.namesVariable()) {
      throw new FreshetException(
          ErrorCode.CONFIG_INVALID,
          "Invalid value of "
              + name
              + " of a source of kind files: it is a secret, and stands in the file. Take it from"
              + " the environment: "
              + name
              + ": ${S3_SECRET_KEY}.");
    }
  }
}
