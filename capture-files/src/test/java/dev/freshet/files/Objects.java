package dev.freshet.files;

import dev.freshet.files.s3.S3Files;
import dev.freshet.files.s3.S3Settings;
import dev.freshet.files.s3.S3Settings.Addressing;
import dev.freshet.files.s3.S3Settings.Credentials;
import dev.freshet.files.s3.S3Settings.Tls;
import dev.freshet.objectserver.ObjectServer;
import java.net.URI;
import java.util.Optional;

/** The objects of a server of a test. */
final class Objects {
  private Objects() {}

  static S3Files below(ObjectServer server, String prefix) {
    return below(server.endpoint(), prefix);
  }

  static S3Files below(URI endpoint, String prefix) {
    return new S3Files(at(endpoint, ObjectServer.BUCKET + "/" + prefix, ObjectServer.SECRET_KEY));
  }

  static S3Settings at(URI endpoint, String place, String secret) {
    return S3Settings.parse("s3://" + place)
        .orElseThrow()
        .at(
            Optional.empty(),
            Optional.of(endpoint),
            Tls.REQUIRED,
            Addressing.PATH,
            new Credentials.Keys(ObjectServer.ACCESS_KEY, secret, Optional.empty()));
  }
}
