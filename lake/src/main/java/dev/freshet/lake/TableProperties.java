package dev.freshet.lake;

import java.util.Map;

/** What every table of the lake says about itself. */
final class TableProperties {
  static final Map<String, String> ALL =
      Map.of(
          "format-version", "3",
          "write.parquet.compression-codec", "zstd",
          "write.delete.mode", "merge-on-read",
          "write.update.mode", "merge-on-read",
          "write.merge.mode", "merge-on-read",
          "write.metadata.delete-after-commit.enabled", "true",
          "write.metadata.previous-versions-max", "10",
          "write.manifest.compression-codec", "uncompressed", // they are small
          "commit.manifest.min-count-to-merge", "20",
          "commit.retry.num-retries", "0");

  private TableProperties() {}
}
