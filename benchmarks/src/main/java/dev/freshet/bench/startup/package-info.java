/** How long a process takes to its first answer, and what memory it holds then. */
@NullMarked
package dev.freshet.bench.startup;

import org.jspecify.annotations.NullMarked;
