/**
 * The lake: keyed tables and change histories as Iceberg tables, published together step by step.
 * The only module that knows Iceberg and Parquet. Must not know where deltas come from or who runs
 * it.
 *
 * <p>Iceberg: Table Spec version 3, deletion vectors. All files go through {@link
 * dev.freshet.core.port.Storage}.
 */
@NullMarked
package dev.freshet.lake;

import org.jspecify.annotations.NullMarked;
