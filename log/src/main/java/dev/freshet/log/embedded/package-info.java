/**
 * The log on segment files over the {@link dev.freshet.core.port.Storage} port. Must not know what
 * change sets mean, nor who writes or reads them.
 */
@NullMarked
package dev.freshet.log.embedded;

import org.jspecify.annotations.NullMarked;
