package dev.freshet.lake;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.Storage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that loses power at a chosen call. What was not synced is then kept, torn or
 * lost, as the seed decides; names that were not synced come back old or new.
 */
final class CrashingStorage implements Storage {
  /** The machine is off. */
  static final class PowerCut extends RuntimeException {
    PowerCut() {
      super("power cut");
    }
  }

  private static final class Content {
    byte[] bytes = {};
    byte[] durable = {};
  }

  private final Random random;
  private Map<String, Content> names = new TreeMap<>();
  private final Map<String, Content> durableNames = new HashMap<>();
  private long calls;
  private long cutAt = Long.MAX_VALUE;
  private long failAt = Long.MAX_VALUE;
  private boolean off;

  CrashingStorage(Random random) {
    this.random = random;
  }

  long calls() {
    return calls;
  }

  /** The power goes at this call from now, counted from 1. */
  void cutIn(long more) {
    cutAt = calls + more;
  }

  /** This call from now fails once, before it does anything. */
  void failIn(long more) {
    failAt = calls + more;
  }

  /** Switches the machine on again. */
  void restart() {
    Map<String, Content> after = new TreeMap<>();
    names.forEach((path, content) -> keep(after, path, content, durableNames.get(path)));
    durableNames.forEach((path, content) -> {
      if (!names.containsKey(path) && random.nextBoolean()) {
        after.put(path, content);
      }
    });
    after.values().forEach(this::lose);
    names = after;
    durableNames.clear();
    durableNames.putAll(after);
    off = false;
    cutAt = Long.MAX_VALUE;
    failAt = Long.MAX_VALUE;
  }

  private void keep(Map<String, Content> after, String path, Content now, Content durable) {
    Content kept = now == durable || random.nextBoolean() ? now : durable;
    if (kept != null) {
      after.put(path, kept);
    }
  }

  private void lose(Content content) {
    switch (random.nextInt(3)) {
      case 0 -> content.bytes = content.durable;
      case 1 -> {
        int least = content.bytes.length < content.durable.length ? 0 : content.durable.length;
        int kept = least + random.nextInt(content.bytes.length - least + 1);
        content.bytes = Arrays.copyOf(content.bytes, kept);
      }
      default -> {}
    }
    content.durable = content.bytes;
  }

  private void call() {
    calls++;
    if (off || calls >= cutAt) {
      off = true;
      throw new PowerCut();
    }
    if (calls == failAt) {
      throw new FreshetException(ErrorCode.STORAGE_FAILED, "Failed to use the disk: injected.");
    }
  }

  private Content find(String path) {
    Content content = names.get(path);
    if (content == null) {
      throw new FreshetException(ErrorCode.NOT_FOUND, "Failed to open " + path + ": no such file.");
    }
    return content;
  }

  @Override
  public String root() {
    return "/disk";
  }

  @Override
  public void createDirectories(String directory) {
    call();
  }

  @Override
  public List<String> list(String directory) {
    call();
    String prefix = directory + "/";
    return names.keySet().stream()
        .filter(path -> path.startsWith(prefix))
        .map(path -> path.substring(prefix.length()))
        .map(rest -> rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest)
        .distinct()
        .toList();
  }

  @Override
  public boolean exists(String path) {
    call();
    return names.containsKey(path);
  }

  @Override
  public long size(String path) {
    call();
    return find(path).bytes.length;
  }

  @Override
  public File create(String path) {
    call();
    if (names.containsKey(path)) {
      throw new FreshetException(ErrorCode.ALREADY_EXISTS, "Failed to create " + path);
    }
    Content content = new Content();
    names.put(path, content);
    return new MemoryFile(content);
  }

  @Override
  public File open(String path) {
    call();
    return new MemoryFile(find(path));
  }

  @Override
  public File openRead(String path) {
    return open(path);
  }

  @Override
  public void rename(String from, String to) {
    call();
    names.put(to, find(from));
    names.remove(from);
  }

  @Override
  public void delete(String path) {
    call();
    names.remove(path);
  }

  @Override
  public void syncDirectory(String directory) {
    call();
    durableNames.keySet().removeIf(path -> Storage.parent(path).equals(directory));
    names.forEach((path, content) -> {
      if (Storage.parent(path).equals(directory)) {
        durableNames.put(path, content);
      }
    });
  }

  @Override
  public long freeBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public Lock lock(String directory) {
    return () -> {};
  }

  private final class MemoryFile implements File {
    private final Content content;

    MemoryFile(Content content) {
      this.content = content;
    }

    @Override
    public void write(long position, byte[] bytes, int start, int count) {
      call();
      int end = Math.toIntExact(position + count);
      byte[] grown = Arrays.copyOf(content.bytes, Math.max(end, content.bytes.length));
      System.arraycopy(bytes, start, grown, (int) position, count);
      content.bytes = grown;
    }

    @Override
    public int read(long position, byte[] bytes, int start, int count) {
      call();
      int available = (int) Math.max(0, Math.min(count, content.bytes.length - position));
      System.arraycopy(
          content.bytes, (int) Math.min(position, content.bytes.length), bytes, start, available);
      return available;
    }

    @Override
    public long size() {
      return content.bytes.length;
    }

    @Override
    public void truncate(long size) {
      call();
      content.bytes = Arrays.copyOf(content.bytes, Math.toIntExact(size));
    }

    @Override
    public void sync() {
      call();
      content.durable = content.bytes;
    }

    @Override
    public void close() {}
  }
}
