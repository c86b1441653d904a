package dev.freshet.serve.http;

import dev.freshet.core.error.ErrorCode;
import dev.freshet.core.error.FreshetException;
import dev.freshet.serve.backend.Backend;
import dev.freshet.serve.backend.Reconciled;
import dev.freshet.serve.text.ReconciledText;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Locale;

/**
 * {@code POST /v1/reconcile?source=NAME&table=NAME&repair=true|false&format=json|text} compares
 * sources with what is held of them, and answers when that is done. Pages of other sites may not
 * ask for it.
 */
final class ReconcileApi {
  private final Backend backend;

  ReconcileApi(Backend backend) {
    this.backend = backend;
  }

  void register(HttpRouting.Builder routing) {
    routing.post("/v1/reconcile", this::reconcile);
  }

  private void reconcile(ServerRequest request, ServerResponse response) {
    if (OtherSites.refuse(request, response, "reconcile")) {
      return;
    }
    boolean text = isOneOf(request, "format", "json", "text");
    boolean repair = isOneOf(request, "repair", "false", "true");
    List<Reconciled> all =
        backend.reconcile(
            request.query().first("source").orElse(""),
            request.query().contains("table") ? request.query().all("table") : List.of(),
            repair);
    String body =
        text
            ? String.join("\n", ReconciledText.lines(all))
            : new Json()
                .flag(
                    "equal",
                    all.stream().allMatch(each -> each.last().isEqual())
                        && all.stream().anyMatch(each -> each.last().comparedTables() > 0))
                .raws("sources", all.stream().map(ReconcileApi::json).toList())
                .end();
    String type = text ? "text/plain; charset=utf-8" : "application/json";
    response.header(HeaderNames.CONTENT_TYPE, type);
    Reads.send(request, response, body + "\n");
  }

  /**
   * Whether a parameter has the second of two values rather than the first, which it has unnamed.
   */
  private static boolean isOneOf(ServerRequest request, String name, String first, String second) {
    String value = request.query().first(name).orElse(first);
    if (!value.equals(first) && !value.equals(second)) {
      throw new FreshetException(
          ErrorCode.REQUEST_INVALID,
          "Invalid " + name + ": " + value + ". It is " + first + " or " + second + ".");
    }
    return value.equals(second);
  }

  private static String json(Reconciled reconciled) {
    Json json =
        new Json()
            .text("source", reconciled.source())
            .flag("equal", reconciled.last().isEqual() && reconciled.last().comparedTables() > 0)
            .raw("compared", json(reconciled.first()));
    reconciled
        .repair()
        .ifPresent(repair ->
            json.number("corrected", repair.corrected())
                .raw("comparedAfter", json(repair.after())));
    return json.end();
  }

  private static String json(Reconciled.Comparison comparison) {
    return new Json()
        .text("position", comparison.position())
        .number("step", comparison.step())
        .number("heldMillis", comparison.heldMillis())
        .number("millis", comparison.millis())
        .raws("tables", comparison.tables().stream().map(ReconcileApi::json).toList())
        .end();
  }

  private static String json(Reconciled.Table table) {
    return new Json()
        .text("name", table.name())
        .flag("equal", table.isEqual())
        .text("outcome", table.outcome().name().toLowerCase(Locale.ROOT))
        .text("note", table.note())
        .number("sourceRows", table.sourceRows())
        .number("heldRows", table.heldRows())
        .number("keptOut", table.keptOut())
        .number("ranges", table.ranges())
        .number("differingRanges", table.differingRanges())
        .number("missing", table.missing())
        .number("extra", table.extra())
        .number("different", table.different())
        .number("notMatched", table.notMatched())
        .raws(
            "rows",
            table.shown().stream()
                .map(row ->
                    new Json()
                        .text("kind", row.kind().name().toLowerCase(Locale.ROOT))
                        .raw("key", row.key())
                        .end())
                .toList())
        .end();
  }
}
