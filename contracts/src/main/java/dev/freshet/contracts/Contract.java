package dev.freshet.contracts;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.core.type.Schema;
import java.util.List;

/**
 * What a captured table promises to all that read it.
 *
 * @param table the table's name in Freshet
 * @param schema its columns; those marked NOT NULL never hold NULL
 * @param key the columns that identify a row; never empty, all NOT NULL
 * @param description for people; may be empty
 * @param owner who answers for the table; may be empty
 */
public record Contract(
    String table, Schema schema, List<String> key, String description, String owner) {
  public Contract {
    key = List.copyOf(key);
    if (key.isEmpty()) {
      throw new FreshetException(
          ErrorCode.TABLE_WITHOUT_KEY,
          "Invalid contract: table "
              + table
              + " has no key. Name the columns that identify a row: key: [id].");
    }
    for (String column : key) {
      if (schema.indexOf(column) < 0) {
        throw new FreshetException(
            ErrorCode.CONFIG_INVALID,
            "Invalid contract: key column "
                + column
                + " of table "
                + table
                + " is not among its columns "
                + schema.names()
                + ".");
      }
    }
  }

  /** Positions of the key's columns in the schema. */
  public int[] keyColumns() {
    return key.stream().mapToInt(schema::indexOf).toArray();
  }
}
