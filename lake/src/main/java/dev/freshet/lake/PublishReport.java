package dev.freshet.lake;

/**
 * What a publish did.
 *
 * @param step the step that the lake now stands at
 * @param tables tables that changed
 * @param rowsWritten rows in new data files, those rewritten by a merge included
 * @param rowsDeleted rows newly marked as deleted
 * @param bytesWritten bytes in new data files
 */
public record PublishReport(
    long step, int tables, long rowsWritten, long rowsDeleted, long bytesWritten) {}
