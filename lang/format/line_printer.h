#pragma once
// LinePrinter: text with possible line breaks to lines of at most 120 columns. A group stays on one
// line if it fits there, else all its breaks become line ends. The layout (layout.h) records
// operations; finish() prints them. Source of the idea: D. Oppen, "Prettyprinting", TOPLAS 1980,
// and P. Wadler, "A prettier printer".

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sp::format {

class LinePrinter {
 public:
  static constexpr uint32_t kWidth = 120;

  /// `base_indent`: columns before every line.
  explicit LinePrinter(uint32_t base_indent) : base_indent_(base_indent) {}

  void text(std::string_view text) { add_text(text, false); }
  /// Text that stays on the line that is being written (a comma), whatever line ends were asked for
  /// since.
  void sticking_text(std::string_view text) { add_text(text, true); }
  /// A blank, unless a line ends here.
  void space() { add(Op::kSpace); }
  /// A line end in a broken group; a blank, or nothing, in one that fits.
  void line() { add(Op::kLine); }
  void soft() { add(Op::kSoft); }
  /// A line end in any case; breaks the groups around it.
  void hard() {
    force();
    add(Op::kHard);
  }
  /// An empty line at the next line end; breaks the groups around it.
  void blank() {
    force();
    add(Op::kBlank);
  }
  void indent() { add(Op::kIndent); }
  void dedent() { add(Op::kDedent); }
  /// Groups wider than `limit` break even if they would fit.
  void open_group(uint32_t limit = kWidth);
  void close_group();
  /// A comment at the end of the line that is being written; breaks the groups around it.
  void trailing_comment(std::string_view text);
  /// A comment on a line of its own; at the margin: without indentation.
  void own_comment(std::string_view text, bool margin);

  /// The lines, each ended by a newline.
  std::string finish();

 private:
  enum class Op : uint8_t {
    kText,
    kSticking,
    kSpace,
    kLine,
    kSoft,
    kHard,
    kBlank,
    kIndent,
    kDedent,
    kOpen,
    kClose,
    kTrailing,
    kOwn,
    kMargin
  };
  struct Item {
    Op op;
    uint32_t width = 0;    // kText: columns; kOpen: its limit
    uint32_t partner = 0;  // kOpen: its kClose; kText, comments: index in texts_
    bool forced = false;   // kOpen: something inside breaks it
  };

  void add_text(std::string_view text, bool sticks);
  void add(Op op) { items_.push_back({op}); }
  void force() {
    for (const uint32_t open : open_) items_[open].forced = true;
  }
  void measure();
  void put(std::string_view text, uint32_t width, bool sticks);
  void put_own(std::string_view text, bool margin);
  void end_line();

  uint32_t base_indent_;
  std::vector<Item> items_;
  std::vector<std::string> texts_;
  std::vector<uint32_t> open_;
  // While printing.
  std::vector<uint32_t> flat_width_;  // of items [0, i) on one line
  std::vector<uint32_t> tail_width_;  // of item i on, up to the next possible break
  std::string out_;
  std::vector<std::string_view> trailing_;
  uint32_t column_ = 0;
  uint32_t level_ = 0;
  bool newline_ = false, blank_ = false, space_ = false, at_start_ = true, after_comment_ = false;
};

/// Columns that a text takes: its characters.
uint32_t columns_of(std::string_view text);

}  // namespace sp::format
