package dev.freshet.bench.kill;

import dev.freshet.bench.harness.Options;
import dev.freshet.bench.harness.Proof;
import dev.freshet.bench.harness.Tally;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.demo.shop.ShopWorkload;
import dev.freshet.testing.files.FileTrees;
import dev.freshet.testing.files.WorkFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./prove disk --folder DIR --times 5}: runs {@code examples/shop} in a process of its own
 * with its state on DIR's file system, which must be a small one, and fills that to the last byte
 * under load. The status must say so; when there is room again, everything must come to equal
 * PostgreSQL, at times after a kill -9 while the disk was full.
 */
public final class DiskProof implements Proof {
  private static final long SIZE_MIN = 384L << 20;
  private static final long SIZE_MAX = 4L << 30;
  private static final long NOTICE_SECONDS = 60;

  @Override
  public String name() {
    return "disk";
  }

  @Override
  public String summary() {
    return "a full disk under load (--folder DIR on a file system of 384 MiB to 4 GiB, --times 5, --rate 1000)";
  }

  @Override
  public void run(List<String> arguments, Tally tally) throws Exception {
    Options options = Options.of(arguments, "folder", "times", "rate");
    Path disk = checked(Path.of(options.text("folder", "")));
    long times = options.number("times", 5);
    Path example = Path.of(System.getProperty("freshet.home", "")).resolve("examples/shop");
    Path state = disk.resolve("freshet-state");
    Random random = new Random(tally.seed());
    WorkFolder folder = WorkFolder.create("freshet-prove-disk-");
    try (KillRun run =
        KillRun.start(folder, state, example, (int) options.number("rate", 1_000), tally.seed())) {
      for (long i = 0; i < times; i++) {
        String failure = fill(run, disk.resolve("filler"), random);
        if (!failure.isEmpty()) {
          tally.failed(failure);
          return;
        }
        tally.passed();
      }
    } finally {
      FileTrees.delete(state);
    }
  }

  private static Path checked(Path disk) throws IOException {
    if (!Files.isDirectory(disk) || disk.toString().isEmpty()) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Invalid --folder: " + disk + "; name a folder on a file system that may be filled");
    }
    long size = Files.getFileStore(disk).getTotalSpace();
    if (size < SIZE_MIN || size > SIZE_MAX) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Invalid --folder: "
              + disk
              + "; its file system has "
              + (size >> 20)
              + " MiB, and 384 to 4096 are wanted: mount -t tmpfs -o size=512m tmpfs DIR");
    }
    return disk;
  }

  /** Returns what was wrong, or an empty text. */
  private static String fill(KillRun run, Path filler, Random random) throws Exception {
    try (Victim victim = run.start()) {
      String failure = run.verify(victim);
      if (!failure.isEmpty()) {
        return failure;
      }
      try (ShopWorkload workload = run.work()) {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(2_000));
        fillUp(filler);
        String noticed = awaitNotice(victim);
        System.out.println(noticed);
        if (!noticed.contains("Free some space")) {
          return "the status does not say that the disk is full: " + noticed;
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(3_000));
        fillUp(filler); // what Freshet has given back
        boolean isKilled = random.nextBoolean();
        if (isKilled && !victim.kill()) {
          return "the process ended by itself: " + victim.output();
        }
        workload.stop();
        workload.await();
        Files.delete(filler);
        return isKilled ? run.verify() : awaitEqual(run, victim);
      }
    } finally {
      Files.deleteIfExists(filler);
    }
  }

  private static String awaitNotice(Victim victim) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(NOTICE_SECONDS);
    String problems = "";
    while (!problems.contains("Free some space") && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(50);
      problems = victim.problems();
    }
    return problems;
  }

  /** Every part tries again in seconds; until then it is not healthy, and says so. */
  private static String awaitEqual(KillRun run, Victim victim) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(NOTICE_SECONDS);
    while (!victim.problems().isEmpty() && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return run.compare(victim);
  }

  /** Appends until not one byte more fits. */
  private static void fillUp(Path filler) throws IOException {
    long before = Files.exists(filler) ? Files.size(filler) : 0;
    for (int block = 1 << 20; block > 0; block /= 16) {
      byte[] bytes = new byte[block];
      try (OutputStream out =
          Files.newOutputStream(
              filler,
              java.nio.file.StandardOpenOption.CREATE,
              java.nio.file.StandardOpenOption.APPEND)) {
        while (Files.size(filler) - before < SIZE_MAX) {
          out.write(bytes);
        }
      } catch (IOException e) {
        continue; // full for blocks of this size
      }
      throw new IOException("more fits onto the disk than it holds");
    }
  }
}
