package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Ingest;
import dev.freshet.serve.backend.SystemStatus.IngestStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes rows of the table {@code clicks}, and remembers what it took. */
final class FakeIngest implements Ingest {
  static final int BYTES_MAX = 1_000;

  final List<Post> posts = new CopyOnWriteArrayList<>();
  final List<String> bodies = new CopyOnWriteArrayList<>();
  volatile Answer answer = new Answer(Outcome.WRITTEN, 1, List.of());
  volatile long roomBytes = 10_000;
  final AtomicInteger open = new AtomicInteger();

  IngestStatus status() {
    return new IngestStatus(
        "web", List.of(new IngestStatus.TableIngest("clicks", 7, 2)), 5, 1, 3, 10, 100, 4, 60);
  }

  @Override
  public Intake begin(String table) {
    if (!table.equals("clicks")) {
      throw new FreshetException(ErrorCode.NOT_FOUND, "Cannot post to " + table + ".");
    }
    open.incrementAndGet();
    return new FakeIntake();
  }

  private final class FakeIntake implements Intake {
    private boolean closed;

    @Override
    public int bytesMax() {
      return BYTES_MAX;
    }

    @Override
    public void reserve(long bytes) {
      if (bytes > BYTES_MAX) {
        throw new FreshetException(ErrorCode.LIMIT_EXCEEDED, "too long");
      }
      if (bytes > roomBytes) {
        throw new FreshetException(ErrorCode.OVERLOADED, "no room");
      }
    }

    @Override
    public Answer take(Post post) {
      posts.add(post);
      bodies.add(new String(post.body(), 0, post.length(), StandardCharsets.UTF_8));
      return answer;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
      }
    }
  }
}
