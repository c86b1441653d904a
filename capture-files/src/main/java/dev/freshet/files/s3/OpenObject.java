package dev.freshet.files.s3;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.files.store.FileReplaced;
import dev.freshet.files.store.FoundFile;
import dev.freshet.files.store.OpenFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * An object as it was found: each request says its entity tag, so that the store refuses it once
 * the object is another. It is asked for in blocks, of which the last ones used are kept: of an
 * object up to 32 MiB each byte is asked for once. Nothing is written to a disk. Safe for all
 * threads.
 */
final class OpenObject implements OpenFile {
  private static final int BLOCK_BYTES = 4 << 20;
  private static final int BLOCKS_KEPT = 8;
  private static final int PART = 206;
  private static final int NOT_FOUND = 404;
  private static final int IS_ANOTHER = 412;

  private final S3Client client;
  private final S3Settings settings;
  private final FoundFile file;

  /** By their numbers; those used last are at the end. */
  private final Map<Long, byte[]> blocks = new LinkedHashMap<>(16, 0.75f, true);

  OpenObject(S3Client client, S3Settings settings, FoundFile file) {
    this.client = client;
    this.settings = settings;
    this.file = file;
  }

  @Override
  public long bytes() {
    return file.bytes();
  }

  @Override
  public synchronized int read(long position, byte[] into, int start, int count) {
    int done = 0;
    while (done < count && position + done < file.bytes()) {
      long at = position + done;
      byte[] block = block(at / BLOCK_BYTES);
      int from = (int) (at % BLOCK_BYTES);
      int most = Math.min(count - done, block.length - from);
      System.arraycopy(block, from, into, start + done, most);
      done += most;
    }
    return done;
  }

  private byte[] block(long number) {
    byte[] kept = blocks.get(number);
    if (kept != null) {
      return kept;
    }
    if (blocks.size() == BLOCKS_KEPT) {
      blocks.remove(blocks.keySet().iterator().next());
    }
    long from = number * BLOCK_BYTES;
    byte[] block = get(from, Math.min(from + BLOCK_BYTES, file.bytes()));
    blocks.put(number, block);
    return block;
  }

  private byte[] get(long from, long to) {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder()
            .bucket(settings.bucket())
            .key(settings.prefix() + file.path())
            .range("bytes=" + from + "-" + (to - 1));
    if (!file.tag().isEmpty()) {
      request.ifMatch(file.tag());
    }
    Part part;
    try {
      part = client.getObject(request.build(), (head, body) -> read(head, body, from, to));
    } catch (S3Exception e) {
      throw failed(e);
    } catch (SdkException e) {
      throw Failure.of(e, settings).unread(name());
    }
    if (part.failure() != null) {
      throw part.failure();
    }
    if (part.bytes().length != to - from) {
      throw replaced("it is shorter than it was listed", part.bytes().length + " bytes");
    }
    return part.bytes();
  }

  /**
   * What was answered.
   *
   * @param failure why it is not what was asked for; else {@code null}
   */
  private record Part(byte[] bytes, @Nullable RuntimeException failure) {
    static Part none(RuntimeException failure) {
      return new Part(new byte[0], failure);
    }
  }

  /** Not all stores heed what a request says of the object, and of the part of it. */
  private Part read(GetObjectResponse head, AbortableInputStream body, long from, long to) {
    Optional<RuntimeException> other = other(head, from, to);
    if (other.isPresent()) {
      body.abort();
      return Part.none(other.get());
    }
    byte[] bytes;
    try {
      bytes = body.readNBytes(Math.toIntExact(to - from));
      if (body.read() >= 0) {
        body.abort();
        return Part.none(longer(head));
      }
    } catch (IOException e) {
      throw RetryableException.create("Failed to read what the store sends", e);
    }
    return new Part(bytes, null);
  }

  /** Why an answer is another than the one that was asked for, by its head. */
  private Optional<RuntimeException> other(GetObjectResponse head, long from, long to) {
    String tag = EntityTag.of(head.eTag());
    if (!tag.isEmpty() && !file.tag().isEmpty() && !tag.equals(file.tag())) {
      return Optional.of(replaced("it was changed while it was read", tag));
    }
    int status = head.sdkHttpResponse().statusCode();
    if (status != PART) {
      return from == 0 && to == file.bytes()
          ? Optional.empty()
          : Optional.of(
              unread(
                  "the store answers with all of it ("
                      + status
                      + ") where a part was asked for: it ignores ranges"
                      + unpacks(head)));
    }
    String expected = "bytes " + from + "-" + (to - 1);
    String given = String.valueOf(head.contentRange());
    return given.equals(expected) || given.startsWith(expected + "/")
        ? Optional.empty()
        : Optional.of(
            unread("the store answers with " + given + " where " + expected + " were asked for"));
  }

  private RuntimeException longer(GetObjectResponse head) {
    return unread("the store sends more than it lists" + unpacks(head));
  }

  private static String unpacks(GetObjectResponse head) {
    String encoding = head.contentEncoding();
    return encoding == null || encoding.isEmpty()
        ? ""
        : ", as it may unpack what has Content-Encoding: " + encoding + "; store it without";
  }

  private FreshetException unread(String reason) {
    return new FreshetException(
        ErrorCode.SOURCE_FAILED, "Failed to read " + name() + ": " + reason + ".");
  }

  private static FileReplaced replaced(String reason, String what) {
    return new FileReplaced(reason, new IllegalStateException(what));
  }

  private RuntimeException failed(S3Exception e) {
    if (e.statusCode() == IS_ANOTHER) {
      return new FileReplaced("it was changed while it was read", e);
    }
    boolean isGone =
        e.statusCode() == NOT_FOUND && !Failure.codeOf(e).equals(Failure.NO_SUCH_BUCKET);
    return isGone ? new FileReplaced("it is gone", e) : Failure.of(e, settings).unread(name());
  }

  private String name() {
    return settings.path() + "/" + file.path();
  }

  /** A connection is given back when its answer was read. */
  @Override
  public synchronized void close() {
    blocks.clear();
  }
}
