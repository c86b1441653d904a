/**
 * State on storage: runs in files, and manifests that name them. Knows runs and the storage port;
 * must not know operators' meaning.
 */
@NullMarked
package dev.freshet.engine.checkpoint;

import org.jspecify.annotations.NullMarked;
