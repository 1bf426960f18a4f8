// Text to elements: template tags are masked (outputs as word characters, the rest as blanks), the
// SQL lexer cuts what is left, and the gaps between its tokens are searched for comments and
// statements. Entry: read_elements().

#include <algorithm>
#include <cctype>
#include <optional>

#include "lang/format/element.h"
#include "lang/format/tag_text.h"
#include "lang/template/scan.h"

namespace sp::format {
namespace {

using Kind = Element::Kind;
using Place = Element::Place;
using sql::TokenCode;

struct Tag {
  uint32_t begin;
  uint32_t end;
  bool output;   // {{ }}, {% raw %} and escapes: part of SQL's words
  bool comment;  // {# #}, {% comment %}
};

Kind kind_of_statement(std::string_view word) {
  if (word == "if" || word == "for" || word == "while" || word == "try") return Kind::kOpen;
  if (word == "elif" || word == "else" || word == "except" || word == "finally")
    return Kind::kMiddle;
  return word == "end" ? Kind::kClose : Kind::kTag;
}

bool is_comment_start(std::string_view rest) {
  return rest.starts_with("--") || rest.starts_with("//") || rest.starts_with("# ") ||
         rest.starts_with("#!");
}

// The size of a block comment; they nest.
size_t block_comment_size(std::string_view rest) {
  size_t at = 2;
  for (size_t depth = 1; depth > 0 && at < rest.size();) {
    const bool opens = rest.substr(at, 2) == "/*", closes = rest.substr(at, 2) == "*/";
    depth = opens ? depth + 1 : closes ? depth - 1 : depth;
    at += opens || closes ? 2 : 1;
  }
  return std::min(at, rest.size());
}

class Reader {
 public:
  explicit Reader(const SqlText& source) : source_(source), text_(source.text) {}

  Result<ElementList> run() {
    mask_ = without_margin_comments(source_);
    find_margin_comments();
    SP_TRY_VOID(find_tags());
    for (const Tag& tag : tags_) {
      std::fill(mask_.begin() + tag.begin, mask_.begin() + tag.end, tag.output ? '_' : ' ');
    }
    SP_TRY(const sql::TokenList list, sql::tokenize_unpaired(mask_));
    for (size_t i = 0; i < list.tokens.size(); ++i) {
      read_gap(list.tokens[i].begin);
      const auto code = static_cast<TokenCode>(list.codes[i]);
      if (code != TokenCode::kEnd) add_token(code, list.tokens[i].begin, list.tokens[i].end);
    }
    place_comments();
    return std::move(out_);
  }

  std::optional<Error> obstacle() const {
    if (torn_) {
      return fail(ErrorCode::kSyntaxError,
                  "Template block of which only a part stands in a comment of SQL", *torn_,
                  "what the comment takes in depends on the lines here: take the block out of it");
    }
    for (const Tag& tag : tags_) {
      const auto margin = std::lower_bound(margins_.begin(), margins_.end(), tag.begin);
      if (margin == margins_.end() || *margin >= tag.end) continue;
      return fail(ErrorCode::kSyntaxError, "Comment at the margin within a template tag",
                  Span{*margin, *margin + 1}, "write it above the tag");
    }
    return std::nullopt;
  }

 private:
  std::string_view slice(uint32_t begin, uint32_t end) const {
    return text_.substr(begin, end - begin);
  }

  void find_margin_comments() {
    for (size_t at = 0; at < text_.size();
         at = std::min(text_.find('\n', at), text_.size() - 1) + 1) {
      if (source_.margin_comments && text_[at] == '#')
        margins_.push_back(static_cast<uint32_t>(at));
    }
  }

  // Tags from the template's own scanner; what it leaves out between its pieces are {# #} comments.
  Result<void> find_tags() {
    if (!source_.templated) return {};
    const std::string scanned = mask_;
    SP_TRY(const std::vector<tmpl::Piece> pieces, tmpl::scan(scanned, 0));
    uint32_t at = 0;
    const auto add_comment = [&](uint32_t end) {
      while (at < end) {
        const auto close = static_cast<uint32_t>(
            std::min(scanned.find("#}", at + 2) + 2, static_cast<size_t>(end)));
        tags_.push_back({at, close, false, true});
        at = close;
      }
    };
    for (const tmpl::Piece& piece : pieces) {
      add_comment(piece.span.begin);
      at = piece.span.end;
      if (piece.kind == tmpl::Piece::Kind::kText) continue;
      const std::string_view word = statement_word(slice(piece.span.begin, piece.span.end));
      tags_.push_back({piece.span.begin, piece.span.end,
                       piece.kind != tmpl::Piece::Kind::kStatement || word == "raw",
                       word == "comment"});
    }
    add_comment(static_cast<uint32_t>(text_.size()));
    return {};
  }

  Element& add(Kind kind, uint32_t begin, uint32_t end) {
    Element& element = out_.emplace_back();
    element.kind = kind;
    element.begin = begin;
    element.end = end;
    element.newlines_before = newlines_;
    element.touches_previous = out_.size() > 1 && begin == at_ && !blank_seen_;
    const size_t line = begin == 0 ? std::string_view::npos : text_.rfind('\n', begin - 1);
    element.column = begin - static_cast<uint32_t>(line == std::string_view::npos ? 0 : line + 1);
    newlines_ = 0;
    blank_seen_ = false;
    at_ = end;
    return element;
  }

  void add_token(TokenCode code, uint32_t begin, uint32_t end) {
    Element& element = add(Kind::kToken, begin, end);
    element.code = code;
    // Output tags within the token are spelled canonically, the rest of it stays.
    uint32_t at = begin;
    while (next_tag_ < tags_.size() && tags_[next_tag_].begin < begin) ++next_tag_;
    for (; next_tag_ < tags_.size() && tags_[next_tag_].begin < end; ++next_tag_) {
      const Tag& tag = tags_[next_tag_];
      element.text += slice(at, tag.begin);
      const std::string_view written = slice(tag.begin, tag.end);
      const bool spelled = tag.output && written.size() > 3 && written[2] != '!';
      element.text += spelled ? normal_tag(written) : std::string(written);
      at = tag.end;
      element.opaque = true;
    }
    element.text += slice(at, end);
  }

  // A block of the template that begins within a comment of SQL and does not end within it.
  void find_torn_block(uint32_t begin, uint32_t end) {
    std::vector<const Tag*> open;
    for (size_t i = next_tag_; i < tags_.size() && tags_[i].begin < end; ++i) {
      const Tag& tag = tags_[i];
      if (tag.begin < begin || tag.output || tag.comment) continue;
      const Kind kind = kind_of_statement(statement_word(slice(tag.begin, tag.end)));
      if (kind == Kind::kOpen) open.push_back(&tag);
      const bool closes = kind == Kind::kClose || kind == Kind::kMiddle;
      if (closes && open.empty() && !torn_) torn_ = Span{tag.begin, tag.end};
      if (kind == Kind::kClose && !open.empty()) open.pop_back();
    }
    if (!open.empty() && !torn_) torn_ = Span{open[0]->begin, open[0]->end};
  }

  void add_comment(uint32_t begin, uint32_t end, bool margin) {
    if (!margin) find_torn_block(begin, end);
    while (end > begin && std::isspace(static_cast<unsigned char>(text_[end - 1])) != 0) --end;
    Element& element = add(Kind::kComment, begin, end);
    element.text = std::string(slice(begin, end));
    // `# ` with nothing behind it needs the blank that no line keeps at its end.
    if (!margin && element.text == "#") element.text = "--";
    if (margin) element.place = Place::kMargin;
  }

  void add_tag(const Tag& tag) {
    const std::string_view written = slice(tag.begin, tag.end);
    Element& element =
        add(tag.comment ? Kind::kComment : kind_of_statement(statement_word(written)), tag.begin,
            tag.end);
    element.text = tag.comment && written.find('\n') != std::string_view::npos
                       ? std::string(written)
                       : normal_tag(written);
  }

  // Goes through what stands between two tokens, up to `end`.
  void read_gap(uint32_t end) {
    uint32_t at = at_;
    while (at < end) {
      while (next_tag_ < tags_.size() && tags_[next_tag_].begin < at) ++next_tag_;
      while (next_margin_ < margins_.size() && margins_[next_margin_] < at) ++next_margin_;
      if (next_margin_ < margins_.size() && margins_[next_margin_] == at) {
        const auto line =
            static_cast<uint32_t>(std::min(text_.find('\n', at), static_cast<size_t>(end)));
        add_comment(at, line, true);
        at = at_ = line;
        continue;
      }
      if (next_tag_ < tags_.size() && tags_[next_tag_].begin == at) {
        add_tag(tags_[next_tag_]);
        at = at_;
        continue;
      }
      const std::string_view rest(mask_.data() + at, end - at);
      if (is_comment_start(rest)) {
        const auto size = static_cast<uint32_t>(std::min(rest.find('\n'), rest.size()));
        add_comment(at, at + size, false);
        at = at_ = at + size;
      } else if (rest.starts_with("/*")) {
        const auto size = static_cast<uint32_t>(block_comment_size(rest));
        add_comment(at, at + size, false);
        at = at_ = at + size;
      } else {
        blank_seen_ = true;
        if (rest[0] == '\n' && newlines_ < 2) ++newlines_;
        ++at;
        at_ = at;
      }
    }
    at_ = end;
  }

  // A comment that begins its line stands on a line of its own if its line ends with it; one that
  // only ends it trails.
  void place_comments() {
    for (size_t i = 0; i < out_.size(); ++i) {
      Element& comment = out_[i];
      if (comment.kind != Kind::kComment || comment.place == Place::kMargin) continue;
      const bool begins = i == 0 || comment.newlines_before > 0;
      const bool ends = i + 1 == out_.size() || out_[i + 1].newlines_before > 0;
      const bool line =
          comment.text[0] == '-' || comment.text[0] == '#' || comment.text.starts_with("//");
      if (begins && (ends || line)) {
        comment.place = Place::kOwnLine;
      } else if (ends || line) {
        comment.place = Place::kTrailing;
      }
    }
  }

  const SqlText& source_;
  std::string_view text_;
  std::string mask_;
  std::vector<Tag> tags_;
  std::vector<uint32_t> margins_;
  size_t next_tag_ = 0;
  size_t next_margin_ = 0;
  uint32_t at_ = 0;
  uint8_t newlines_ = 0;
  bool blank_seen_ = false;
  std::optional<Span> torn_;  // the first block of which a comment has a part
  ElementList out_;
};

}  // namespace

std::string without_margin_comments(const SqlText& source) {
  std::string text(source.text);
  if (!source.margin_comments) return text;
  for (size_t at = 0; at < text.size();) {
    const size_t line = std::min(text.find('\n', at), text.size());
    if (text[at] == '#')
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(at),
                text.begin() + static_cast<std::ptrdiff_t>(line), ' ');
    at = line + 1;
  }
  return text;
}

Result<ElementList> read_elements(const SqlText& source) { return Reader(source).run(); }

std::optional<Error> layout_obstacle(const SqlText& source) {
  Reader reader(source);
  return reader.run().ok() ? reader.obstacle() : std::nullopt;
}

}  // namespace sp::format
