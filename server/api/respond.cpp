// Status codes and bodies.

#include "server/api/respond.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace sp {

unsigned http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kAccessDenied:
    case ErrorCode::kAuthenticationFailed: return 403;
    case ErrorCode::kTimeoutExceeded: return 408;
    case ErrorCode::kTooLargeSizeCompressed: return 413;
    case ErrorCode::kQueryWasCancelled: return 499;
    case ErrorCode::kLogicalError:
    case ErrorCode::kChecksumDoesntMatch:
    case ErrorCode::kCannotReadAllData:
    case ErrorCode::kCannotReadFromFileDescriptor:
    case ErrorCode::kCannotWriteToFileDescriptor:
    case ErrorCode::kCannotOpenFile: return 500;
    case ErrorCode::kNoSpaceLeft:
    case ErrorCode::kTooManyParts: return 503;
    default: return 400;
  }
}

namespace {

// custom_error({...}, status): the author's own JSON and status.
std::optional<HttpResponse> custom_error_response(const Error& error) {
  if (error.code != ErrorCode::kTemplateCustomError) return std::nullopt;
  HttpResponse response;
  response.status = 400;
  if (!error.notes.empty()) {
    unsigned status = 0;
    const std::string& note = error.notes.front();
    std::from_chars(note.data(), note.data() + note.size(), status);
    if (status >= 400 && status < 600) response.status = status;
  }
  response.body = error.message;
  return response;
}

}  // namespace

HttpResponse error_response(const Error& error) {
  if (auto custom = custom_error_response(error)) return *custom;
  const bool own = static_cast<int>(error.code) > 10000;
  const std::string name(error_code_name(error.code));
  nlohmann::ordered_json json;
  std::string summary = own ? error.message : "[Error] " + error.message;
  if (!error.hint.empty()) summary += ": " + error.hint;
  if (!own) summary += " (" + name + ")";
  json["error"] = summary;
  if (!own) json["documentation"] = "docs/api.md#errors";
  json["code"] = static_cast<int>(error.code);
  json["name"] = name;
  if (!error.hint.empty()) json["hint"] = error.hint;
  if (error.location) {
    json["file"] = error.location->file;
    json["line"] = error.location->line;
    json["column"] = error.location->column;
    json["detail"] = error.render();
  }
  HttpResponse response;
  response.status = http_status(error.code);
  response.body = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  if (!own)
    response.headers.emplace_back("X-DB-Exception-Code",
                                  std::to_string(static_cast<int>(error.code)));
  if (response.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse error_response(unsigned status, const std::string& message, const std::string& hint) {
  nlohmann::ordered_json json;
  json["error"] = hint.empty() ? message : message + ": " + hint;
  HttpResponse response;
  response.status = status;
  response.body = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}

HttpResponse result_response(const QueryResponse& response, const ResultFormat& format,
                             const ResultOptions& options) {
  HttpResponse http;
  if (!response.explanation.empty() || !response.table) {
    http.content_type = "text/plain; charset=utf-8";
    http.body = response.explanation;
    return http;
  }
  ResultStatistics statistics;
  statistics.elapsed_seconds = response.statistics.elapsed_seconds;
  statistics.rows_read = response.statistics.rows_read;
  statistics.bytes_read = response.statistics.bytes_read;
  http.content_type = format.content_type;
  http.body = write_result(format, *response.table, statistics, options);
  return http;
}

}  // namespace sp
