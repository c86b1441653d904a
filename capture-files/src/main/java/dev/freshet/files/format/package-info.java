/**
 * How files hold rows: CSV, JSON, Parquet, Avro, plain or compressed, cut into batches that can be
 * taken up anywhere between two rows. Must not know tables, nor which files were read.
 */
@NullMarked
package dev.freshet.files.format;

import org.jspecify.annotations.NullMarked;
