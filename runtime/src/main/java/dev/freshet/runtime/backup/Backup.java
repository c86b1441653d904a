package dev.freshet.runtime.backup;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.port.LocalStorage;
import dev.freshet.lake.LakeMove;
import dev.freshet.runtime.backup.BackupList.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A copy of a whole state folder (log, operators' state, lake) at one moment, and its way back.
 *
 * @param offset the log's records below are in it
 * @param files how many files it has
 * @param bytes of all of them
 */
public record Backup(long offset, int files, long bytes) {

  /**
   * Copies a state folder, while a process uses it or not. What that process acknowledged before
   * this call is in the copy.
   *
   * @param target a new or empty folder, which is a backup once this returns
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#ALREADY_EXISTS}, {@link
   *     ErrorCode#STORAGE_FAILED}, {@link ErrorCode#STORAGE_DAMAGED} when the log is damaged
   */
  public static Backup create(Path state, Path target) {
    Path from = state.toAbsolutePath().normalize();
    if (!Files.isDirectory(from)) {
      throw new FreshetException(
          ErrorCode.NOT_FOUND,
          "Cannot back up " + from + ": there is no such folder. Has the project run yet?");
    }
    Path to = target.toAbsolutePath().normalize();
    if (to.startsWith(from)) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Cannot write a backup into " + to + ": it lies in the state folder itself.");
    }
    requireEmpty(to);
    try (PinnedState pinned = PinnedState.of(from, PinnedState.Scope.ALL)) {
      List<Entry> entries = new ArrayList<>();
      for (String path : paths(pinned.folder())) {
        entries.add(Copies.whole(pinned.folder().resolve(path), to.resolve(path), path));
      }
      Copies.syncTree(to);
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      BackupList list = new BackupList(now, from, pinned.offset(), entries);
      new LocalStorage(to)
          .writeAtomically(BackupList.NAME, list.toText().getBytes(StandardCharsets.UTF_8));
      return of(list);
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to write the backup " + to + ": " + e.getMessage(), e);
    }
  }

  /**
   * Puts a backup back as a state folder: all of it, or nothing when a file is not what was copied.
   *
   * @param state a new or empty folder, where the one lay that was copied or elsewhere. The files
   *     of the lake's tables name each other by absolute paths, as Iceberg wants it: in another
   *     place they are rewritten. The backup stays as it is
   * @throws FreshetException {@link ErrorCode#NOT_FOUND}, {@link ErrorCode#ALREADY_EXISTS}, {@link
   *     ErrorCode#STORAGE_DAMAGED}, {@link ErrorCode#DIRECTORY_IN_USE}
   */
  public static Backup restore(Path backup, Path state) {
    BackupList list = BackupList.read(backup);
    Path to = state.toAbsolutePath().normalize();
    requireEmpty(to);
    Path beside = to.resolveSibling(to.getFileName() + ".restore");
    try {
      Copies.deleteTree(beside);
      for (Entry file : list.files()) {
        copyChecked(backup.resolve(file.path()), beside.resolve(file.path()), file);
      }
      Files.createDirectories(beside);
      LakeMove.run(new LocalStorage(beside), to.toString());
      Copies.syncTree(beside);
      Files.deleteIfExists(to);
      Files.move(beside, to);
      Copies.sync(Objects.requireNonNull(to.getParent(), "a folder that was moved to"));
      return of(list);
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to restore to " + to + ": " + e.getMessage(), e);
    } finally {
      deleteQuietly(beside);
    }
  }

  private static Backup of(BackupList list) {
    return new Backup(list.offset(), list.files().size(), list.bytes());
  }

  private static void copyChecked(Path from, Path to, Entry wanted) throws IOException {
    if (!Files.isRegularFile(from) || !Copies.whole(from, to, wanted.path()).equals(wanted)) {
      throw new FreshetException(
          ErrorCode.STORAGE_DAMAGED,
          "Cannot restore: "
              + from
              + " is missing or is not what was backed up. Nothing was restored. Use another"
              + " backup.");
    }
  }

  private static void requireEmpty(Path folder) {
    try {
      if (Files.notExists(folder)) {
        return;
      }
      try (Stream<Path> entries = Files.list(folder)) {
        if (entries.findAny().isEmpty()) {
          return;
        }
      }
    } catch (IOException e) {
      throw new FreshetException(
          ErrorCode.STORAGE_FAILED, "Failed to look into " + folder + ": " + e.getMessage(), e);
    }
    throw new FreshetException(
        ErrorCode.ALREADY_EXISTS,
        "Cannot write to "
            + folder
            + ": it is not an empty folder. Name a new one, or move it away.");
  }

  private static List<String> paths(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  private static void deleteQuietly(Path tree) {
    try {
      Copies.deleteTree(tree);
    } catch (IOException e) {
      // What is left lies beside the state folder, and the next restore deletes it.
    }
  }
}
