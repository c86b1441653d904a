/**
 * The kinds of sources: for each, how its file in {@code sources/} becomes a source that runs. A
 * new kind is one class here and its connector; nothing else knows which kinds there are.
 */
@NullMarked
package dev.freshet.runtime.source;

import org.jspecify.annotations.NullMarked;
