package dev.freshet.runtime.backup;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.core.port.Storage;
import dev.freshet.log.embedded.LogFiles;
import dev.freshet.log.embedded.LogSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of a state folder as they fit together at one moment, held by links in a folder beside
 * them, so that whoever uses the state may go on, and delete what it no longer needs.
 *
 * <p>The state of operators comes first, then the lake, then the log: each covers the one before,
 * as after a crash. All files but the log's last one never change once they are complete, and what
 * names them (manifests, a catalog) comes and goes at once; so a set of files is whole when what
 * names them is the same before and after.
 */
public final class PinnedState implements AutoCloseable {
  private static final String FOLDER = "backup";
  private static final String SPILL_FOLDER = ".spill";
  private static final String LINKS = "links";
  private static final String LOG = "log";
  private static final String LAKE = "lake";

  /** What sinks have still to get: after a restore they may have more, so they get all rows. */
  private static final String SINKS = "sinks";

  private static final String CATALOG = "catalog.json";
  private static final String MANIFEST = "manifest";
  private static final int ATTEMPTS = 20;

  private final Path state;
  private final Scope scope;
  private final Path folder;
  private final Storage.Lock lock;
  private long offset;

  /** What is pinned. */
  public enum Scope {
    ALL,
    /** State of operators and log, without the lake. */
    WITHOUT_LAKE
  }

  private PinnedState(Path state, Scope scope) {
    this.state = state;
    this.scope = scope;
    this.folder = state.resolve(FOLDER).resolve(LINKS);
    this.lock = new LocalStorage(state).lock(FOLDER);
  }

  /**
   * Pins a state folder, used or not.
   *
   * @throws FreshetException {@link ErrorCode#DIRECTORY_IN_USE} while another process holds it so;
   *     {@link ErrorCode#STORAGE_FAILED} when its files changed faster than they could be linked,
   *     or links cannot be made
   */
  public static PinnedState of(Path state, Scope scope) {
    PinnedState pinned = new PinnedState(state, scope);
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (pinned.tryAll()) {
          return pinned;
        }
      }
    } catch (IOException | UncheckedIOException e) {
      pinned.close();
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED,
          "Failed to link the files of " + state + " for a backup: " + e.getMessage(),
          e);
    } catch (RuntimeException e) {
      pinned.close();
      throw e;
    }
    pinned.close();
    throw new FreshetException(
        ErrorCode.STORAGE_FAILED,
        "Failed to back up " + state + ": its files change too fast. Try again.");
  }

  /** The folder of links, laid out as the state folder; its files are not to be changed. */
  public Path folder() {
    return folder;
  }

  /** The log's records below are pinned. */
  public long offset() {
    return offset;
  }

  private boolean tryAll() throws IOException {
    Copies.deleteTree(folder);
    Files.createDirectories(folder);
    Optional<String> firstSegment = firstSegment();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(state)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!manifests(entry).isEmpty() && !linkCheckpoints(name)) {
          return false;
        }
      }
    }
    return (scope == Scope.WITHOUT_LAKE || linkNamed(LAKE, CATALOG))
        && linkRest()
        && linkLog()
        && firstSegment.equals(firstSegment());
  }

  /** Links a folder of checkpoints; {@code false} when some came or went meanwhile. */
  private boolean linkCheckpoints(String name) throws IOException {
    List<String> before = manifests(state.resolve(name));
    try {
      linkTree(state.resolve(name));
    } catch (NoSuchFileException e) {
      return false;
    }
    return before.equals(manifests(state.resolve(name)));
  }

  private static List<String> manifests(Path entry) throws IOException {
    if (!Files.isDirectory(entry)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(entry)) {
      return files
          .map(each -> each.getFileName().toString())
          .filter(file -> file.startsWith(MANIFEST) && isKept(file))
          .sorted()
          .toList();
    }
  }

  /** Links a folder whose files one file names; {@code false} when that changed meanwhile. */
  private boolean linkNamed(String name, String naming) throws IOException {
    Path named = state.resolve(name).resolve(naming);
    if (!Files.exists(named)) {
      return true;
    }
    byte[] before = Files.readAllBytes(named);
    try {
      linkTree(state.resolve(name));
    } catch (NoSuchFileException e) {
      return false;
    }
    return Arrays.equals(before, Files.readAllBytes(folder.resolve(name).resolve(naming)))
        && Arrays.equals(before, Files.readAllBytes(named));
  }

  private void linkTree(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            if (directory.getFileName().toString().endsWith(SPILL_FOLDER)) {
              return FileVisitResult.SKIP_SUBTREE; // of transactions that are not committed
            }
            Files.createDirectories(folder.resolve(state.relativize(directory)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (isKept(file.getFileName().toString())) {
              Files.createLink(folder.resolve(state.relativize(file)), file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Not files that are being written, nor state that lies on disk for lack of memory. */
  private static boolean isKept(String name) {
    return !name.endsWith(".tmp") && !name.startsWith("spill-") && !name.equals("lock");
  }

  /** What is neither state, lake nor log: small files that are replaced at once. */
  private boolean linkRest() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(state)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        boolean done = Files.exists(folder.resolve(name)) || name.equals(LOG) || name.equals(LAKE);
        if (!done
            && !name.equals(FOLDER)
            && !name.equals(SINKS)
            && !name.equals("server.address")) {
          linkTree(entry);
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Its last segment grows on: what is durable now is written as a file of its own. */
  private boolean linkLog() throws IOException {
    if (!Files.isDirectory(state.resolve(LOG))) {
      return true;
    }
    LogFiles.View log = LogFiles.of(new LocalStorage(state), LOG, LogSettings.DEFAULT).view();
    offset = log.durableOffset();
    Files.createDirectory(folder.resolve(LOG));
    try {
      for (LogFiles.Part part : log.parts()) {
        Path from = state.resolve(part.path());
        Path to = folder.resolve(part.path());
        if (part.isComplete()) {
          Files.createLink(to, from);
        } else {
          Copies.first(from, to, part.bytes());
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private Optional<String> firstSegment() throws IOException {
    if (!Files.isDirectory(state.resolve(LOG))) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(state.resolve(LOG))) {
      return files
          .map(each -> each.getFileName().toString())
          .filter(name -> name.endsWith(".log"))
          .sorted()
          .findFirst();
    }
  }

  /** Removes the links. */
  @Override
  public void close() {
    try (lock) {
      Copies.deleteTree(folder);
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to delete " + folder + ": " + e.getMessage(), e);
    }
  }
}
