package dev.freshet.capture;

import dev.freshet.core.type.Schema;

/**
 * A table as a source shows it.
 *
 * @param name the table's name in Freshet
 * @param origin the table's name at the source, in its own spelling
 * @param schemaVersion counts the shapes seen of this table, from 1
 * @param keyColumns positions of the key's columns in the schema; empty for rows that are only
 *     added and have no key
 */
@SuppressWarnings("ArrayRecordComponent") // read-only by contract
public record SourceTable(
    String name, String origin, int schemaVersion, Schema schema, int[] keyColumns) {}
