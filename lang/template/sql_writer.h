#pragma once
// SqlWriter: collects rendered SQL, its holes and its source map. It follows the SQL's own lexical
// state, so that it knows whether a value stands in code, in a string, in a quoted identifier or in
// a comment: '%{{String(x)}}%' becomes concat('%', {p0:String}, '%'), and nothing of a value ever
// reaches the text.

#include <string>
#include <string_view>
#include <vector>

#include "lang/template/evaluate.h"
#include "lang/template/template.h"

namespace sp::tmpl {

class SqlWriter {
 public:
  SqlWriter(uint32_t first_hole, size_t expected_bytes) : next_hole_(first_hole) {
    sql_.text.reserve(expected_bytes);
  }

  /// Copies the author's text; `plain`: it holds nothing that could change the lexical state.
  void text(std::string_view piece, uint32_t origin, bool plain);
  /// Writes a value where it stands. `identity` tells equal expressions: equal values of them share
  /// a hole.
  bool value(Evaluator& evaluator, const Value& value, Span origin, uint32_t identity);
  size_t size() const { return sql_.text.size(); }
  /// Ends the text and hands it over.
  RenderedSql finish();

 private:
  enum class State : uint8_t {
    kCode,
    kString,
    kBacktick,
    kDoubleQuote,
    kLineComment,
    kBlockComment
  };
  // A part of a string literal that holes interrupt.
  struct Chunk {
    std::string text;  // SQL: the literal's inside, or a hole
    Span origin;
    bool hole;
  };
  struct Mark {
    uint32_t begin, size;
    Span origin;
    bool verbatim;
  };
  struct HoleSource {
    std::string_view parameter;
    uint32_t identity;
  };

  void scan(std::string_view piece, uint32_t origin);
  void copy(std::string_view piece, uint32_t origin);
  void generate(std::string_view piece, Span origin);
  void literal_chunk(std::string_view piece, uint32_t origin);
  void close_literal();
  bool hole(Evaluator& evaluator, const Value& value, Span origin, uint32_t identity,
            std::string* out);
  std::string hole_text(std::string_view type, std::string text, const Value& value,
                        uint32_t identity);
  void identifier(const Value& value, Span origin);

  RenderedSql sql_;
  std::vector<Mark> marks_;
  std::vector<HoleSource> sources_;
  uint32_t next_hole_;
  State state_ = State::kCode;
  // The string literal being written: where its quote stands, and its parts as far as pieces
  // interrupt it.
  size_t literal_begin_ = 0;
  uint32_t literal_origin_ = 0;
  bool literal_has_hole_ = false;
  std::vector<Chunk> chunks_;
};

}  // namespace sp::tmpl
