package dev.freshet.files.format;

/**
 * A place between two rows of a file, from which reading goes on.
 *
 * @param row rows before it
 * @param offset bytes of the unpacked text before it; 0 in formats that are no text
 * @param line lines of the text before it; 0 in formats that are no text
 */
public record Place(long row, long offset, long line) {
  public static final Place START = new Place(0, 0, 0);
}
