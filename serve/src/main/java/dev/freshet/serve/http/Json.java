package dev.freshet.serve.http;

import dev.freshet.core.batch.JsonText;
import dev.freshet.core.type.Column;
import dev.freshet.core.type.Schema;
import java.util.Collection;
import java.util.Locale;

/** Writes JSON objects field by field. One thread owns it. */
final class Json {
  private final StringBuilder out = new StringBuilder(256);
  private boolean first = true;

  Json() {
    out.append('{');
  }

  Json text(String name, String value) {
    name(name);
    JsonText.appendText(out, value);
    return this;
  }

  Json number(String name, long value) {
    name(name).out.append(value);
    return this;
  }

  Json number(String name, double value) {
    name(name)
        .out
        .append(Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "null");
    return this;
  }

  Json flag(String name, boolean value) {
    name(name).out.append(value);
    return this;
  }

  Json raw(String name, String json) {
    name(name).out.append(json);
    return this;
  }

  Json texts(String name, Collection<String> values) {
    name(name);
    out.append('[');
    String separator = "";
    for (String value : values) {
      out.append(separator);
      JsonText.appendText(out, value);
      separator = ",";
    }
    out.append(']');
    return this;
  }

  /** An array of JSON texts. */
  Json raws(String name, Collection<String> values) {
    return raw(name, "[" + String.join(",", values) + "]");
  }

  static String columns(Schema schema) {
    StringBuilder columns = new StringBuilder("[");
    String separator = "";
    for (Column column : schema.columns()) {
      columns
          .append(separator)
          .append(
              new Json()
                  .text("name", column.name())
                  .text("type", column.type().sql())
                  .flag("nullable", column.mayBeNull())
                  .end());
      separator = ",";
    }
    return columns.append(']').toString();
  }

  private Json name(String name) {
    if (!first) {
      out.append(',');
    }
    first = false;
    JsonText.appendText(out, name);
    out.append(':');
    return this;
  }

  String end() {
    return out.append('}').toString();
  }
}
