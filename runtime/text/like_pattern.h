#pragma once
// LikePattern: a compiled LIKE pattern. Without `_` it is a list of literal pieces that must follow
// one another, which needs no regular expression; with `_`, or ignoring case, it becomes an RE2.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace sp {

class LikePattern {
 public:
  /// Compiles `pattern`; never fails: every text is a valid LIKE pattern.
  LikePattern(std::string_view pattern, bool any_case);
  ~LikePattern();
  /// Thread-safe.
  bool matches(std::string_view text) const noexcept;

  enum class Shape : uint8_t { kExact, kPrefix, kSuffix, kContains, kPieces, kRegexp };
  Shape shape() const { return shape_; }
  /// The only literal of kExact, kPrefix, kSuffix and kContains.
  const std::string& literal() const { return pieces_.front(); }

 private:
  bool matches_pieces(std::string_view text) const noexcept;

  Shape shape_ = Shape::kPieces;
  std::vector<std::string> pieces_;  // never empty; pieces between % signs, without empty ones
  bool starts_open_ = false;         // the pattern begins with %
  bool ends_open_ = false;           // the pattern ends with %
  std::unique_ptr<re2::RE2> regexp_;
};

}  // namespace sp
