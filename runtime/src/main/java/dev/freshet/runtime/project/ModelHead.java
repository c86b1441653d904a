package dev.freshet.runtime.project;

/**
 * The YAML block comment at the head of a model's file.
 *
 * @param yaml what stands between the comment's marks; empty when there is no comment
 * @param firstLine the line of the file on which {@code yaml} begins, from 1
 */
record ModelHead(String yaml, int firstLine) {
  static ModelHead of(String text) {
    int start = 0;
    int line = 1;
    while (start < text.length() && Character.isWhitespace(text.charAt(start))) {
      if (text.charAt(start) == '\n') {
        line++;
      }
      start++;
    }
    if (!text.startsWith("/*", start)) {
      return new ModelHead("", 1);
    }
    int end = text.indexOf("*/", start);
    if (end < 0) {
      return new ModelHead("", 1);
    }
    // The mark itself becomes blanks, so that columns on its line stay right.
    return new ModelHead("  " + text.substring(start + 2, end), line);
  }
}
