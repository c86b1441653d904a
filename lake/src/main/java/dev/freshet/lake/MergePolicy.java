package dev.freshet.lake;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Which data files to merge: a tier holds files whose live rows are within a factor of {@link
 * LakeOptions#filesPerTier()}, and a full tier becomes one file of a higher tier. So each row is
 * rewritten about log(rows) times, and a table has less than {@code filesPerTier} files per tier.
 * Deleted rows make a file sink to lower tiers, where merging drops them; when more than half of
 * all rows are deleted, the worst files are merged at once.
 */
final class MergePolicy {
  private static final long SMALLEST_TIER_ROWS = 512;
  private static final long DELETED_ROWS_MIN = 100_000;

  private final LakeOptions options;

  MergePolicy(LakeOptions options) {
    this.options = options;
  }

  /** The files to merge into one, or none. */
  List<DataFileState> choose(Collection<DataFileState> files) {
    List<List<DataFileState>> tiers = new ArrayList<>();
    long live = 0;
    long deleted = 0;
    for (DataFileState file : files) {
      live += file.liveRows();
      deleted += file.file().recordCount() - file.liveRows();
      if (file.liveRows() < options.rowsPerFileMax()) {
        int tier = tierOf(file.liveRows());
        while (tiers.size() <= tier) {
          tiers.add(new ArrayList<>());
        }
        tiers.get(tier).add(file);
      }
    }
    // A full tier takes all smaller ones along: they are cheap next to it.
    for (int tier = tiers.size() - 1; tier >= 0; tier--) {
      if (tiers.get(tier).size() >= options.filesPerTier()) {
        List<DataFileState> chosen = new ArrayList<>();
        tiers.subList(0, tier + 1).forEach(chosen::addAll);
        return chosen;
      }
    }
    return deleted > live + DELETED_ROWS_MIN ? mostlyDeleted(files) : List.of();
  }

  private int tierOf(long rows) {
    int tier = 0;
    for (long limit = SMALLEST_TIER_ROWS; rows >= limit; limit *= options.filesPerTier()) {
      tier++;
    }
    return tier;
  }

  private List<DataFileState> mostlyDeleted(Collection<DataFileState> files) {
    List<DataFileState> chosen = new ArrayList<>();
    long live = 0;
    for (DataFileState file : files) {
      if (file.liveRows() * 2 < file.file().recordCount()
          && live + file.liveRows() < options.rowsPerFileMax()) {
        chosen.add(file);
        live += file.liveRows();
      }
    }
    return chosen;
  }
}
