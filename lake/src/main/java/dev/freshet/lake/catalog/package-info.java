/**
 * Iceberg's view of the lake: schemas, metadata of tables staged and published together, and the
 * catalog file. Must not know batches or what a table is for.
 */
@NullMarked
package dev.freshet.lake.catalog;

import org.jspecify.annotations.NullMarked;
