package dev.freshet.lake;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.lake.catalog.IcebergSchemas;
import dev.freshet.lake.catalog.StagedTable;
import org.apache.iceberg.Schema;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.types.Types;

/** Adds to a table the columns that it does not have yet. Metadata only. */
final class SchemaGrowth {
  private SchemaGrowth() {}

  static void addColumns(StagedTable table, Schema wanted) {
    Schema present = table.current().schema();
    UpdateSchema update = table.table().updateSchema();
    boolean any = false;
    for (Types.NestedField field : wanted.columns()) {
      Types.NestedField own = present.findField(field.name());
      if (own == null) {
        update.addColumn(field.name(), field.type());
        any = true;
      } else if (!IcebergSchemas.sameType(own.type(), field.type())) {
        throw new FreshetException(
            ErrorCode.CONTRACT_VIOLATED,
            "Cannot write column "
                + field.name()
                + " of lake table "
                + table.name()
                + ": it is "
                + own.type()
                + " there and "
                + field.type()
                + " now. Drop the table, or give the column another name.");
      }
    }
    if (any) {
      update.commit();
    }
  }
}
