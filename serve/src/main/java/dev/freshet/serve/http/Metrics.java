package dev.freshet.serve.http;

/** Writes metrics in the Prometheus text format. One thread owns it. */
final class Metrics {
  private static final String PREFIX = "freshet_";

  private final StringBuilder out = new StringBuilder(4096);

  void gauge(String name, String help, double value) {
    head(name, "gauge", help);
    sample(name, "", value);
  }

  void gauge(String name, String help, long value) {
    gauge(name, help, (double) value);
  }

  void counter(String name, String help, long value) {
    head(name, "counter", help);
    sample(name, "", (double) value);
  }

  void head(String name, String type, String help) {
    out.append("# HELP ").append(PREFIX).append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(PREFIX).append(name).append(' ').append(type).append('\n');
  }

  void sample(String name, String label, String labelValue, double value) {
    String escaped = labelValue.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    sample(name, "{" + label + "=\"" + escaped + "\"}", value);
  }

  private void sample(String name, String labels, double value) {
    out.append(PREFIX).append(name).append(labels).append(' ');
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      out.append((long) value);
    } else {
      out.append(value);
    }
    out.append('\n');
  }

  String text() {
    return out.toString();
  }
}
