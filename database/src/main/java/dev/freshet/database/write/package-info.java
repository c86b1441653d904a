/**
 * Collects the row changes of one transaction and checks them before anything is written: values,
 * contracts and keys. Must not know the log or SQL.
 */
@NullMarked
package dev.freshet.database.write;

import org.jspecify.annotations.NullMarked;
