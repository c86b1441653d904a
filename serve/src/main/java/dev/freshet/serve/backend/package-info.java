/** What the edges ask of a running system, as plain data. Must not know any protocol. */
@NullMarked
package dev.freshet.serve.backend;

import org.jspecify.annotations.NullMarked;
