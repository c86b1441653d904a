package dev.freshet.files.s3;

import dev.freshet.files.store.FileReplaced;
import dev.freshet.files.store.FoundFile;
import dev.freshet.files.store.OpenFile;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
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
    byte[] bytes;
    try {
      bytes = client.getObjectAsBytes(request.build()).asByteArrayUnsafe();
    } catch (S3Exception e) {
      throw failed(e);
    } catch (SdkException e) {
      throw Failure.of(e, settings).unread(name());
    }
    if (bytes.length != to - from) {
      throw new FileReplaced(
          "it is shorter than it was listed", new IllegalStateException(bytes.length + " bytes"));
    }
    return bytes;
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
