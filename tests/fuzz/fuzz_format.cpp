// Fuzzes the formatter: the first byte picks the kind of file, the rest is its text. What parses
// must format (the formatter proves itself that the meaning stays: LOGICAL_ERROR if not), and the
// result must format to itself.

#include <cstdio>
#include <string>

#include "lang/format/format_file.h"
#include "runtime/core/check.h"
#include "tests/fuzz/fuzz_target.h"

SP_FUZZ_TARGET(format) {
  using namespace sp::format;
  if (input.empty()) return;
  static constexpr SourceKind kKinds[] = {SourceKind::kSql,        SourceKind::kSql,
                                          SourceKind::kPipe,       SourceKind::kDataSource,
                                          SourceKind::kConnection, SourceKind::kInclude};
  const size_t choice = static_cast<unsigned char>(input[0]) % 6;
  std::string text(input.substr(1));
  if (choice == 1) text = "%\n" + text;
  const Formatted once = format_source(kKinds[choice], "f", "f", text);
  for (const sp::Error& error : once.errors) {
    if (error.code == sp::ErrorCode::kLogicalError)
      std::fprintf(stderr, "%s\n", error.render().c_str());
    SP_CHECK(error.code != sp::ErrorCode::kLogicalError);
    SP_CHECK(error.location.has_value());
  }
  if (!once.ok()) return;
  const Formatted twice = format_source(kKinds[choice], "f", "f", once.text);
  if (twice.text != once.text)
    std::fprintf(stderr, "once:\n%s\ntwice:\n%s\n", once.text.c_str(), twice.text.c_str());
  for (const sp::Error& error : twice.errors)
    std::fprintf(stderr, "twice: %s\n", error.render().c_str());
  SP_CHECK(twice.ok() && twice.text == once.text);
}
