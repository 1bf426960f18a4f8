// Which groups break, and the lines that result. Line ends, blanks and comments at line ends are
// remembered and written only when the next text comes, so that none stands at a line's end and
// several line ends in a row are one.

#include "lang/format/line_printer.h"

#include <algorithm>

namespace sp::format {

uint32_t columns_of(std::string_view text) {
  return static_cast<uint32_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

void LinePrinter::add_text(std::string_view text, bool sticks) {
  if (text.find('\n') != std::string_view::npos) force();
  items_.push_back(
      {sticks ? Op::kSticking : Op::kText, columns_of(text), static_cast<uint32_t>(texts_.size())});
  texts_.emplace_back(text);
}

void LinePrinter::open_group(uint32_t limit) {
  open_.push_back(static_cast<uint32_t>(items_.size()));
  items_.push_back({Op::kOpen, limit});
}

void LinePrinter::close_group() {
  const uint32_t open = open_.back();
  open_.pop_back();
  items_[open].partner = static_cast<uint32_t>(items_.size());
  add(Op::kClose);
}

void LinePrinter::trailing_comment(std::string_view text) {
  force();
  items_.push_back({Op::kTrailing, 0, static_cast<uint32_t>(texts_.size())});
  texts_.emplace_back(text);
}

void LinePrinter::own_comment(std::string_view text, bool margin) {
  force();
  items_.push_back({margin ? Op::kMargin : Op::kOwn, 0, static_cast<uint32_t>(texts_.size())});
  texts_.emplace_back(text);
}

void LinePrinter::measure() {
  flat_width_.assign(items_.size() + 1, 0);
  tail_width_.assign(items_.size() + 1, 0);
  for (size_t i = 0; i < items_.size(); ++i) {
    const Item& item = items_[i];
    const uint32_t own = item.op == Op::kText || item.op == Op::kSticking ? item.width
                         : item.op == Op::kSpace || item.op == Op::kLine  ? 1
                                                                          : 0;
    flat_width_[i + 1] = flat_width_[i] + own;
    // A group that must break because it is wider than its limit breaks those around it.
    if (item.op == Op::kOpen) open_.push_back(static_cast<uint32_t>(i));
    if (item.op == Op::kClose) {
      const Item& open = items_[open_.back()];
      if (open.width < kWidth && flat_width_[i] - flat_width_[open_.back()] > open.width) force();
      open_.pop_back();
    }
  }
  for (size_t i = items_.size(); i-- > 0;) {
    const Op op = items_[i].op;
    const bool breaks = op == Op::kLine || op == Op::kSoft || op == Op::kHard || op == Op::kOwn ||
                        op == Op::kMargin;
    tail_width_[i] = breaks ? 0 : tail_width_[i + 1] + flat_width_[i + 1] - flat_width_[i];
  }
}

void LinePrinter::end_line() {
  for (const std::string_view comment : trailing_) {
    out_ += ' ';
    out_ += comment;
  }
  trailing_.clear();
  out_ += '\n';
  if (blank_) out_ += '\n';
  newline_ = blank_ = space_ = false;
  at_start_ = true;
  column_ = 0;
}

void LinePrinter::put(std::string_view text, uint32_t width, bool sticks) {
  if (sticks && !at_start_ && !after_comment_) {
    out_ += text;
    column_ += width;
    return;
  }
  if (newline_ && !at_start_) end_line();
  if (at_start_) {
    if (blank_ && !out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
    newline_ = blank_ = space_ = false;
    column_ = base_indent_ + level_ * 4;
    out_.append(column_, ' ');
  } else if (space_) {
    out_ += ' ';
    ++column_;
  }
  space_ = at_start_ = after_comment_ = false;
  out_ += text;
  const size_t line = text.rfind('\n');
  column_ = line == std::string_view::npos ? column_ + width : columns_of(text.substr(line + 1));
}

void LinePrinter::put_own(std::string_view text, bool margin) {
  newline_ = true;
  if (margin) {
    if (!at_start_) end_line();
    if (blank_ && !out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
    blank_ = false;
    out_ += text;
    at_start_ = false;
  } else {
    put(text, columns_of(text), false);
  }
  newline_ = after_comment_ = true;
}

std::string LinePrinter::finish() {
  measure();
  std::vector<bool> flat = {false};
  for (size_t i = 0; i < items_.size(); ++i) {
    const Item& item = items_[i];
    switch (item.op) {
      case Op::kText: put(texts_[item.partner], item.width, false); break;
      case Op::kSticking: put(texts_[item.partner], item.width, true); break;
      case Op::kSpace: space_ = true; break;
      case Op::kLine:
        if (flat.back())
          space_ = true;
        else
          newline_ = true;
        break;
      case Op::kSoft:
        if (!flat.back()) newline_ = true;
        break;
      case Op::kHard: newline_ = true; break;
      case Op::kBlank: blank_ = newline_ = true; break;
      case Op::kIndent: ++level_; break;
      case Op::kDedent: --level_; break;
      case Op::kOpen: {
        const uint32_t width = flat_width_[item.partner] - flat_width_[i];
        const uint32_t begin =
            newline_ || at_start_ ? base_indent_ + level_ * 4 : column_ + (space_ ? 1 : 0);
        const bool fits = !item.forced && width <= item.width &&
                          begin + width + tail_width_[item.partner] <= kWidth;
        flat.push_back(flat.back() || fits);
        break;
      }
      case Op::kClose: flat.pop_back(); break;
      case Op::kTrailing:
        if (!trailing_.empty()) {  // a line ends with one comment
          put_own(texts_[item.partner], false);
          break;
        }
        trailing_.push_back(texts_[item.partner]);
        newline_ = true;
        break;
      case Op::kOwn: put_own(texts_[item.partner], false); break;
      case Op::kMargin: put_own(texts_[item.partner], true); break;
    }
  }
  blank_ = false;
  if (!at_start_) end_line();
  return std::move(out_);
}

}  // namespace sp::format
