/** The same windows of time over the same events on Freshet and its peers. */
@NullMarked
package dev.freshet.bench.windows;

import org.jspecify.annotations.NullMarked;
