package dev.freshet.sql.dialect;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.util.SqlShuttle;

/**
 * Puts what a name in the WINDOW clause stands for in its place, since the planner does not see
 * aggregates in that clause. Names that build upon others are left to the planner.
 *
 * <pre>
 * SELECT RANK() OVER w ... WINDOW w AS (ORDER BY SUM(x))   becomes   SELECT RANK() OVER (ORDER BY SUM(x)) ...
 * </pre>
 *
 * in the syntax tree itself.
 */
final class NamedWindows extends SqlBasicVisitor<Void> {
  private NamedWindows() {}

  static void rewrite(SqlNode statement) {
    statement.accept(new NamedWindows());
  }

  @Override
  public Void visit(SqlCall call) {
    if (call instanceof SqlSelect select && !select.getWindowList().isEmpty()) {
      Map<String, SqlWindow> windows = new HashMap<>();
      for (SqlNode node : select.getWindowList()) {
        if (node instanceof SqlWindow window
            && window.getRefName() == null
            && window.getDeclName() != null) {
          windows.put(key(window.getDeclName()), window);
        }
      }
      Uses uses = new Uses(windows);
      select.getSelectList().accept(uses);
      SqlNode qualify = select.getQualify();
      if (qualify != null) {
        qualify.accept(uses);
      }
    }
    return super.visit(call);
  }

  private static String key(SqlIdentifier name) {
    return name.getSimple().toUpperCase(Locale.ROOT);
  }

  private static final class Uses extends SqlBasicVisitor<Void> {
    private final Map<String, SqlWindow> windows;

    Uses(Map<String, SqlWindow> windows) {
      this.windows = windows;
    }

    @Override
    public Void visit(SqlCall call) {
      if (call instanceof SqlSelect) {
        return null;
      }
      if (call.getKind() == SqlKind.OVER) {
        over(call);
      }
      return super.visit(call);
    }

    private void over(SqlCall over) {
      SqlNode of = over.operand(1);
      switch (of) {
        case SqlIdentifier name when windows.containsKey(key(name)) ->
            over.setOperand(1, copy(Objects.requireNonNull(windows.get(key(name)))));
        case SqlWindow window
            when window.getRefName() != null && windows.containsKey(key(window.getRefName())) ->
            inherit(window, Objects.requireNonNull(windows.get(key(window.getRefName()))));
        default -> {}
      }
    }

    /** OVER (w ...) has the partition of w, and its order unless it has one of its own. */
    private static void inherit(SqlWindow window, SqlWindow named) {
      SqlWindow copy = copy(named);
      window.setOperand(1, null);
      window.setOperand(2, copy.getPartitionList());
      if (window.getOrderList().isEmpty()) {
        window.setOperand(3, copy.getOrderList());
      }
    }

    private static SqlWindow copy(SqlWindow window) {
      SqlWindow copy = (SqlWindow) Objects.requireNonNull(window.accept(new Copy()));
      copy.setOperand(0, null);
      return copy;
    }
  }

  /** A copy of all that the validator may change. */
  private static final class Copy extends SqlShuttle {
    @Override
    public SqlNode visit(SqlIdentifier id) {
      return id.clone(id.getParserPosition());
    }

    @Override
    public SqlNode visit(SqlCall call) {
      CallCopyingArgHandler handler = new CallCopyingArgHandler(call, true);
      call.getOperator().acceptCall(this, call, false, handler);
      return Objects.requireNonNull(handler.result());
    }
  }
}
