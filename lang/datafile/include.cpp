// Expansion of INCLUDE lines. The line itself stays in the text as a comment, so that mistakes in
// it have a place.

#include "lang/datafile/include.h"

#include <algorithm>
#include <cctype>

namespace sp::datafile {
namespace {

constexpr size_t kMaxDepth = 8;
constexpr size_t kMaxIncludes = 1000;  // of one file, includes of includes counted
constexpr size_t kMaxBytes = 16u << 20;

struct Variable {
  std::string name, value;
  Span span;  // in the expanded text
  bool used = false;
};

struct Word {
  std::string_view text;
  size_t offset;  // in the line
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The words of an INCLUDE line behind the directive: bare or quoted.
std::vector<Word> words_of(std::string_view line, size_t at) {
  std::vector<Word> words;
  while (true) {
    while (at < line.size() &&
           (std::isspace(static_cast<unsigned char>(line[at])) != 0 || line[at] == ','))
      ++at;
    if (at >= line.size() || line[at] == '#') return words;
    const char quote = line[at] == '"' || line[at] == '\'' ? line[at] : '\0';
    const size_t begin = quote == 0 ? at : at + 1;
    size_t end = begin;
    while (end < line.size() &&
           (quote == 0 ? std::isspace(static_cast<unsigned char>(line[end])) == 0
                       : line[end] != quote))
      ++end;
    words.push_back({line.substr(begin, end - begin), begin});
    at = quote == 0 ? end : end + 1;
  }
}

// Where the words of an INCLUDE line begin; npos if the line is something else.
size_t include_words(std::string_view line) {
  const size_t bom = line.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  const size_t begin = std::min(line.find_first_not_of(" \t", bom), line.size());
  static constexpr std::string_view kWord = "INCLUDE";
  if (!line.substr(begin).starts_with(kWord)) return std::string_view::npos;
  const size_t after = begin + kWord.size();
  if (after < line.size() && line[after] != ' ' && line[after] != '\t' && line[after] != '\r')
    return std::string_view::npos;
  return after;
}

// "a/b/../c" as "a/c"; nullopt if it leaves the folder it starts in.
std::optional<std::string> normalised(const std::string& folder, std::string_view path) {
  std::vector<std::string> parts;
  const std::string whole = folder.empty() ? std::string(path) : folder + "/" + std::string(path);
  size_t at = 0;
  while (at <= whole.size()) {
    const size_t slash = std::min(whole.find('/', at), whole.size());
    const std::string part = whole.substr(at, slash - at);
    at = slash + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (parts.empty()) return std::nullopt;
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : "/") + part;
  return out;
}

std::string folder_of(const std::string& file) {
  const size_t slash = file.rfind('/');
  return slash == std::string::npos ? std::string() : file.substr(0, slash);
}

class Expander {
 public:
  explicit Expander(const IncludeReader& reader) : reader_(reader) {}

  Included run(const std::string& file, std::string text) {
    const auto source = std::make_shared<const SourceText>(file, std::move(text));
    std::vector<Variable> none;
    open_.push_back(file);
    expand(substituted(source, none), file);
    Included out;
    out.errors = std::move(errors_);
    out.warnings = std::move(warnings_);
    out.source =
        any_ ? std::make_shared<const SourceText>(file, std::move(text_), std::move(pieces_))
             : source;
    return out;
  }

 private:
  // A file's text after substitution, with where it came from.
  struct Pieces {
    std::string text;
    std::vector<SourcePiece> list;
  };

  static Pieces substituted(const std::shared_ptr<const SourceText>& source,
                            std::vector<Variable>& variables) {
    Pieces out;
    const std::string_view text = source->text();
    size_t copied = 0;
    const auto copy_to = [&](size_t end) {
      if (end == copied) return;
      out.list.push_back({static_cast<uint32_t>(out.text.size()),
                          static_cast<uint32_t>(end - copied),
                          source,
                          {static_cast<uint32_t>(copied), static_cast<uint32_t>(end)},
                          true});
      out.text += text.substr(copied, end - copied);
    };
    for (size_t at = 0;
         !variables.empty() && (at = text.find('$', at)) != std::string_view::npos;) {
      const bool braced = at + 1 < text.size() && text[at + 1] == '{';
      const size_t begin = at + (braced ? 2 : 1);
      size_t end = begin;
      while (end < text.size() && is_word(text[end])) ++end;
      const std::string_view name = text.substr(begin, end - begin);
      const auto variable = std::find_if(variables.begin(), variables.end(),
                                         [&](const Variable& v) { return v.name == name; });
      if (variable == variables.end() || (braced && (end >= text.size() || text[end] != '}'))) {
        at = std::max(end, at + 1);
        continue;
      }
      if (braced) ++end;
      variable->used = true;
      copy_to(at);
      out.list.push_back({static_cast<uint32_t>(out.text.size()),
                          static_cast<uint32_t>(variable->value.size()),
                          source,
                          {static_cast<uint32_t>(at), static_cast<uint32_t>(end)},
                          false});
      if (variable->value.empty()) out.list.pop_back();
      out.text += variable->value;
      at = copied = end;
    }
    copy_to(text.size());
    return out;
  }

  void expand(const Pieces& from, const std::string& file) {
    size_t at = 0;
    while (at < from.text.size()) {
      const size_t newline = std::min(from.text.find('\n', at), from.text.size());
      const size_t next = std::min(newline + 1, from.text.size());
      const std::string_view line = std::string_view(from.text).substr(at, newline - at);
      if (const size_t words = include_words(line); words != std::string_view::npos) {
        include(from, at, next, line, words, file);
      } else {
        append(from, at, next);
      }
      at = next;
    }
  }

  // The piece that holds an offset, or the first behind it.
  static std::vector<SourcePiece>::const_iterator piece_at(const Pieces& from, size_t offset) {
    const auto after =
        std::upper_bound(from.list.begin(), from.list.end(), offset,
                         [](size_t at, const SourcePiece& piece) { return at < piece.begin; });
    return after == from.list.begin() ? after : std::prev(after);
  }

  // Copies a slice of a file's text with its pieces.
  void append(const Pieces& from, size_t begin, size_t end) {
    const auto base = static_cast<uint32_t>(text_.size());
    for (auto at = piece_at(from, begin); at != from.list.end() && at->begin < end; ++at) {
      const SourcePiece& piece = *at;
      const size_t low = std::max<size_t>(begin, piece.begin),
                   high = std::min<size_t>(end, piece.begin + piece.size);
      if (low >= high) continue;
      SourcePiece part = piece;
      part.begin = base + static_cast<uint32_t>(low - begin);
      part.size = static_cast<uint32_t>(high - low);
      if (piece.verbatim) {
        part.place.begin = piece.place.begin + static_cast<uint32_t>(low - piece.begin);
        part.place.end = part.place.begin + part.size;
      }
      pieces_.push_back(std::move(part));
    }
    text_.append(from.text, begin, end - begin);
  }

  void append_generated(std::string_view text, const Pieces& from, size_t at) {
    const auto piece = piece_at(from, at);
    if (piece == from.list.end()) return;
    const uint32_t place = piece->verbatim
                               ? piece->place.begin + static_cast<uint32_t>(at - piece->begin)
                               : piece->place.begin;
    pieces_.push_back({static_cast<uint32_t>(text_.size()),
                       static_cast<uint32_t>(text.size()),
                       piece->origin,
                       {place, place},
                       false});
    text_ += text;
  }

  void include(const Pieces& from, size_t begin, size_t next, std::string_view line, size_t after,
               const std::string& file) {
    any_ = true;
    append_generated("#", from, begin);
    const auto base = static_cast<uint32_t>(text_.size());
    append(from, begin, next);
    if (!text_.ends_with('\n')) append_generated("\n", from, begin);
    const auto span_of = [base](const Word& word) {
      return Span{base + static_cast<uint32_t>(word.offset),
                  base + static_cast<uint32_t>(word.offset + word.text.size())};
    };
    const std::vector<Word> words = words_of(line, after);
    if (words.empty() || words[0].text.empty()) {
      const auto word = static_cast<uint32_t>(base + line.find('I'));
      return error("INCLUDE has no path", {word, word + 7},
                   "write INCLUDE \"../includes/name.incl\"");
    }
    std::vector<Variable> variables = outer_;
    for (Variable& variable : variables) variable.used = true;
    for (size_t i = 1; i < words.size(); ++i)
      add_variable(words[i].text, span_of(words[i]), variables);
    read(words[0].text, span_of(words[0]), file, variables);
    for (const Variable& variable : variables) {
      if (!variable.used)
        warnings_.push_back({"Variable of INCLUDE is not used in " + std::string(words[0].text) +
                                 ": " + variable.name,
                             variable.span,
                             "write $" + variable.name + " where its value belongs"});
    }
  }

  void add_variable(std::string_view text, Span span, std::vector<Variable>& variables) {
    const size_t equals = text.find('=');
    const std::string name(text.substr(0, equals));
    const bool good = !name.empty() && std::all_of(name.begin(), name.end(), is_word);
    if (equals == std::string_view::npos || !good) {
      return error("INCLUDE takes variables as NAME=value: " + std::string(text), span,
                   "write \"NAME=value\" behind the path");
    }
    std::erase_if(variables, [&name](const Variable& variable) { return variable.name == name; });
    variables.push_back({name, std::string(text.substr(equals + 1)), span, false});
  }

  void read(std::string_view path, Span span, const std::string& file,
            std::vector<Variable>& variables) {
    if (path.starts_with("/"))
      return error("INCLUDE takes a path inside the project: " + std::string(path), span,
                   "write it from this file's folder, or from the project's");
    if (open_.size() > kMaxDepth)
      return error("Files include one another too deeply: " + std::string(path), span,
                   "the limit is " + std::to_string(kMaxDepth) + " levels");
    if (++includes_ > kMaxIncludes)
      return error("Too many files are included: " + std::string(path), span,
                   "the limit is " + std::to_string(kMaxIncludes) + " for one datafile");
    const std::optional<std::string> beside = normalised(folder_of(file), path),
                                     below = normalised("", path);
    std::optional<std::string> text;
    std::string found;
    for (const auto& candidate : {beside, below}) {
      if (text || !candidate) continue;
      found = *candidate;
      text = reader_(found);
    }
    if (!text) {
      for (Variable& variable : variables) variable.used = true;
      if (!beside && !below)
        return error("INCLUDE leaves the project: " + std::string(path), span,
                     "include files from below the project's folder");
      std::string looked = beside ? "`" + *beside + "`" : "";
      if (below && below != beside) looked += (looked.empty() ? "`" : " or `") + *below + "`";
      return error("Included file does not exist: " + std::string(path), span,
                   "there is no " + looked + " in the project");
    }
    if (std::find(open_.begin(), open_.end(), found) != open_.end()) {
      return error("File includes itself: " + found, span, "take one of the INCLUDE lines out");
    }
    if (text->starts_with("\xEF\xBB\xBF")) text->erase(0, 3);
    if (text_.size() + text->size() > kMaxBytes)
      return error("Included files are too large together: " + found, span,
                   "datafiles have at most 16 MiB");
    const auto source = std::make_shared<const SourceText>(found, std::move(*text));
    const Pieces pieces = substituted(source, variables);
    const std::vector<Variable> before = std::exchange(outer_, variables);
    open_.push_back(found);
    expand(pieces, found);
    open_.pop_back();
    outer_ = before;
    if (!pieces.text.empty() && !text_.ends_with('\n'))
      append_generated("\n", pieces, pieces.text.size() - 1);
  }

  void error(std::string message, Span span, std::string hint) {
    errors_.push_back(fail(ErrorCode::kDatafileError, std::move(message), span, std::move(hint)));
  }

  const IncludeReader& reader_;
  std::vector<std::string> open_;  // files being read, outermost first
  std::vector<Variable> outer_;    // variables in force
  std::string text_;
  std::vector<SourcePiece> pieces_;
  std::vector<Error> errors_;
  std::vector<Warning> warnings_;
  size_t includes_ = 0;
  bool any_ = false;
};

}  // namespace

bool takes_lines(std::string_view text) {
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const size_t words = include_words(line);
    if (words != std::string_view::npos && !words_of(line, words).empty()) return true;
    begin = end + 1;
  }
  return false;
}

Included expand_includes(const std::string& file, std::string text, const IncludeReader& reader) {
  if (!reader || text.size() > kMaxBytes || text.find("INCLUDE") == std::string::npos) {
    return {std::make_shared<const SourceText>(file, std::move(text)), {}, {}};
  }
  return Expander(reader).run(file, std::move(text));
}

}  // namespace sp::datafile
