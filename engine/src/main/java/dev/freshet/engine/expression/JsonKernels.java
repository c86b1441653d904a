package dev.freshet.engine.expression;

import dev.freshet.core.batch.BytesVector;
import dev.freshet.core.batch.Vector;
import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.sql.plan.Expression.Call;
import java.util.List;

/** JSON_VALUE, JSON_QUERY and JSON_EXISTS with a constant path, compiled with the expression. */
final class JsonKernels {
  private JsonKernels() {}

  static Kernel kernel(Call call, List<Node> arguments) {
    if (!(arguments.get(1) instanceof ConstantNode constant)) {
      throw new FreshetException(
          ErrorCode.SQL_UNSUPPORTED,
          "Cannot evaluate "
              + call.function()
              + ": its path is not a constant. Write the path as a literal, such as '$.name'.");
    }
    if (constant.value().isNull(0)) {
      return x -> Masks.nullVector(call.type().layout(), x.count());
    }
    JsonPath path = JsonPath.parse(((BytesVector) constant.value()).text(0));
    return switch (call.function()) {
      case JSON_VALUE -> x -> value(x, path);
      case JSON_QUERY -> x -> query(x, path);
      default -> x -> exists(x, path);
    };
  }

  private static Vector value(Arguments x, JsonPath path) {
    BytesVector documents = x.bytes(0);
    byte[] data = documents.data();
    JsonScanner scanner = new JsonScanner(path);
    int count = x.count();
    BytesOutput out = new BytesOutput(count, 16 * count);
    boolean[] nulls = new boolean[count];
    for (int i = 0; i < count; i++) {
      nulls[i] = true;
      if (!x.isNull(i)) {
        int row = i & x.mask(0);
        JsonScanner.Kind kind = scanner.find(data, documents.start(row), documents.end(row));
        switch (kind) {
          case NOTHING, NULL, OBJECT, ARRAY -> {}
          case TRUE, FALSE, NUMBER -> {
            out.append(data, scanner.start(), scanner.stop());
            nulls[i] = false;
          }
          case TEXT -> {
            JsonText.unescape(data, scanner.start() + 1, scanner.stop() - 1, out);
            nulls[i] = false;
          }
        }
      }
      out.endRow();
    }
    return out.build(Masks.compact(nulls, count));
  }

  /** A text that is a JSON string, without blanks around it, as what it says. */
  static Kernel unquote() {
    JsonPath whole = JsonPath.parse("$");
    return RowKernels.bytes((x, row, out) -> {
      BytesVector texts = x.bytes(0);
      int at = row & x.mask(0);
      int start = texts.start(at);
      int end = texts.end(at);
      JsonScanner scanner = new JsonScanner(whole);
      boolean isString =
          scanner.find(texts.data(), start, end) == JsonScanner.Kind.TEXT
              && scanner.start() == start
              && scanner.stop() == end;
      if (isString) {
        JsonText.unescape(texts.data(), start + 1, end - 1, out);
      } else {
        out.append(texts.data(), start, end);
      }
      return true;
    });
  }

  private static Vector query(Arguments x, JsonPath path) {
    BytesVector documents = x.bytes(0);
    byte[] data = documents.data();
    JsonScanner scanner = new JsonScanner(path);
    int count = x.count();
    BytesOutput out = new BytesOutput(count, 16 * count);
    boolean[] nulls = new boolean[count];
    for (int i = 0; i < count; i++) {
      nulls[i] = true;
      if (!x.isNull(i)) {
        int row = i & x.mask(0);
        JsonScanner.Kind kind = scanner.find(data, documents.start(row), documents.end(row));
        if (kind == JsonScanner.Kind.OBJECT || kind == JsonScanner.Kind.ARRAY) {
          JsonText.compact(data, scanner.start(), scanner.stop(), out);
          nulls[i] = false;
        }
      }
      out.endRow();
    }
    return out.build(Masks.compact(nulls, count));
  }

  /** FALSE for a JSON null, as in Flink. */
  private static Vector exists(Arguments x, JsonPath path) {
    BytesVector documents = x.bytes(0);
    JsonScanner scanner = new JsonScanner(path);
    boolean[] result = new boolean[x.count()];
    for (int i = 0; i < result.length; i++) {
      if (!x.isNull(i)) {
        int row = i & x.mask(0);
        JsonScanner.Kind kind =
            scanner.find(documents.data(), documents.start(row), documents.end(row));
        result[i] = kind != JsonScanner.Kind.NOTHING && kind != JsonScanner.Kind.NULL;
      }
    }
    return x.result(result);
  }

  /** (document, kind as a constant). */
  static Kernel isJson(List<Node> arguments) {
    ConstantNode constant = (ConstantNode) arguments.get(1);
    String kind = ((BytesVector) constant.value()).text(0);
    JsonPath whole = JsonPath.parse("$");
    return x -> {
      JsonScanner scanner = new JsonScanner(whole);
      BytesVector documents = x.bytes(0);
      boolean[] result = new boolean[x.count()];
      for (int i = 0; i < result.length; i++) {
        if (!x.isNull(i)) {
          int row = i & x.mask(0);
          result[i] =
              isKind(
                  kind, scanner.find(documents.data(), documents.start(row), documents.end(row)));
        }
      }
      return x.result(result);
    };
  }

  private static boolean isKind(String kind, JsonScanner.Kind found) {
    return switch (found) {
      case NOTHING -> false;
      case OBJECT -> kind.equals("OBJECT") || kind.equals("VALUE");
      case ARRAY -> kind.equals("ARRAY") || kind.equals("VALUE");
      case NULL, TRUE, FALSE, NUMBER, TEXT -> kind.equals("SCALAR") || kind.equals("VALUE");
    };
  }
}
