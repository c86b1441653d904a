package dev.freshet.log;

/**
 * How far a source's complete transactions stand in the log.
 *
 * @param position where to resume the source; opaque outside of its connector
 * @param offset the record that ended the last complete transaction; records of the same source
 *     behind it are parts of an unfinished one
 */
@SuppressWarnings("ArrayRecordComponent") // opaque bytes, read-only by contract
public record SourcePosition(String source, byte[] position, long offset) {}
