package dev.freshet.capture.rows;

import dev.freshet.core.error.ErrorCode;

/**
 * A row that was not taken.
 *
 * @param index its place among the rows that came with it, from 0
 * @param code {@link ErrorCode#VALUE_INVALID}: a value is not of its column's type; {@link
 *     ErrorCode#CONTRACT_VIOLATED}: a value is missing, or no column has its name; {@link
 *     ErrorCode#ROW_MALFORMED}: it is no row at all
 * @param reason what was wrong, with column and rule
 */
public record RefusedRow(int index, ErrorCode code, String reason) {}
