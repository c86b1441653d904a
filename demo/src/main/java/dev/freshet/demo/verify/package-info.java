/**
 * The proof: whether Freshet's tables and models hold what PostgreSQL itself answers to the same
 * questions. Sees Freshet as a {@link dev.freshet.demo.verify.ContentSource} only and PostgreSQL by
 * {@code java.sql} only; shares no code with either side's type conversion, so that a fault there
 * shows.
 */
@NullMarked
package dev.freshet.demo.verify;

import org.jspecify.annotations.NullMarked;
