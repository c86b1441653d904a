package dev.freshet.runtime.system;

import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code sources/*.yaml} of kind files says of object stores, and what it may not say. */
@Timeout(120)
class ObjectSourceFilesTest {
  @TempDir private Path project;

  private AbstractThrowableAssert<?, ?> refused(String settings) throws IOException {
    SourceFile.write(project, "contracts/orders.yaml", "key: [id]\ncolumns: {id: BIGINT}\n");
    return SourceFile.refused(project, "kind: files\ntables: [orders]\n" + settings);
  }

  @Test
  void namesThePlaceAndWhatIsTaken() throws IOException {
    refused("path: s3://\n").hasMessageContaining("Invalid path: s3://. Such as s3://bucket");
    refused("path: s3://b/x\nsettle: 1s\n").hasMessageContaining("settle");
    refused("path: inbox\nregion: eu-west-1\n").hasMessageContaining("region");
    refused("path: s3://b/x\nendpoint: minio:9000\n")
        .hasMessageContaining("sources/shop.yaml:4:11")
        .hasMessageContaining("It is a URL, such as https://");
    refused("path: s3://b/x\naccess-key: me\n").hasMessageContaining("Cannot find setting: secret");
    refused("path: s3://b/x\nendpoint: http://minio:9000\n")
        .hasMessageContaining("or add tls: off if that is meant");
  }

  @Test
  void takesSecretsFromTheEnvironmentOnlyAndNeverShowsThem() throws IOException {
    refused("path: s3://b/x\naccess-key: me\nsecret-key: hidden\n")
        .hasMessageContaining("Invalid value of secret-key of a source of kind files")
        .hasMessageNotContaining("hidden");
    refused("path: s3://b/x\nendpoint: https://me:hidden@minio\n")
        .hasMessageContaining("Invalid endpoint of a source of kind files: it has a user")
        .hasMessageNotContaining("hidden");
    refused(
            "path: s3://bucket/x\naccess-key: me\nsecret-key: ${SECRET}\n"
                + "endpoint: http://127.0.0.1:1\n")
        .hasMessageContaining("Cannot list the objects of s3://bucket/x: nothing listens at")
        .hasMessageNotContaining("s3cret");
  }
}
