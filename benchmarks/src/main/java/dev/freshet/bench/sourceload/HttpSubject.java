package dev.freshet.bench.sourceload;

import dev.freshet.capture.Capture;
import dev.freshet.capture.Source;
import dev.freshet.capture.http.HttpCapture;
import dev.freshet.capture.http.HttpSettings;
import dev.freshet.capture.http.HttpSource;
import dev.freshet.capture.http.Post;
import dev.freshet.capture.http.Posted;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Senders, each of which posts its requests one behind the other, with idempotency keys, and posts
 * one again until it is told that it is written; and now and then one that was written long ago.
 */
final class HttpSubject extends ModelSubject {
  private static final int SENDERS = 3;
  private static final int ROWS_MAX = 8;
  private static final int PAUSE_MILLIS = 2;
  private static final long STOP_MILLIS = 15_000;

  private final LostState state;
  private final List<Sender> senders = new ArrayList<>();
  private final Queue<String> problems = new ConcurrentLinkedQueue<>();
  private volatile @Nullable HttpCapture running;
  private int requests;

  HttpSubject(Path folder, SplittableRandom random) {
    this.state = new LostState(folder, random.split());
    for (int i = 0; i < SENDERS; i++) {
      Sender sender = new Sender(random.split());
      senders.add(sender);
      sender.thread.start();
    }
  }

  @Override
  public Source source() {
    LocalStorage remembered = state.next();
    return new HttpSource(HttpSettings.of("web"), Tables.NAMES, contracts(), () -> remembered);
  }

  @Override
  public void started(Capture capture) {
    running = (HttpCapture) capture;
  }

  /** A request, and how many of its rows are good. */
  private record Request(Post post, int accepted, int refused) {}

  /** Posts what is in its queue, until it is ended. */
  private final class Sender {
    private final SplittableRandom random;
    private final LinkedBlockingQueue<Request> queue = new LinkedBlockingQueue<>();
    private final List<Request> written = new ArrayList<>();
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);

    Sender(SplittableRandom random) {
      this.random = random;
    }

    private void run() {
      try {
        while (true) {
          Request next = queue.take();
          post(next);
          written.add(next);
          if (random.nextInt(3) == 0) {
            Request old = written.get(random.nextInt(written.size()));
            if (post(old).outcome() != Posted.Outcome.REPEATED) {
              problems.add("request " + old.post().idempotencyKey() + " was written again");
            }
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        problems.add("a sender ended: " + e);
      }
    }

    private Posted post(Request request) throws InterruptedException {
      while (true) {
        HttpCapture capture = running;
        if (capture != null) {
          try {
            Posted posted = capture.take(request.post());
            if (posted.accepted() != request.accepted()
                || posted.refused().size() != request.refused()) {
              problems.add("request " + request + " was answered by " + posted);
            }
            return posted;
          } catch (FreshetException e) {
            if (e.code() != ErrorCode.OVERLOADED
                && e.code() != ErrorCode.NOT_RUNNING
                && e.code() != ErrorCode.TIMED_OUT) {
              throw e;
            }
          }
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }

  @Override
  public void write(SplittableRandom random) {
    int sender = random.nextInt(SENDERS);
    String table = Tables.NAMES.get(random.nextInt(Tables.NAMES.size()));
    if (random.nextInt(4) == 0) {
      postCsv(random, sender, table);
    } else {
      postJson(random, sender, table);
    }
  }

  /** A sender has keys of its own. */
  private static long id(SplittableRandom random, int sender) {
    return (long) random.nextInt(IDS) * SENDERS + sender;
  }

  private void postCsv(SplittableRandom random, int sender, String table) {
    StringBuilder body = new StringBuilder("id,n,note\n");
    int rows = 1 + random.nextInt(ROWS_MAX);
    for (int i = 0; i < rows; i++) {
      NewRow row = newRow(random, id(random, sender));
      body.append(row.csv());
      written(table, row);
    }
    post(sender, table, "text/csv", body.toString(), rows, 0);
  }

  private void postJson(SplittableRandom random, int sender, String table) {
    List<String> body = new ArrayList<>();
    int refused = 0;
    int rows = 1 + random.nextInt(ROWS_MAX);
    for (int i = 0; i < rows; i++) {
      long id = id(random, sender);
      int kind = random.nextInt(100);
      if (kind < 20) {
        body.add("{\"id\":" + id + ",\"_op\":\"delete\"}");
        deleted(table, id);
      } else if (kind < 23) {
        body.add("{\"id\":" + id + ",\"n\":\"" + newBadText() + "\"}");
        refused++;
      } else {
        NewRow row = newRow(random, id);
        body.add(row.json(""));
        written(table, row);
      }
    }
    post(sender, table, "application/x-ndjson", String.join("\n", body), rows - refused, refused);
  }

  private void post(
      int sender, String table, String contentType, String text, int accepted, int refused) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    Post post =
        new Post(table, contentType, Map.of(), "", "request " + ++requests, body, body.length);
    senders.get(sender).queue.add(new Request(post, accepted, refused));
  }

  @Override
  public Map<String, List<String>> writeLast() {
    SplittableRandom random = new SplittableRandom(1);
    Map<String, List<String>> last = new TreeMap<>();
    for (String table : Tables.NAMES) {
      List<String> texts = new ArrayList<>();
      for (int sender = 0; sender < SENDERS; sender++) {
        NewRow row = newRow(random, (long) IDS * SENDERS + sender);
        post(sender, table, "application/json", row.json(""), 1, 0);
        written(table, row);
        texts.add(textOf(row));
      }
      last.put(table, texts);
    }
    return last;
  }

  @Override
  public List<String> problems() {
    return List.copyOf(problems);
  }

  @Override
  public boolean waitsForAcknowledgement() {
    return true;
  }

  @Override
  public void close() {
    senders.forEach(sender -> sender.thread.interrupt());
    for (Sender sender : senders) {
      try {
        sender.thread.join(STOP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
