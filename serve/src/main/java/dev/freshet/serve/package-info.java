/**
 * The edges of a running system: HTTP, change feeds, metrics and the web page. Must not know how
 * the system is put together.
 */
@NullMarked
package dev.freshet.serve;

import org.jspecify.annotations.NullMarked;
