package dev.freshet.runtime.system;

import dev.freshet.contracts.Contract;

/**
 * A table that a source delivers.
 *
 * @param source the source's name
 */
record CapturedTable(String source, Contract contract) {}
