package dev.freshet.sql.recursion;

import java.util.Objects;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/** A copy of a syntax tree: the validator writes into the tree that it is given. */
final class Copy extends SqlShuttle {
  private Copy() {}

  static SqlNode of(SqlNode node) {
    return Objects.requireNonNull(node.accept(new Copy()));
  }

  @Override
  public SqlNode visit(SqlIdentifier id) {
    return SqlNode.clone(id);
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    CallCopyingArgHandler copied = new CallCopyingArgHandler(call, true);
    call.getOperator().acceptCall(this, call, false, copied);
    return copied.result();
  }
}
