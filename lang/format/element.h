#pragma once
// Elements: SQL with template tags as one stream, the formatter's view of a text that need not
// parse as a whole. A token that touches an output tag ({{ }}) holds it; template statements and
// comments are elements of their own; only blanks between elements are lost. Made by
// read_elements(); next: pairs.h.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/sql/token.h"
#include "runtime/core/error.h"

namespace sp::format {

inline constexpr uint32_t kNone = 0xFFFFFFFF;

struct Element {
  enum class Kind : uint8_t {
    kToken,    ///< of SQL; `code` says which
    kComment,  ///< of SQL or of the template
    kOpen,     ///< {% if %}, {% for %}, {% while %}, {% try %}
    kMiddle,   ///< {% elif %}, {% else %}, {% except %}, {% finally %}
    kClose,    ///< {% end %}
    kTag,      ///< {% set %}, {% break %}, {% continue %}, and blocks whose end is out of sight
  };
  enum class Place : uint8_t { kInline, kTrailing, kOwnLine, kMargin };  ///< of a comment

  Kind kind = Kind::kToken;
  sql::TokenCode code = sql::TokenCode::kEnd;
  Place place = Place::kInline;
  uint8_t newlines_before =
      0;                ///< line breaks between the previous element and this one; at most 2
  bool opaque = false;  ///< its text is printed as it stands
  bool touches_previous = false;
  bool is_keyword = false;  ///< a keyword used as such, not as a name
  uint32_t begin = 0;       ///< in the text
  uint32_t end = 0;
  uint32_t column = 0;       ///< characters before it in its line
  uint32_t partner = kNone;  ///< the other bracket, END of CASE, {% end %} of its block; of a map's
                             ///< colon its bracket
  uint32_t next_part = kNone;  ///< of kOpen and kMiddle: the block's next kMiddle or its kClose
  std::string text;            ///< as it is printed
};

using ElementList = std::vector<Element>;

/// What the formatter knows about a text before it lays it out.
struct SqlText {
  std::string_view text;
  bool templated = false;
  bool margin_comments = false;  ///< `#` at the margin begins a comment, as in datafiles
};

/// Cuts a text into elements. Fails where SQL's quotes or comments, or template tags, are not
/// closed.
Result<ElementList> read_elements(const SqlText& source);

/// What keeps a text from being laid out though it can be read, if anything does: a template block
/// of which a comment of SQL holds only a part (what the comment takes in depends on the lines), or
/// a comment at the margin within a tag.
std::optional<Error> layout_obstacle(const SqlText& source);

/// Blanks out comments at the margin, as the reader of datafiles does; offsets stay.
std::string without_margin_comments(const SqlText& source);

}  // namespace sp::format
