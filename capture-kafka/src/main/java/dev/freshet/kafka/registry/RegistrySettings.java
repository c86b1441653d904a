package dev.freshet.kafka.registry;

import java.net.URI;

/**
 * Where a schema registry answers.
 *
 * @param user of basic authentication; empty for none
 * @param password empty for none
 */
public record RegistrySettings(URI url, String user, String password) {
  @Override
  public String toString() {
    return url.toString(); // never the password
  }
}
