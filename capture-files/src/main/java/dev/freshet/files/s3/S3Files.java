package dev.freshet.files.s3;

import dev.freshet.core.error.Check;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.files.store.FileStore;
import dev.freshet.files.store.FoundFile;
import dev.freshet.files.store.OpenFile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The objects below a prefix. They are whole when they are listed, and known by key, size, second
 * and entity tag. A listing is one request for each 1,000 of them. Safe for all threads.
 */
public final class S3Files implements FileStore {
  private static final int NOT_FOUND = 404;

  /** Of a page; it is asked for again later by who wants the listing. */
  private static final Duration LIST = Duration.ofSeconds(25);

  private final S3Settings settings;
  private @Nullable S3Client client;
  private boolean isClosed;

  public S3Files(S3Settings settings) {
    this.settings = settings;
  }

  /** Made when it is needed first: that loads some hundred classes. */
  private synchronized S3Client client() {
    Check.that(!isClosed, "what is closed asks for nothing");
    S3Client made = client;
    if (made == null) {
      made = Client.of(settings);
      client = made;
    }
    return made;
  }

  @Override
  public String root() {
    return settings.path();
  }

  @Override
  public Listing list() {
    List<FoundFile> found = new ArrayList<>();
    try {
      ListObjectsV2Request request =
          ListObjectsV2Request.builder()
              .bucket(settings.bucket())
              .prefix(settings.prefix())
              .overrideConfiguration(override -> override.apiCallTimeout(LIST))
              .build();
      client()
          .listObjectsV2Paginator(request)
          .contents()
          .forEach(object -> {
            if (!object.key().endsWith("/")) { // else it stands for a folder
              found.add(found(object));
            }
          });
    } catch (SdkException e) {
      Failure failure = Failure.of(e, settings);
      throw new FreshetException(
          failure.code(),
          "Cannot list the objects of " + root() + ": " + failure.reason() + ".",
          e);
    }
    return new Listing(found, List.of());
  }

  private FoundFile found(S3Object object) {
    return new FoundFile(
        object.key().substring(settings.prefix().length()),
        object.size(),
        seconds(object.lastModified()),
        EntityTag.of(object.eTag()));
  }

  /** In microseconds, but no finer than seconds: requests for one object tell no more. */
  private static long seconds(Instant time) {
    return TimeUnit.SECONDS.toMicros(time.getEpochSecond());
  }

  @Override
  public Optional<FoundFile> find(String path) {
    try {
      HeadObjectResponse head =
          client()
              .headObject(
                  request -> request.bucket(settings.bucket()).key(settings.prefix() + path));
      return Optional.of(
          new FoundFile(
              path, head.contentLength(), seconds(head.lastModified()), EntityTag.of(head.eTag())));
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return listed(path);
      }
      throw unread(path, e);
    } catch (SdkException e) {
      throw unread(path, e);
    }
  }

  /** That nothing is there has no text, so it may be the bucket, or who stands before the store. */
  private Optional<FoundFile> listed(String path) {
    String key = settings.prefix() + path;
    try {
      return client()
          .listObjectsV2(request -> request.bucket(settings.bucket()).prefix(key).maxKeys(1))
          .contents()
          .stream()
          .filter(object -> object.key().equals(key)) // of all that begin so it is the first
          .map(this::found)
          .findFirst();
    } catch (SdkException e) {
      throw unread(path, e);
    }
  }

  private FreshetException unread(String path, SdkException e) {
    return Failure.of(e, settings).unread(root() + "/" + path);
  }

  @Override
  public OpenFile open(FoundFile file) {
    return new OpenObject(client(), settings, file);
  }

  @Override
  public WhenReplaced whenReplaced() {
    return WhenReplaced.FAILS;
  }

  /** Its threads end; idle connections are closed by the JDK after some seconds. */
  @Override
  public synchronized void close() {
    isClosed = true;
    S3Client made = client;
    client = null;
    if (made != null) {
      made.close();
    }
  }

  @Override
  public boolean isAway(FreshetException failure) {
    return failure.code() == ErrorCode.SOURCE_UNREACHABLE;
  }

  @Override
  public String remedy(FreshetException failure, String file) {
    return failure.getCause() instanceof SdkException e
        ? Failure.of(e, settings).remedy().replace("SETTINGS", file)
        : "";
  }
}
