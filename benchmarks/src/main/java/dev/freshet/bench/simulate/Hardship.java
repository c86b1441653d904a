package dev.freshet.bench.simulate;

/** What the simulation does to the system, and counts. */
enum Hardship {
  POWER_CUT_IN_WRITE("power cut in a write"),
  POWER_CUT_IN_SYNC("power cut in a file's sync"),
  POWER_CUT_IN_RENAME("power cut in a rename"),
  POWER_CUT_IN_DIRECTORY_SYNC("power cut in a directory's sync"),
  POWER_CUT_BETWEEN_CALLS("power cut between calls"),
  PROCESS_KILLED("process killed, power stays"),
  CRASH_IN_RECOVERY("crash in recovery"),
  CRASH_AHEAD_OF_CHECKPOINT("crash with the lake ahead of the checkpoint"),
  CHECKPOINT_DAMAGED("start from the checkpoint before a damaged one"),
  WRITE_TORN("write torn by a power cut"),
  WRITE_FAILED("write failed"),
  WRITE_SHORT("write failed after a part of it"),
  SYNC_FAILED("sync failed and dropped its data"),
  DIRECTORY_SYNC_FAILED("directory's sync failed"),
  RENAME_FAILED("rename failed"),
  READ_FAILED("read failed"),
  READ_FAILED_IN_RECOVERY("read failed in recovery"),
  DISK_FULL("call failed on a full disk"),
  DISK_FULL_SURVIVED("full disk for a while, survived and caught up"),
  CLOCK_SET("wall clock set forward or back"),
  SINK_FAILED("receiver of a sink refused or did not answer"),
  SINK_UNSURE("receiver of a sink took it, its answer was lost"),
  SINK_LATE("receiver of a sink answered late"),
  STOPPED("clean stop");

  private final String text;

  Hardship(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
