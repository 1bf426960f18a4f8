#pragma once
// Answers compressed for clients that take gzip, those that are made while they are sent too.

#include "server/http/message.h"

namespace sp {

/// Compresses a response's body in place, and what is to come of it as it comes; adds the header
/// fields. Small bodies stay as they are.
void gzip_response(HttpResponse& response);

}  // namespace sp
