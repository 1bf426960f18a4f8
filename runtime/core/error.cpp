// Rendering of errors, name suggestions, and the table of code names.

#include "runtime/core/error.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>

namespace sp {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "sandpiper: internal check failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

std::string_view error_code_name(ErrorCode code) {
  struct Entry {
    int32_t number;
    std::string_view name;
  };
  static constexpr Entry kEntries[] = {
#define SP_X(enumerator, number, name) {number, name},
      SP_ERROR_CODES(SP_X)
#undef SP_X
  };
  for (const Entry& entry : kEntries) {
    if (entry.number == static_cast<int32_t>(code)) return entry.name;
  }
  return "UNKNOWN_EXCEPTION";
}

namespace {

// The line of an error as it is shown: long lines are cut around the caret.
struct Excerpt {
  std::string text, margin;
  uint32_t width;
};

Excerpt excerpt_of(const Location& location) {
  constexpr uint32_t kLongest = 300, kBefore = 80, kShown = 200;
  const auto is_start = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  const std::string& line = location.line_text;
  const auto size = static_cast<uint32_t>(std::count_if(line.begin(), line.end(), is_start));
  const bool cut = size > kLongest;
  const uint32_t first =
      cut && location.column > kBefore ? location.column - kBefore : 1;  // characters count from 1
  const uint32_t last = cut ? std::min(size, first + kShown) : size;
  Excerpt out;
  if (first > 1) {
    out.text = "...";
    out.margin = "   ";
  }
  uint32_t character = 0;
  for (const char byte : line) {
    if (is_start(byte)) ++character;
    if (character < first || character > last) continue;
    out.text += byte;
    // Tabs are repeated so that the caret stands under its character in any terminal.
    if (is_start(byte) && character < location.column) out.margin += byte == '\t' ? '\t' : ' ';
  }
  if (last < size) out.text += "...";
  out.width = cut ? std::min(location.width,
                             std::max<uint32_t>(1, last + 1 - std::min(last, location.column)))
                  : location.width;
  return out;
}

}  // namespace

std::string Error::render() const {
  std::string out;
  if (location) {
    out += location->file + ":" + std::to_string(location->line) + ":" +
           std::to_string(location->column) + ": ";
  }
  out += message;
  if (location && !location->line_text.empty()) {
    const std::string number = std::to_string(location->line);
    const Excerpt excerpt = excerpt_of(*location);
    out += "\n  " + number + " | " + excerpt.text;
    out += "\n  " + std::string(number.size(), ' ') + " | " + excerpt.margin;
    out += std::string(std::max<uint32_t>(1, excerpt.width), '^');
  }
  if (!hint.empty()) out += "\n  hint: " + hint;
  for (const std::string& note : notes) out += "\n  note: " + note;
  return out;
}

namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// Levenshtein distance with adjacent transpositions, ignoring ASCII case; two rolling rows would
// not do for the transposition, so three are kept.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substitution = previous[j - 1] + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    before.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string_view>& candidates) {
  if (name.size() > 200) return {};
  size_t best = std::max<size_t>(1, name.size() / 3) + 1;
  std::string_view found;
  for (const std::string_view candidate : candidates) {
    const size_t gap = candidate.size() > name.size() ? candidate.size() - name.size()
                                                      : name.size() - candidate.size();
    if (gap >= best) continue;
    const size_t distance = edit_distance(name, candidate);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return std::string(found);
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates) {
  const std::string found = nearest_name(name, candidates);
  return found.empty() ? std::string() : "did you mean `" + found + "`?";
}

}  // namespace sp
