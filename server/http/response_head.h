#pragma once
// The head of an HTTP/1.1 answer as text (RFC 9112), with what every answer of Sandpiper's says.

#include <string>
#include <string_view>

#include "server/http/message.h"

namespace sp {

/// How the end of a body is told: by its length, by chunks, or by the end of the connection
/// (HTTP/1.0 knows no chunks).
enum class BodyFraming { kLength, kChunks, kUntilClosed };

/// Appends status line, fields and the empty line to `out`. A field whose value would end it is
/// left out.
void append_response_head(std::string& out, const HttpResponse& response, BodyFraming framing,
                          bool keep_alive);

/// Makes `body` a chunk (RFC 9112, 7.1): its length goes to `before`, its end behind it.
void frame_chunk(std::string& before, std::string& body);

/// An error of the protocol, in the form in which the API shows its errors.
HttpResponse error_response(unsigned status, std::string_view message);

}  // namespace sp
