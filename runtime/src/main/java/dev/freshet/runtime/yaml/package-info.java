/**
 * YAML with places: every value knows its file, line and column, so that errors point at it. The
 * only user of SnakeYAML.
 */
@NullMarked
package dev.freshet.runtime.yaml;

import org.jspecify.annotations.NullMarked;
