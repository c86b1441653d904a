package dev.freshet.demo.verify;

/**
 * What one side holds of a table.
 *
 * @param checksum does not depend on the rows' order
 */
public record Side(long rows, long checksum) {}
