// Shortest edit script by lines. Source: E. Myers, "An O(ND) Difference Algorithm and Its
// Variations", 1986.

#include "lang/format/unified_diff.h"

#include <algorithm>
#include <vector>

namespace sp::format {
namespace {

constexpr size_t kContext = 3;
constexpr int64_t kMostEdits = 4000;  // beyond it the rest is shown as removed and added

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t newline = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, newline + 1));
    text.remove_prefix(newline + 1);
  }
  return lines;
}

struct Edit {
  char mark;  // ' ', '-', '+'
  std::string_view line;
  size_t before, after;  // line numbers, from 0
};

// Walks the frontiers of Myers' greedy algorithm back from the end.
std::vector<Edit> edits_of(const Lines& a, const Lines& b) {
  const auto n = static_cast<int64_t>(a.size()), m = static_cast<int64_t>(b.size());
  const int64_t most = std::min(n + m, kMostEdits);
  std::vector<std::vector<int64_t>> frontiers;
  std::vector<int64_t> reach(static_cast<size_t>(2 * most + 3), 0);
  const auto at = [&](std::vector<int64_t>& v, int64_t k) -> int64_t& {
    return v[static_cast<size_t>(k + most + 1)];
  };
  bool found = false;
  int64_t edits = 0;
  for (; edits <= most && !found; ++edits) {
    frontiers.push_back(reach);
    for (int64_t k = -edits; k <= edits; k += 2) {
      const bool down = k == -edits || (k != edits && at(reach, k - 1) < at(reach, k + 1));
      int64_t x = down ? at(reach, k + 1) : at(reach, k - 1) + 1;
      while (x < n && x - k < m && x - k >= 0 &&
             a[static_cast<size_t>(x)] == b[static_cast<size_t>(x - k)])
        ++x;
      at(reach, k) = x;
      found = found || (x >= n && x - k >= m);
    }
  }
  std::vector<Edit> out;
  if (!found) {
    for (size_t i = 0; i < a.size(); ++i) out.push_back({'-', a[i], i, 0});
    for (size_t i = 0; i < b.size(); ++i) out.push_back({'+', b[i], a.size(), i});
    return out;
  }
  int64_t x = n, y = m;
  for (int64_t d = edits - 1; d >= 0; --d) {
    const int64_t k = x - y;
    std::vector<int64_t>& before = frontiers[static_cast<size_t>(d)];
    const bool down = k == -d || (k != d && at(before, k - 1) < at(before, k + 1));
    const int64_t from_k = down ? k + 1 : k - 1;
    const int64_t from_x = d == 0 ? 0 : at(before, from_k), from_y = d == 0 ? 0 : from_x - from_k;
    while (x > from_x && y > from_y &&
           a[static_cast<size_t>(x - 1)] == b[static_cast<size_t>(y - 1)]) {
      --x, --y;
      out.push_back(
          {' ', a[static_cast<size_t>(x)], static_cast<size_t>(x), static_cast<size_t>(y)});
    }
    if (d == 0) break;
    if (down) {
      --y;
      out.push_back(
          {'+', b[static_cast<size_t>(y)], static_cast<size_t>(x), static_cast<size_t>(y)});
    } else {
      --x;
      out.push_back(
          {'-', a[static_cast<size_t>(x)], static_cast<size_t>(x), static_cast<size_t>(y)});
    }
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::string range_text(size_t first, size_t count) {
  const size_t shown = count == 0 ? first : first + 1;
  return std::to_string(shown) + (count == 1 ? "" : "," + std::to_string(count));
}

void add_hunk(const std::vector<Edit>& edits, size_t begin, size_t end, std::string& out) {
  size_t removed = 0, added = 0;
  for (size_t i = begin; i < end; ++i) {
    removed += edits[i].mark != '+';
    added += edits[i].mark != '-';
  }
  out += "@@ -" + range_text(edits[begin].before, removed) + " +" +
         range_text(edits[begin].after, added) + " @@\n";
  for (size_t i = begin; i < end; ++i) {
    out += edits[i].mark;
    out += edits[i].line;
    if (!edits[i].line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
  }
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after,
                         const std::string& before_name, const std::string& after_name) {
  if (before == after) return {};
  const Lines a = lines_of(before), b = lines_of(after);
  const std::vector<Edit> edits = edits_of(a, b);
  std::string out = "--- " + before_name + "\n+++ " + after_name + "\n";
  for (size_t i = 0; i < edits.size();) {
    if (edits[i].mark == ' ') {
      ++i;
      continue;
    }
    const size_t begin = i - std::min(i, kContext);
    size_t last = i;
    for (size_t k = i; k < edits.size() && k <= last + 2 * kContext; ++k) {
      if (edits[k].mark != ' ') last = k;
    }
    const size_t end = std::min(last + 1 + kContext, edits.size());
    add_hunk(edits, begin, end, out);
    i = end;
  }
  return out;
}

}  // namespace sp::format
