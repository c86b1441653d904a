/**
 * Native capture from PostgreSQL 14 and later: a consistent snapshot by COPY, then logical
 * replication by pgoutput. The only importer of the PostgreSQL driver. Must not know the log, nor
 * what becomes of the changes.
 */
@NullMarked
package dev.freshet.capture.postgres;

import org.jspecify.annotations.NullMarked;
