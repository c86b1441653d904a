package dev.freshet.files.s3;

import dev.freshet.core.error.Check;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * Where objects lie, and as whom they are asked for.
 *
 * @param bucket its name
 * @param prefix that all keys begin with: empty, or with {@code /} at its end
 * @param region empty where the environment, or the endpoint, has one
 * @param endpoint of a store other than Amazon's
 * @param tls whether it may be left out on the way to another machine
 * @param addressing how the bucket is named to the store
 */
public record S3Settings(
    String bucket,
    String prefix,
    Optional<String> region,
    Optional<URI> endpoint,
    Tls tls,
    Addressing addressing,
    Credentials credentials) {
  public static final String SCHEME = "s3://";

  /** How often a prefix is listed: requests cost money, and rows are to be there within 2 s. */
  public static final Duration POLL = Duration.ofSeconds(1);

  /** Where the bucket's name stands. */
  public enum Addressing {
    HOST,
    PATH
  }

  /** Whether others on the way can read what is sent, and change it. */
  public enum Tls {
    REQUIRED,
    /** It is meant so. */
    OFF
  }

  /** As whom objects are asked for. */
  public sealed interface Credentials {
    /** As Amazon's tools find it: variables, profile, service account, machine. */
    record FromEnvironment() implements Credentials {}

    /** By a key. Its secret is never part of a text. */
    record Keys(String access, String secret, Optional<String> session) implements Credentials {
      @Override
      public String toString() {
        return "Keys[" + access + "]";
      }
    }
  }

  public S3Settings {
    Check.that(!bucket.isEmpty(), "a bucket has a name");
    Check.that(prefix.isEmpty() || prefix.endsWith("/"), "a prefix is like a folder");
  }

  /** The bucket and the prefix of {@code s3://bucket/prefix}; empty when it is none such. */
  public static Optional<S3Settings> parse(String path) {
    if (!path.startsWith(SCHEME)) {
      return Optional.empty();
    }
    String rest = path.substring(SCHEME.length());
    int slash = rest.indexOf('/');
    String bucket = slash < 0 ? rest : rest.substring(0, slash);
    String prefix = slash < 0 ? "" : rest.substring(slash + 1);
    if (bucket.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new S3Settings(
            bucket,
            prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/",
            Optional.empty(),
            Optional.empty(),
            Tls.REQUIRED,
            Addressing.HOST,
            new Credentials.FromEnvironment()));
  }

  /** The same place in another store, or as another. */
  public S3Settings at(
      Optional<String> otherRegion,
      Optional<URI> otherEndpoint,
      Tls otherTls,
      Addressing otherAddressing,
      Credentials otherCredentials) {
    return new S3Settings(
        bucket, prefix, otherRegion, otherEndpoint, otherTls, otherAddressing, otherCredentials);
  }

  /** Whether a store there is another machine's, and is asked without TLS. */
  public static boolean isPlainElsewhere(URI endpoint) {
    return "http".equals(endpoint.getScheme()) && !isThisMachine(endpoint.getHost());
  }

  /** By the name alone: nothing is asked for it. */
  private static boolean isThisMachine(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    boolean isAddress = host.startsWith("[") || host.matches("[0-9.]+");
    try {
      return isAddress && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** As a project's file writes it. */
  public String path() {
    return SCHEME
        + bucket
        + (prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1));
  }
}
