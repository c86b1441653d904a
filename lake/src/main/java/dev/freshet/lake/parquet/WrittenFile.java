package dev.freshet.lake.parquet;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * A finished data file.
 *
 * @param columnBytes compressed bytes by field id
 * @param valueCounts values and NULLs by field id; arrays are left out
 * @param nullCounts NULLs by field id; arrays are left out
 * @param nanCounts NaNs by field id, for REAL and DOUBLE
 * @param lowerBounds by field id, in Iceberg's single-value form
 * @param upperBounds by field id, in Iceberg's single-value form
 */
public record WrittenFile(
    String location,
    long rows,
    long bytes,
    Map<Integer, Long> columnBytes,
    Map<Integer, Long> valueCounts,
    Map<Integer, Long> nullCounts,
    Map<Integer, Long> nanCounts,
    Map<Integer, ByteBuffer> lowerBounds,
    Map<Integer, ByteBuffer> upperBounds) {}
