// POST /v0/events?name=: NDJSON or one JSON object into a data source. 202: taken (survives a crash
// of the process); 200 with wait=true: on disk and visible. Bad rows go to the quarantine and never
// fail the request.

#include <fmt/format.h>

#include "server/api/api.h"
#include "server/api/respond.h"

namespace sp {
namespace {

HttpResponse post_events(ApiCall& call) {
  const auto name = call.http.parameter("name");
  if (!name || name->empty()) {
    return error_response(400, "Missing parameter: name", "POST /v0/events?name=<data source>");
  }
  if (!call.grants.may_append(*name)) {
    return error_response(403,
                          "The token has no DATASOURCES:APPEND:" + std::string(*name) + " scope");
  }
  const std::shared_ptr<const Ingestor> ingestor = call.workspace.ingestor(std::string(*name));
  if (!ingestor) {
    const auto project = call.workspace.project();
    std::vector<std::string_view> names;
    for (const auto& [known, datasource] : project->datasources) names.push_back(known);
    return error_response(404, "The data source '" + std::string(*name) + "' does not exist",
                          did_you_mean(*name, names));
  }
  if (call.http.body.empty())
    return error_response(400, "The request has no body", "send NDJSON: one JSON object a line");
  const std::string_view wait = call.http.parameter("wait").value_or("false");
  const bool durable = wait == "true" || wait == "1";
  const std::string key(call.http.header("idempotency-key"));
  const auto counts = ingestor->ingest(call.http.body, durable, key, call.workspace.store(),
                                       call.http.arriving.get());
  if (!counts.ok() && call.http.arriving && counts.error().code == ErrorCode::kCannotReadAllData)
    return error_response(408, counts.error().message);
  if (!counts.ok()) return error_response(counts.error());
  call.api.metrics().count_ingested(counts->successful_rows, counts->quarantined_rows,
                                    call.http.body.size());
  HttpResponse response;
  response.status = durable ? 200 : 202;
  response.body = fmt::format("{{\"successful_rows\":{},\"quarantined_rows\":{}}}",
                              counts->successful_rows, counts->quarantined_rows);
  return response;
}

}  // namespace

std::vector<Route> event_routes() { return {{"POST", "/v0/events", true, &post_events}}; }

}  // namespace sp
