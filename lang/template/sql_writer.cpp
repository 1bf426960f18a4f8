// Following the SQL's lexical state, and writing holes, identifiers and spliced strings. What a
// hole holds is in hole_value.cpp.

#include "lang/template/sql_writer.h"

#include <algorithm>

#include "lang/template/hole_value.h"

namespace sp::tmpl {

void SqlWriter::copy(std::string_view piece, uint32_t origin) {
  if (piece.empty()) return;
  const auto at = static_cast<uint32_t>(sql_.text.size());
  const auto size = static_cast<uint32_t>(piece.size());
  sql_.text += piece;
  if (!marks_.empty()) {
    Mark& last = marks_.back();
    if (last.verbatim && last.begin + last.size == at && last.origin.end == origin) {
      last.size += size;
      last.origin.end += size;
      return;
    }
  }
  marks_.push_back({at, size, {origin, origin + size}, true});
}

void SqlWriter::generate(std::string_view piece, Span origin) {
  if (piece.empty()) return;
  marks_.push_back({static_cast<uint32_t>(sql_.text.size()), static_cast<uint32_t>(piece.size()),
                    origin, false});
  sql_.text += piece;
}

void SqlWriter::text(std::string_view piece, uint32_t origin, bool plain) {
  if (plain && state_ == State::kCode) {
    copy(piece, origin);
  } else {
    scan(piece, origin);
  }
}

// Copies a piece and follows the lexical state through it.
void SqlWriter::scan(std::string_view piece, uint32_t origin) {
  size_t copied = 0;  // up to where the piece has been copied
  size_t inside = 0;  // where the literal's current chunk begins
  const auto flush = [&](size_t to) {
    copy(piece.substr(copied, to - copied), origin + static_cast<uint32_t>(copied));
    copied = to;
  };
  const auto next = [&](size_t at) { return at + 1 < piece.size() ? piece[at + 1] : '\0'; };
  for (size_t at = 0; at < piece.size(); ++at) {
    const char c = piece[at];
    switch (state_) {
      case State::kCode:
        if (c == '\'') {
          flush(at);
          state_ = State::kString;
          literal_begin_ = sql_.text.size();
          literal_origin_ = origin + static_cast<uint32_t>(at);
          literal_has_hole_ = false;
          chunks_.clear();
          inside = at + 1;
        } else if (c == '`') {
          state_ = State::kBacktick;
        } else if (c == '"') {
          state_ = State::kDoubleQuote;
        } else if ((c == '-' && next(at) == '-') ||
                   (c == '#' && (next(at) == ' ' || next(at) == '!'))) {
          state_ = State::kLineComment;
        } else if (c == '/' && next(at) == '*') {
          state_ = State::kBlockComment;
          ++at;
        }
        break;
      case State::kString:
        if (c == '\\') {
          ++at;
        } else if (c == '\'' && next(at) == '\'') {
          ++at;
        } else if (c == '\'') {
          if (!chunks_.empty()) {
            literal_chunk(piece.substr(inside, at - inside),
                          origin + static_cast<uint32_t>(inside));
            if (literal_has_hole_) {
              close_literal();
              copied = at + 1;
            }
            chunks_.clear();
          }
          state_ = State::kCode;
        }
        break;
      case State::kBacktick:
      case State::kDoubleQuote:
        if (c == '\\') {
          ++at;
        } else if (c == (state_ == State::kBacktick ? '`' : '"')) {
          state_ = State::kCode;
        }
        break;
      case State::kLineComment:
        if (c == '\n') state_ = State::kCode;
        break;
      case State::kBlockComment:
        if (c == '*' && next(at) == '/') {
          state_ = State::kCode;
          ++at;
        }
        break;
    }
  }
  if (state_ == State::kString)
    literal_chunk(piece.substr(std::min(inside, piece.size())),
                  origin + static_cast<uint32_t>(inside));
  if (copied < piece.size()) flush(piece.size());
}

void SqlWriter::literal_chunk(std::string_view piece, uint32_t origin) {
  chunks_.push_back(
      {std::string(piece), {origin, origin + static_cast<uint32_t>(piece.size())}, false});
}

// Rewrites a literal that holes interrupt: concat() of its parts, or the hole alone if there is
// nothing else.
void SqlWriter::close_literal() {
  sql_.text.resize(literal_begin_);
  while (!marks_.empty() && marks_.back().begin >= literal_begin_) marks_.pop_back();
  if (!marks_.empty() && marks_.back().begin + marks_.back().size > literal_begin_) {
    Mark& last = marks_.back();
    last.size = static_cast<uint32_t>(literal_begin_) - last.begin;
    if (last.verbatim) last.origin.end = last.origin.begin + last.size;
  }
  std::erase_if(chunks_, [](const Chunk& chunk) { return !chunk.hole && chunk.text.empty(); });
  const Span quote{literal_origin_, literal_origin_ + 1};
  const bool several = chunks_.size() > 1;
  if (several) generate("concat(", quote);
  for (size_t i = 0; i < chunks_.size(); ++i) {
    const Chunk& chunk = chunks_[i];
    if (i > 0) generate(", ", chunk.origin);
    if (chunk.hole) {
      generate(chunk.text, chunk.origin);
      continue;
    }
    generate("'", chunk.origin);
    copy(chunk.text, chunk.origin.begin);
    generate("'", chunk.origin);
  }
  if (several) generate(")", quote);
}

std::string SqlWriter::hole_text(std::string_view type, std::string text, const Value& value,
                                 uint32_t identity) {
  // One value used twice is one hole: GROUP BY f({p0}) must be the f({p0}) of the SELECT list.
  constexpr size_t kMaxShared = 256;
  size_t found = sql_.values.size();
  if (sql_.values.size() <= kMaxShared) {
    for (size_t i = 0; i < sql_.values.size(); ++i) {
      const HoleSource& source = sources_[i];
      const bool same = value.parameter.empty()
                            ? source.parameter.empty() && source.identity == identity
                            : source.parameter == value.parameter;
      if (same && sql_.values[i].type == type && sql_.values[i].text == text) {
        found = i;
        break;
      }
    }
  }
  if (found == sql_.values.size()) {
    sql_.values.push_back({"p" + std::to_string(next_hole_++), std::string(type), std::move(text)});
    sources_.push_back({value.parameter, identity});
  }
  const HoleValue& hole = sql_.values[found];
  std::string out;
  out.reserve(hole.name.size() + hole.type.size() + 3);
  out += '{';
  out += hole.name;
  out += ':';
  out += hole.type;
  out += '}';
  return out;
}

bool SqlWriter::hole(Evaluator& evaluator, const Value& value, Span origin, uint32_t identity,
                     std::string* out) {
  std::string type, text;
  if (!hole_of(value, &type, &text)) {
    return evaluator.fail(origin, "Value cannot stand in SQL: " + std::string(value.type_name()),
                          "write a string, a number, or a list of one kind of them");
  }
  *out = hole_text(type, std::move(text), value, identity);
  return true;
}

void SqlWriter::identifier(const Value& value, Span origin) {
  std::string out;
  std::string_view rest = value.text;
  while (true) {
    const size_t dot = rest.find('.');
    out += '`';
    out += rest.substr(0, dot);
    out += '`';
    if (dot == std::string_view::npos) break;
    out += '.';
    rest.remove_prefix(dot + 1);
  }
  generate(out, origin);
}

bool SqlWriter::value(Evaluator& evaluator, const Value& value, Span origin, uint32_t identity) {
  if (value.kind == ValueKind::kNothing) return true;
  if (value.kind == ValueKind::kUndefined) return evaluator.missing(value, origin);
  switch (state_) {
    case State::kLineComment:
    case State::kBlockComment: return true;  // a value in a comment says nothing
    case State::kBacktick:
    case State::kDoubleQuote:
      if (value.kind != ValueKind::kIdentifier) {
        return evaluator.fail(origin, "Value stands inside a quoted identifier",
                              "write {{column(name)}} without the quotes");
      }
      generate(value.text, origin);
      return true;
    case State::kString: {
      std::string text;
      if (value.kind == ValueKind::kIdentifier) {
        generate(value.text, origin);
        chunks_.push_back({value.text, origin, false});
        return true;
      }
      if (!scalar_text(value, &text)) {
        return evaluator.fail(
            origin, "Value cannot stand inside a string: " + std::string(value.type_name()),
            "only text and numbers can: '%{{String(name)}}%'");
      }
      size_t backslashes = 0;
      if (!chunks_.empty() && !chunks_.back().hole) {
        const std::string& before = chunks_.back().text;
        while (backslashes < before.size() && before[before.size() - 1 - backslashes] == '\\')
          ++backslashes;
      }
      if (backslashes % 2 == 1)
        return evaluator.fail(origin, "Backslash stands before a value inside a string",
                              "write two backslashes, or concat() the parts");
      const std::string written = hole_text("String", escaped_text(text), value, identity);
      generate(written, origin);
      chunks_.push_back({written, origin, true});
      literal_has_hole_ = true;
      return true;
    }
    case State::kCode: break;
  }
  switch (value.kind) {
    case ValueKind::kNone: generate("NULL", origin); return true;
    case ValueKind::kIdentifier: identifier(value, origin); return true;
    case ValueKind::kCode: generate(value.text, origin); return true;
    case ValueKind::kSequence:
      for (const Value& part : value.list->items) {
        if (!this->value(evaluator, part, origin, identity)) return false;
      }
      return true;
    case ValueKind::kTuple:
      generate("(", origin);
      for (size_t i = 0; i < value.list->items.size(); ++i) {
        if (i > 0) generate(", ", origin);
        if (!this->value(evaluator, value.list->items[i], origin, identity)) return false;
      }
      generate(")", origin);
      return true;
    default: {
      std::string written;
      if (!hole(evaluator, value, origin, identity, &written)) return false;
      generate(written, origin);
      return true;
    }
  }
}

RenderedSql SqlWriter::finish() {
  for (const Mark& mark : marks_) {
    if (mark.verbatim) {
      sql_.map.add_verbatim(mark.begin, mark.origin.begin, mark.size);
    } else {
      sql_.map.add_generated(mark.begin, mark.size, mark.origin);
    }
  }
  return std::move(sql_);
}

}  // namespace sp::tmpl
