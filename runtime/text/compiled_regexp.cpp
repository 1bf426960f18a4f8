// Compiling regular expressions.

#include "runtime/text/compiled_regexp.h"

#include <unordered_map>

namespace sp {

Result<std::shared_ptr<const re2::RE2>> compile_regexp(std::string_view pattern, bool any_case) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_case_sensitive(!any_case);
  auto compiled = std::make_shared<const re2::RE2>(piece(pattern), options);
  if (!compiled->ok()) {
    return fail(
        ErrorCode::kCannotCompileRegexp,
        "Cannot compile regular expression, " + compiled->error() + ": " + std::string(pattern));
  }
  return std::shared_ptr<const re2::RE2>(compiled);
}

const re2::RE2* cached_regexp(std::string_view pattern, std::string& message) {
  constexpr size_t kMostCached = 128;
  static thread_local std::unordered_map<std::string, std::shared_ptr<const re2::RE2>> cache;
  static thread_local std::string last_pattern;
  static thread_local const re2::RE2* last = nullptr;
  if (last != nullptr && last_pattern == pattern) return last;
  const std::string key(pattern);
  auto found = cache.find(key);
  if (found == cache.end()) {
    auto compiled = compile_regexp(pattern);
    if (!compiled.ok()) {
      message = compiled.error().message;
      return nullptr;
    }
    if (cache.size() >= kMostCached) cache.clear();
    found = cache.emplace(key, std::move(*compiled)).first;
  }
  last_pattern = key;
  last = found->second.get();
  return last;
}

}  // namespace sp
