package dev.freshet.testing.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Under which account the server's programs run. PostgreSQL refuses to run as root, so root needs a
 * way to be somebody else:
 *
 * <ul>
 *   <li>{@link #CALLER}: not root, nothing to do.
 *   <li>{@link #NAMESPACE}: a user namespace without a mapping ({@code unshare --user}). The
 *       program sees itself and root's files as the overflow user, while on disk everything stays
 *       root's.
 *   <li>{@link #NOBODY}: where namespaces are forbidden (containers with a default seccomp
 *       profile), user id 65534 by {@code setpriv}. The files are handed to it, and it keeps the
 *       one capability to pass directories that only root may enter.
 * </ul>
 *
 * <p>Both programs belong to util-linux, and both replace themselves by the command they run, so
 * the process id is the server's.
 */
enum ServerAccount {
  CALLER(List.of()),
  NAMESPACE(List.of("unshare", "--user")),
  NOBODY(
      List.of(
          "setpriv",
          "--reuid=65534",
          "--regid=65534",
          "--clear-groups",
          // access(2) asks with the capabilities only if this bit is set.
          "--securebits=+no_setuid_fixup",
          "--inh-caps=+dac_override",
          "--ambient-caps=+dac_override"));

  private static final int NOBODY_ID = 65_534;

  private final List<String> prefix;

  ServerAccount(List<String> prefix) {
    this.prefix = prefix;
  }

  /** The account for a server whose files lie in {@code directory}, which exists. */
  static ServerAccount forDirectory(Path directory) throws IOException {
    if (!callerIsRoot()) {
      return CALLER;
    }
    boolean ownedByNobody = userId(directory) == NOBODY_ID;
    if (!ownedByNobody && NAMESPACE.works()) {
      return NAMESPACE;
    }
    if (NOBODY.works()) {
      return NOBODY;
    }
    throw new IOException(
        "Cannot run PostgreSQL as root: neither 'unshare --user' nor 'setpriv' works here."
            + " Install util-linux, or run as an ordinary user.");
  }

  /** {@code command} as this account runs it. */
  List<String> command(List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(command);
    return all;
  }

  /** Makes {@code path} this account's, where that differs from the caller's. */
  void own(Path path) throws IOException {
    if (this == NOBODY) {
      Files.setAttribute(path, "unix:uid", NOBODY_ID);
      Files.setAttribute(path, "unix:gid", NOBODY_ID);
    }
  }

  private static boolean callerIsRoot() throws IOException {
    Path self = Path.of("/proc/self");
    return Files.exists(self) ? userId(self) == 0 : "root".equals(System.getProperty("user.name"));
  }

  private static int userId(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }

  private boolean works() {
    return Programs.run(command(List.of("true"))).exitCode() == 0;
  }
}
