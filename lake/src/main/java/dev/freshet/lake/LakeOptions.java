package dev.freshet.lake;

import dev.freshet.core.error.Check;

/**
 * How the lake is kept.
 *
 * @param snapshotsRetained snapshots per table that stay readable, at least 1
 * @param filesPerTier so many data files of a similar size are merged into one, at least 2
 * @param rowsPerFileMax files with this many live rows are not merged any more
 */
public record LakeOptions(int snapshotsRetained, int filesPerTier, long rowsPerFileMax) {
  public LakeOptions {
    Check.that(snapshotsRetained >= 1, "at least one snapshot is retained");
    Check.that(filesPerTier >= 2, "at least two files are merged");
    Check.that(rowsPerFileMax >= 1, "files may hold rows");
  }

  public static LakeOptions defaults() {
    return new LakeOptions(60, 8, 2_000_000);
  }
}
