/**
 * What stands in a project folder: settings, sources, contracts and models as plain data. Must not
 * start anything.
 */
@NullMarked
package dev.freshet.runtime.project;

import org.jspecify.annotations.NullMarked;
