package dev.freshet.debezium;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A document's {@code _id} as one text, so that ids that differ have texts that differ.
 *
 * <pre>
 *   {"$oid": "6541..."}   6541...                 an ObjectId: its 24 digits
 *   "ada"                 ada                     a text that looks like none of the others
 *   "42"                  "42"                    any other text, in quotes
 *   42, {...}             42, {...}               all else, as MongoDB's extended JSON has it
 * </pre>
 */
final class DocumentId {
  private static final Pattern OBJECT_ID =
      Pattern.compile("\\{\\s*\"\\$oid\"\\s*:\\s*\"([0-9a-f]{24})\"\\s*}");

  /** Without escapes; begins with a letter or _, and is no ObjectId and no word of JSON. */
  private static final Pattern PLAIN_TEXT =
      Pattern.compile(
          "\"((?![0-9a-f]{24}\")(?!(?:true|false|null|NaN|Infinity)\")[\\p{L}_][^\"\\\\]*)\"");

  private DocumentId() {}

  /**
   * @param json as Debezium's key has it
   */
  static String of(String json) {
    Matcher objectId = OBJECT_ID.matcher(json);
    if (objectId.matches()) {
      return objectId.group(1);
    }
    Matcher text = PLAIN_TEXT.matcher(json);
    return text.matches() ? text.group(1) : json;
  }
}
