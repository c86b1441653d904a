package dev.freshet.bench.kill;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A defect on purpose: memory, handles and threads that are never given back. */
final class Leak {
  private static final int BYTES = 256 << 10;
  private static final long PAUSE_NANOS = 100_000_000;

  private final List<byte[]> memory = new ArrayList<>();
  private final List<InputStream> handles = new ArrayList<>();

  /** Goes on until the process ends. */
  static void start() {
    Thread.ofPlatform().daemon().name("leak").start(new Leak()::run);
  }

  private void run() {
    while (memory.size() < Integer.MAX_VALUE) {
      memory.add(new byte[BYTES]);
      try {
        handles.add(Files.newInputStream(Path.of("/proc/self/stat")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Thread.ofPlatform().daemon().name("leak-" + handles.size()).start(LockSupport::park);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
