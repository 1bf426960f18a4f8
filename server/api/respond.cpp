// Status codes and bodies.

#include "server/api/respond.h"

#include <spdlog/spdlog.h>

#include <algorithm>
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

namespace {

constexpr size_t kFirstPieceBytes = 64 << 10, kPieceBytes = 256 << 10;

ResultStatistics shown(const QueryStatistics& statistics) {
  return {statistics.elapsed_seconds, statistics.rows_read, statistics.bytes_read};
}

// Formats rows as the client takes them; asks the query for more where it has not come to its end.
class ResultBody final : public BodySource {
 public:
  ResultBody(QueryResponse response, const ResultFormat& format, const ResultOptions& options)
      : response_(std::move(response)),
        writer_(format.create(*response_.table, options)) {}

  State next(std::string& out) override {
    try {
      const State state = write(out, out.size() + kPieceBytes);
      if (state == State::kFailed)
        spdlog::warn("a streamed result was broken off: {}", error_->message);
      return state;
    } catch (const std::exception& exception) {
      spdlog::error("unexpected exception in a streamed result: {}", exception.what());
      return State::kFailed;
    }
  }

  State begin(std::string& out) {
    writer_->begin(out);
    return write(out, kFirstPieceBytes);
  }
  /// Why begin() failed.
  const Error& error() const { return *error_; }

 private:
  State write(std::string& out, size_t limit_bytes) {
    for (;;) {
      const ResultTable& table = *response_.table;
      for (; chunk_ < table.chunks.size(); ++chunk_, row_ = 0) {
        const ResultTable::Chunk& chunk = table.chunks[chunk_];
        constexpr size_t kRows = 16;
        for (; row_ < chunk.rows; row_ += std::min(kRows, chunk.rows - row_)) {
          if (out.size() >= limit_bytes) return State::kMore;
          writer_->write_rows(chunk, row_, std::min(kRows, chunk.rows - row_), out);
        }
      }
      if (!response_.stream) break;
      const auto more = response_.stream->next();
      if (!more.ok()) {
        error_ = more.error();
        return State::kFailed;
      }
      chunk_ = row_ = 0;
      if (!*more) break;
    }
    writer_->finish(shown(response_.stream ? response_.stream->statistics() : response_.statistics),
                    out);
    return State::kEnd;
  }

  QueryResponse response_;
  std::unique_ptr<ResultWriter> writer_;
  size_t chunk_ = 0, row_ = 0;
  std::optional<Error> error_;
};

}  // namespace

HttpResponse result_response(QueryResponse response, const ResultFormat& format,
                             const ResultOptions& options) {
  HttpResponse http;
  if (!response.explanation.empty() || !response.table) {
    http.content_type = "text/plain; charset=utf-8";
    http.body = response.explanation;
    return http;
  }
  http.content_type = format.content_type;
  const ResultTable& table = *response.table;
  constexpr uint64_t kFewCells = 2000;
  if (!response.stream && table.rows * table.types.size() < kFewCells) {
    http.body = write_result(format, table, shown(response.statistics), options);
    return http;
  }
  const auto body = std::make_shared<ResultBody>(std::move(response), format, options);
  switch (body->begin(http.body)) {
    case BodySource::State::kMore: http.rest = body; break;
    case BodySource::State::kEnd: break;
    case BodySource::State::kFailed: return error_response(body->error());
  }
  return http;
}

}  // namespace sp
