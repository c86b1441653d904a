package dev.freshet.sql.dialect;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.function.library.Overload;
import dev.freshet.sql.catalog.Catalog;
import dev.freshet.sql.error.SourceText;
import dev.freshet.sql.error.SourceText.Span;
import dev.freshet.sql.error.SqlException;
import dev.freshet.sql.error.Suggestions;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/** Says in our own words what the validator found. */
final class ValidationErrors {
  private static final Pattern NAME = Pattern.compile("'(.*?)'");
  private static final Pattern FUNCTION = Pattern.compile("signature ([^(\\s]+)\\s*\\(?(.*?)\\)?$");
  private static final Pattern APPLY =
      Pattern.compile("Cannot apply '?(.*?)'? to arguments of type '(.*?)'\\.", Pattern.DOTALL);

  private final Catalog catalog;
  private final Set<String> columns = new TreeSet<>();
  private final Set<String> selected = new TreeSet<>();
  private boolean groupsByPosition;

  private ValidationErrors(Catalog catalog, SqlNode query) {
    this.catalog = catalog;
    query.accept(new NamesOf());
  }

  static SqlException translate(
      CalciteContextException e, SourceText source, Catalog catalog, SqlNode query) {
    Span span =
        e.getPosLine() < 1
            ? Span.START
            : new Span(e.getPosLine(), e.getPosColumn(), e.getEndPosLine(), e.getEndPosColumn());
    Throwable cause = e.getCause();
    String message = String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
    ValidationErrors errors = new ValidationErrors(catalog, query);
    String clock = Restrictions.clockFunction(nameIn(message));
    if (!clock.isEmpty() && message.startsWith("Column ")) {
      return new SqlException(
          ErrorCode.SQL_UNSUPPORTED, "Cannot run " + nameIn(message) + ". " + clock, source, span);
    }
    return new SqlException(
        ErrorCode.SQL_INVALID,
        "Invalid SQL: " + errors.problem(message, source, span),
        source,
        span);
  }

  static SqlException translate(RuntimeException e, SourceText source) {
    return new SqlException(
        ErrorCode.SQL_INVALID,
        "Invalid SQL: " + plain(String.valueOf(e.getMessage())),
        source,
        Span.START);
  }

  private String problem(String message, SourceText source, Span span) {
    String name = nameIn(message);
    if (message.startsWith("Column ") && message.contains("not found in")) {
      if (selected.contains(name)) {
        return "unknown column "
            + name
            + ". SELECT gives the name, and only ORDER BY can use it: repeat the expression here.";
      }
      return "unknown column " + name + "." + Suggestions.sentence(name, columns, "There are");
    }
    if (message.startsWith("Unknown identifier")) {
      return "unknown name " + name + "." + Suggestions.closest(name, columns);
    }
    if (message.startsWith("Table ") && columns.contains(name)) {
      return name
          + " is a column. A field of it is read as table."
          + name
          + ".field, with the table's name or alias in front.";
    }
    if (message.startsWith("Object ") || message.startsWith("Table ")) {
      return "unknown table " + name + "." + Suggestions.sentence(name, relations(), "There are");
    }
    if (message.startsWith("No match found for function signature")) {
      return function(message);
    }
    if (message.startsWith("Column ") && message.endsWith("is ambiguous")) {
      return name + " is a column of more than one table. Write table." + name + ".";
    }
    if (message.startsWith("Windowed aggregate expression is illegal")) {
      return "a window function cannot stand here. Filter by it with QUALIFY, or in a query around"
          + " this one.";
    }
    if (message.startsWith("OVER clause is necessary")) {
      return source.fragment(span) + " needs its rows: OVER ([PARTITION BY ...] ORDER BY ...).";
    }
    if (message.startsWith("Cannot apply ")) {
      return apply(message, source, span);
    }
    if (message.endsWith("is not being grouped")) {
      return source.fragment(span)
          + " is neither grouped nor aggregated. "
          + (groupsByPosition
              ? "GROUP BY takes expressions, not positions."
              : "Add it to GROUP BY, or use an aggregate such as MAX.");
    }
    return plain(message);
  }

  private String function(String message) {
    Matcher matcher = FUNCTION.matcher(message);
    // The parser marks a grouped window with a dollar sign.
    String name = matcher.find() ? matcher.group(1).replace("$", "") : "";
    Collection<String> known = FreshetOperators.TABLE.functionNames();
    Optional<String> user = userForms(name);
    if (user.isPresent()) {
      return name + " does not take these arguments: " + types(matcher.group(2)) + user.get();
    }
    Optional<String> hint = FamiliarNames.hint(name);
    if (hint.isPresent()) {
      return name + " is not a function here. " + hint.get();
    }
    if (known.stream().anyMatch(name::equalsIgnoreCase)) {
      return name
          + " does not take these arguments: "
          + types(matcher.group(2))
          + ". See its form in the reference.";
    }
    return "unknown function " + name + "." + Suggestions.sentence(name, known, "There are");
  }

  /** The ways to call a function in Java; empty for any other name. */
  private Optional<String> userForms(String name) {
    return catalog
        .functions()
        .find(name)
        .map(function ->
            function.overloads().stream()
                .map(Overload::signature)
                .collect(Collectors.joining(" or ", ". It is ", ".")));
  }

  private String apply(String message, SourceText source, Span span) {
    Matcher matcher = APPLY.matcher(message);
    if (!matcher.find()) {
      return plain(message);
    }
    Optional<String> user = userForms(matcher.group(1));
    if (user.isPresent()) {
      String given = types(matcher.group(2).replaceFirst("^[^(]*\\((.*)\\)$", "$1"));
      return matcher.group(1) + " does not take these arguments: " + given + user.get();
    }
    Optional<String> window = WindowFunction.form(matcher.group(1));
    if (window.isPresent()) {
      return window.get();
    }
    boolean time =
        matcher.group(2).matches("(?s)<(DATE|TIMESTAMP).* [+-] .*|.* [+-] <(DATE|TIMESTAMP).*");
    return source.fragment(span)
        + " has arguments of the wrong type: "
        + types(matcher.group(2))
        + (time
            ? ". To shift a time write time + INTERVAL '1' DAY; TIMESTAMPDIFF(DAY, from, to) counts"
                + " between two."
            : ". Convert one with CAST.");
  }

  /** Types as SQL writes them: without angle brackets, character sets and record internals. */
  private static String types(String text) {
    return text.replaceAll("[<>]", "")
        .replaceAll(" CHARACTER SET \"[^\"]*\"", "")
        .replace("TIMESTAMP_WITH_LOCAL_TIME_ZONE", "TIMESTAMP_LTZ");
  }

  /** Any other message of the validator, without what only its developers understand. */
  private static String plain(String message) {
    String first = message.lines().findFirst().orElse("it cannot be understood");
    String clean = types(first.replaceAll("\\b(org|java)(\\.\\w+)+[:.]?\\s*", ""));
    String lower =
        clean.length() > 1 && Character.isLowerCase(clean.charAt(1))
            ? clean.substring(0, 1).toLowerCase(Locale.ROOT) + clean.substring(1)
            : clean;
    return lower.endsWith(".") ? lower : lower + ".";
  }

  private static String nameIn(String message) {
    Matcher matcher = NAME.matcher(message);
    return matcher.find() ? matcher.group(1) : "";
  }

  private List<String> relations() {
    return catalog.relations().stream().map(Catalog.Relation::name).toList();
  }

  /** Collects the columns of the tables that a query names, and the names that it gives. */
  private final class NamesOf extends SqlBasicVisitor<Void> {
    @Override
    public Void visit(SqlCall call) {
      if (call instanceof SqlSelect select) {
        for (SqlNode item : select.getSelectList()) {
          if (item instanceof SqlCall as && as.getKind() == SqlKind.AS) {
            selected.add(((SqlIdentifier) as.operand(1)).getSimple());
          }
        }
        groupsByPosition |=
            select.getGroup() != null
                && select.getGroup().stream().anyMatch(SqlNumericLiteral.class::isInstance);
      }
      return super.visit(call);
    }

    @Override
    public Void visit(SqlIdentifier id) {
      for (Catalog.Relation relation : catalog.relations()) {
        if (id.isSimple() && relation.name().equalsIgnoreCase(id.getSimple())) {
          columns.addAll(relation.schema().names());
        }
      }
      return super.visit(id);
    }
  }
}
