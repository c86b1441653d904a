package dev.freshet.sql.recursion;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/** Whether a query reads a table of a name: names of columns do not count. */
final class TableNames extends SqlBasicVisitor<Void> {
  private final String name;
  private boolean found;

  private TableNames(String name) {
    this.name = name;
  }

  static boolean reads(SqlNode query, String name) {
    TableNames names = new TableNames(name);
    query.accept(names);
    return names.found;
  }

  @Override
  public @Nullable Void visit(SqlCall call) {
    if (call instanceof SqlSelect select && select.getFrom() != null) {
      from(select.getFrom());
    }
    if (call.getKind() == SqlKind.EXPLICIT_TABLE) {
      from(call.operand(0));
    }
    return super.visit(call);
  }

  private void from(@Nullable SqlNode node) {
    switch (node) {
      case SqlIdentifier table ->
          found |= table.isSimple() && table.getSimple().equalsIgnoreCase(name);
      case SqlJoin join -> {
        from(join.getLeft());
        from(join.getRight());
      }
      case SqlCall call
          when call.getKind() == SqlKind.AS
              || call.getKind() == SqlKind.LATERAL
              || call.getKind() == SqlKind.SNAPSHOT
              || call.getKind() == SqlKind.TABLE_REF ->
          from(call.operand(0));
      case null, default -> {}
    }
  }
}
