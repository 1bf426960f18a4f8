#pragma once
// Errors and results as HTTP bodies: the one table of status codes, and Tinybird's error form.

#include <string>

#include "compiler/engine/engine.h"
#include "runtime/core/error.h"
#include "runtime/formats/result_writer.h"
#include "server/http/message.h"

namespace sp {

/// The status that a failure answers with: the client's mistakes are 4xx, ours 5xx.
unsigned http_status(ErrorCode code);

/// {"error": "...", "documentation": "..."} and Sandpiper's details beside them: code, name, hint,
/// file, line, column and the excerpt. The header X-DB-Exception-Code carries ClickHouse's number.
HttpResponse error_response(const Error& error);
HttpResponse error_response(unsigned status, const std::string& message,
                            const std::string& hint = {});

/// A query's rows in a format, or its explanation as text. A large result is formatted while it is
/// sent.
HttpResponse result_response(QueryResponse response, const ResultFormat& format,
                             const ResultOptions& options);

}  // namespace sp
