// libFuzzer target of the formatter: the first byte picks the kind of file, the rest is its text. What parses must format (the
// formatter proves itself that the meaning stays: LOGICAL_ERROR if not), and the result must format to itself.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "lang/format/format_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sp::format;
  if (size == 0) return 0;
  static constexpr SourceKind kKinds[] = {SourceKind::kSql, SourceKind::kSql, SourceKind::kPipe, SourceKind::kDataSource, SourceKind::kConnection, SourceKind::kInclude};
  const size_t choice = data[0] % 6;
  std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (choice == 1) text = "%\n" + text;
  const Formatted once = format_source(kKinds[choice], "f", "f", text);
  for (const sp::Error& error : once.errors) {
    if (error.code == sp::ErrorCode::kLogicalError) std::fprintf(stderr, "%s\n", error.render().c_str());
    SP_CHECK(error.code != sp::ErrorCode::kLogicalError);
    SP_CHECK(error.location.has_value());
  }
  if (!once.ok()) return 0;
  const Formatted twice = format_source(kKinds[choice], "f", "f", once.text);
  if (twice.text != once.text) std::fprintf(stderr, "once:\n%s\ntwice:\n%s\n", once.text.c_str(), twice.text.c_str());
  SP_CHECK(twice.ok() && twice.text == once.text);
  return 0;
}
