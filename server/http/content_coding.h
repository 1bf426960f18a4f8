#pragma once
// Content codings of HTTP bodies: gzip and zstd in, gzip out; bounded against decompression bombs.

#include <memory>
#include <string>
#include <string_view>

#include "runtime/core/error.h"

namespace sp {

/// Decompresses a body by its Content-Encoding ("", "identity", "gzip", "x-gzip", "deflate",
/// "zstd"). Errors: TOO_LARGE_SIZE_COMPRESSED (39) past `limit_bytes`, INCORRECT_DATA (117) for a
/// damaged stream or unknown coding.
Result<std::string> decode_body(std::string_view coding, std::string body, size_t limit_bytes);

/// Compresses with gzip, fast level.
std::string gzip(std::string_view body);

/// The same piece by piece: each comes out whole, so that the client may read on. Not thread-safe.
class GzipStream {
 public:
  GzipStream();
  ~GzipStream();
  /// Compresses one more piece; `last` ends the stream.
  std::string add(std::string_view piece, bool last);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sp
