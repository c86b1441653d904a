package dev.freshet.capture.postgres;

/**
 * How the cells of a column are decoded. The binary forms are those of the types' send functions
 * (PostgreSQL source, {@code src/backend/utils/adt}).
 */
enum CellKind {
  BOOL,
  INT2,
  INT4,
  INT8,
  /** Unsigned 32 bits. */
  OID,
  FLOAT4,
  FLOAT8,
  NUMERIC,
  /** Bytes taken as they are: text types, json, enums, xml. */
  TEXT,
  /**
   * As {@link #TEXT} without trailing blanks, which PostgreSQL ignores when it compares char(n).
   */
  BLANK_PADDED,
  /** One version byte, then text. */
  JSONB,
  UUID,
  BYTEA,
  DATE,
  TIME,
  TIMESTAMP,
  TIMESTAMP_TZ,
  ARRAY,
  /** No binary form is known here: taken as text, so the stream must be in text form. */
  TEXT_ONLY,
  /** An array of such: its elements become text. */
  TEXT_ONLY_ARRAY
}
