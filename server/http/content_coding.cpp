// zlib and zstd streams, with a bound on what comes out.

#include "server/http/content_coding.h"

#include <libdeflate.h>
#include <zlib.h>
#include <zstd.h>

#include <memory>

namespace sp {
namespace {

Error too_large(size_t limit_bytes) {
  return fail(ErrorCode::kTooLargeSizeCompressed,
              "Request body too large after decompression: the limit is " +
                  std::to_string(limit_bytes) + " bytes");
}

// Streams, and not one libdeflate call: the size is unknown, and concatenated members are legal
// gzip.
Result<std::string> inflate_all(const std::string& body, size_t limit_bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 32) != Z_OK)
    return fail(ErrorCode::kLogicalError, "Cannot start zlib");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, &inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  std::string out;
  char buffer[1 << 16];
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    const int status = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer, sizeof buffer - stream.avail_out);
    if (out.size() > limit_bytes) return too_large(limit_bytes);
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) return out;
      inflateReset(&stream);
    } else if (status != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) {
      return fail(ErrorCode::kIncorrectData, "Request body is not valid gzip data");
    }
  }
}

Result<std::string> unzstd_all(const std::string& body, size_t limit_bytes) {
  const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                   &ZSTD_freeDCtx);
  std::string out;
  char buffer[1 << 16];
  ZSTD_inBuffer in{body.data(), body.size(), 0};
  size_t status = 1;
  while (in.pos < in.size || status != 0) {
    ZSTD_outBuffer chunk{buffer, sizeof buffer, 0};
    const size_t before = in.pos;
    status = ZSTD_decompressStream(context.get(), &chunk, &in);
    out.append(buffer, chunk.pos);
    if (out.size() > limit_bytes) return too_large(limit_bytes);
    if (ZSTD_isError(status) || (before == in.pos && chunk.pos == 0 && status != 0)) {
      return fail(ErrorCode::kIncorrectData, "Request body is not valid zstd data");
    }
  }
  return out;
}

}  // namespace

Result<std::string> decode_body(std::string_view coding, std::string body, size_t limit_bytes) {
  if (coding.empty() || coding == "identity") return body;
  if (coding == "gzip" || coding == "x-gzip" || coding == "deflate")
    return inflate_all(body, limit_bytes);
  if (coding == "zstd") return unzstd_all(body, limit_bytes);
  return fail(ErrorCode::kIncorrectData, "Unknown Content-Encoding: " + std::string(coding),
              std::nullopt, "send the body plain, or with gzip or zstd");
}

std::string gzip(std::string_view body) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(1), &libdeflate_free_compressor);
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), body.size()), '\0');
  out.resize(
      libdeflate_gzip_compress(compressor.get(), body.data(), body.size(), out.data(), out.size()));
  return out;
}

struct GzipStream::State {
  z_stream stream{};
};

GzipStream::GzipStream() : state_(std::make_unique<State>()) {
  constexpr int kGzip = 15 + 16, kMemory = 8;
  SP_CHECK(deflateInit2(&state_->stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, kMemory,
                        Z_DEFAULT_STRATEGY) == Z_OK);
}

GzipStream::~GzipStream() { deflateEnd(&state_->stream); }

std::string GzipStream::add(std::string_view piece, bool last) {
  z_stream& stream = state_->stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  stream.avail_in = static_cast<uInt>(piece.size());
  std::string out;
  char buffer[1 << 16];
  do {
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    (void)deflate(&stream, last ? Z_FINISH : Z_SYNC_FLUSH);
    out.append(buffer, sizeof buffer - stream.avail_out);
  } while (stream.avail_out == 0);
  return out;
}

}  // namespace sp
