/**
 * Tables whose changes triggers write into a change table, for databases whose log cannot be read.
 * Knows PostgreSQL and MariaDB; what differs between them stands in the {@link
 * dev.freshet.capture.trigger.Dialect}s.
 */
@NullMarked
package dev.freshet.capture.trigger;

import org.jspecify.annotations.NullMarked;
