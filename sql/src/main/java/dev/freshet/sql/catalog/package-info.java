/** What SQL may name: tables and models with their columns and keys. Knows only core's types. */
@NullMarked
package dev.freshet.sql.catalog;

import org.jspecify.annotations.NullMarked;
