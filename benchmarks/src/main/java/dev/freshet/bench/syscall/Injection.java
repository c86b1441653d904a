package dev.freshet.bench.syscall;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A way in which the k-th call of a kind, of each thread, goes wrong; once. */
enum Injection {
  SYNC_FAILS("fsync,fdatasync", "error=EIO", 70),
  WRITE_FAILS("pwrite64", "error=EIO", 70),
  DISK_FULL("pwrite64", "error=ENOSPC", 70),
  /** An honest short write: it says that nothing was written, and nothing was. */
  WRITE_SHORT("pwrite64", "retval=0", 70),
  /** A disk that loses a byte of a write and does not say so. */
  WRITE_LOST("pwrite64", "retval=1", 70),
  RENAME_FAILS("rename", "error=EIO", 6),
  KILLED_AT_SYNC("fsync,fdatasync", "signal=SIGKILL", 70);

  private final String calls;
  private final String how;
  private final int last;

  Injection(String calls, String how, int last) {
    this.calls = calls;
    this.how = how;
    this.last = last;
  }

  /** The highest k that a short load of each kind comes to. */
  int last() {
    return last;
  }

  /** Whether the process must notice nothing, or overcome it by itself. */
  boolean isSurvived() {
    return this != WRITE_LOST && this != KILLED_AT_SYNC;
  }

  /**
   * Whether a call that went wrong told so: nothing that waited for it may then be acknowledged.
   */
  boolean isError() {
    return how.startsWith("error");
  }

  /** The start of the command under which the process then runs. */
  List<String> tracer(long k, Path trace) {
    List<String> command = new ArrayList<>(List.of("strace", "-f"));
    if (this != KILLED_AT_SYNC) {
      command.add("--seccomp-bpf"); // stops at these calls only; sends no signals
    }
    command.addAll(List.of("-qq", "-y", "-ttt", "-o", trace.toString()));
    command.addAll(List.of("-e", "trace=" + calls));
    command.addAll(List.of("-e", "inject=" + calls + ":" + how + ":when=" + k));
    return command;
  }
}
