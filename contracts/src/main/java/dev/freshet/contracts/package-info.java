/**
 * What tables promise: contracts, and the gate that turns captured changes into typed rows or
 * quarantined ones. A pure function of the log and the contract, so that rows can be replayed after
 * a contract is mended. Must not know sources, the engine or files.
 */
@NullMarked
package dev.freshet.contracts;

import org.jspecify.annotations.NullMarked;
