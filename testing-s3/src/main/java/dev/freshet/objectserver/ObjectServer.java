package dev.freshet.objectserver;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;

/**
 * S3Proxy on a free port of this machine: it checks signatures, and keeps its objects in memory.
 * Its bucket is {@link #BUCKET}. Safe for all threads.
 */
public final class ObjectServer implements AutoCloseable {
  public static final String BUCKET = "deliveries";
  public static final String ACCESS_KEY = "freshet";
  public static final String SECRET_KEY = "made-up-secret";

  private final BlobStoreContext context;
  private final BlobStore blobs;
  private final int port;
  private S3Proxy proxy;

  private ObjectServer(BlobStoreContext context) {
    this.context = context;
    this.blobs = context.getBlobStore();
    blobs.createContainerInLocation(null, BUCKET);
    this.proxy = listen(blobs, 0);
    this.port = proxy.getPort();
  }

  public static ObjectServer start() {
    return new ObjectServer(
        ContextBuilder.newBuilder(new TransientApiMetadata())
            .credentials("none", "none")
            .build(BlobStoreContext.class));
  }

  private static S3Proxy listen(BlobStore blobs, int port) {
    S3Proxy proxy =
        S3Proxy.builder()
            .blobStore(blobs)
            .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .build();
    try {
      proxy.start(); // listens when it returns
    } catch (Exception e) {
      throw new IllegalStateException("Failed to start the server of objects", e);
    }
    return proxy;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public void put(String key, byte[] content) {
    blobs.putBlob(
        BUCKET,
        blobs.blobBuilder(key).payload(content).contentLength((long) content.length).build());
  }

  public void put(String key, String text) {
    put(key, text.getBytes(StandardCharsets.UTF_8));
  }

  public void remove(String key) {
    blobs.removeBlob(BUCKET, key);
  }

  /** It is away; its objects stay. */
  public void goAway() {
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException("Failed to stop the server of objects", e);
    }
  }

  /** It is back, at the same port. */
  public void comeBack() {
    proxy = listen(blobs, port);
  }

  @Override
  public void close() {
    goAway();
    context.close();
  }
}
