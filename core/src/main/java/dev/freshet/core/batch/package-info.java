/**
 * Columnar vectors, batches with weights (Z-sets), their builders, kernels and codec. Must not know
 * where batches come from.
 */
@NullMarked
package dev.freshet.core.batch;

import org.jspecify.annotations.NullMarked;
