/**
 * Batches to Parquet files and back, column by column, without row objects and without Hadoop. Must
 * not know Iceberg's tables.
 */
@NullMarked
package dev.freshet.lake.parquet;

import org.jspecify.annotations.NullMarked;
