package dev.freshet.capture.rows;

/** How a text holds rows. */
public enum RowFormat {
  /** One object, or an array of objects. */
  JSON,
  /** An object a line; empty lines count for nothing. */
  JSON_LINES,
  /** RFC 4180, comma-separated, with the columns' names in the first line. */
  CSV,
  /** One object that is the data of an event whose attributes came beside it. */
  EVENT_DATA,
  /** A CloudEvent, version 1.0, as one JSON object; its {@code data} is the row. */
  EVENT,
  /** An array of CloudEvents. */
  EVENT_BATCH
}
