// Hashes that near texts share: simHash and minHash over n-grams and over shingles of words.
// A text is cut into shingles, each is hashed by CRC-32C; simHash votes on each bit, minHash
// combines the least and the greatest hashes. Source: Charikar, "Similarity Estimation
// Techniques from Rounding Algorithms" (2002); Broder, "On the resemblance and containment of
// documents" (1997); cut and combined as ClickHouse does (src/Functions/FunctionsStringHash.cpp).

#include <algorithm>
#include <array>

#include "runtime/aggregates/city_hash.h"
#include "runtime/core/crc32c.h"
#include "runtime/functions/function.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/text/utf8.h"

namespace sp {

namespace {

enum class Pieces : uint8_t { kBytes, kCharacters, kWords };
constexpr int64_t kMostShingles = 25;
constexpr size_t kShortestWord = 4;

}  // namespace

struct ShingleContext : FunctionContext {
  Pieces pieces = Pieces::kBytes;
  bool any_case = false;
  size_t length = 3;  // pieces of a shingle
  size_t count = 6;   // hashes that minHash keeps at each end
  uint8_t mask() const { return any_case ? 0x20 : 0; }
};

namespace {

constexpr uint64_t kFirst = ~uint64_t{0};

bool separates(char c) noexcept {
  const auto byte = static_cast<uint8_t>(c);
  const bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
  return byte < 0x80 && !letter && !(byte >= '0' && byte <= '9');
}

// Takes a word and the separators before it off `rest`; empty behind the last one.
std::string_view take_word(std::string_view& rest) noexcept {
  size_t begin = 0;
  while (begin < rest.size() && separates(rest[begin])) ++begin;
  size_t end = begin;
  while (end < rest.size() && !separates(rest[end])) ++end;
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

template <class Visit>
void visit_bytes(std::string_view text, const ShingleContext& context, Visit visit) {
  const size_t length = std::min(context.length, text.size());
  for (size_t at = 0; at + length <= text.size(); ++at) {
    const std::string_view shingle = text.substr(at, length);
    visit(crc32c(kFirst, shingle, context.mask()), shingle);
    if (length == 0) return;
  }
}

// A text of more characters than a shingle has leaves its first shingle out; one of as many has
// none.
template <class Visit>
void visit_characters(std::string_view text, const ShingleContext& context, Visit visit) {
  const auto behind = [text](size_t at) {
    return std::min(at + utf8_sequence_length(text[at]), text.size());
  };
  size_t begin = 0, end = 0;
  for (size_t i = 0; i < context.length; ++i) {
    if (end == text.size()) {
      visit(crc32c(kFirst, text, context.mask()), text);
      return;
    }
    end = behind(end);
  }
  while (end < text.size()) {
    begin = std::min(behind(begin), end);
    end = behind(end);
    const std::string_view shingle = text.substr(begin, end - begin);
    visit(crc32c(kFirst, shingle, context.mask()), shingle);
  }
}

template <class Visit>
void visit_words(std::string_view text, const ShingleContext& context, Visit visit) {
  std::array<std::string_view, kMostShingles> words;  // a ring of the last ones
  size_t count = 0, oldest = 0;
  const auto visit_shingle = [&](std::string_view last) {
    uint64_t hash = kFirst;
    for (size_t i = 0; i < count; ++i)
      hash = crc32c(hash, words[(oldest + i) % count], context.mask());
    const char* begin = words[oldest].data();
    visit(hash, std::string_view(begin, static_cast<size_t>(last.data() + last.size() - begin)));
  };
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view word = take_word(rest);
    if (word.size() < kShortestWord) continue;
    if (count < context.length) {
      words[count++] = word;
    } else {
      words[oldest] = word;
      oldest = (oldest + 1) % count;
    }
    if (count == context.length) visit_shingle(word);
  }
  if (count > 0 && count < context.length) visit_shingle(words[count - 1]);
}

// Calls visit(hash, text) for each shingle.
template <class Visit>
void visit_shingles(std::string_view text, const ShingleContext& context, Visit visit) {
  switch (context.pieces) {
    case Pieces::kBytes: visit_bytes(text, context, visit); break;
    case Pieces::kCharacters: visit_characters(text, context, visit); break;
    case Pieces::kWords: visit_words(text, context, visit); break;
  }
}

// Whether the text is too short for one shingle of letters: it is hashed as a whole then.
bool is_one_piece(std::string_view text, const ShingleContext& context) noexcept {
  if (context.pieces == Pieces::kWords) return false;
  if (context.pieces == Pieces::kBytes) return text.size() < context.length;
  size_t at = 0, count = 0;
  for (; at < text.size() && count < context.length; ++count) at += utf8_sequence_length(text[at]);
  return count < context.length;
}

// The outermost different hashes at one end, the outermost one last.
class Extremes {
 public:
  Extremes(bool greatest, size_t limit) : greatest_(greatest), limit_(limit) {}

  void add(uint64_t hash, std::string_view shingle) noexcept {
    const auto inner = [this](const Entry& entry, uint64_t value) {
      return greatest_ ? entry.hash < value : entry.hash > value;
    };
    Entry* const end = entries_.data() + size_;
    Entry* const at = std::lower_bound(entries_.data(), end, hash, inner);
    if (at != end && at->hash == hash) return;
    if (size_ < limit_) {
      std::move_backward(at, end, end + 1);
      *at = {hash, shingle};
      ++size_;
    } else if (at != entries_.data()) {
      std::move(entries_.data() + 1, at, entries_.data());
      *(at - 1) = {hash, shingle};
    }
  }
  uint64_t combined() const noexcept {
    uint64_t result = 0;
    for (size_t i = 0; i < size_; ++i) result = city_combine(result, entries_[i].hash);
    return result;
  }
  void write(StringRef* out) const noexcept {
    for (size_t i = 0; i < limit_; ++i) {
      const std::string_view shingle = i < size_ ? entries_[i].shingle : std::string_view();
      out[i] = StringRef(shingle.data(), shingle.size());
    }
  }

 private:
  struct Entry {
    uint64_t hash;
    std::string_view shingle;
  };
  bool greatest_;
  size_t limit_, size_ = 0;
  std::array<Entry, kMostShingles> entries_;
};

struct BothExtremes {
  Extremes least, greatest;
  BothExtremes(std::string_view text, const ShingleContext& context)
      : least(false, context.count),
        greatest(true, context.count) {
    visit_shingles(text, context, [this](uint64_t hash, std::string_view shingle) {
      least.add(hash, shingle);
      greatest.add(hash, shingle);
    });
  }
};

}  // namespace

extern "C" uint64_t sp_sim_hash(const ShingleContext* context, const StringRef& text) noexcept {
  if (is_one_piece(text.view(), *context)) return crc32c(kFirst, text.view(), context->mask());
  std::array<int64_t, 64> votes{};
  visit_shingles(text.view(), *context, [&votes](uint64_t hash, std::string_view) {
    for (size_t bit = 0; bit < votes.size(); ++bit) votes[bit] += (hash >> bit & 1) != 0 ? 1 : -1;
  });
  uint64_t result = 0;
  for (size_t bit = 0; bit < votes.size(); ++bit) result |= uint64_t{votes[bit] > 0} << bit;
  return result;
}
// Writes a Tuple(UInt64, UInt64).
extern "C" void sp_min_hash(const ShingleContext* context, const StringRef& text,
                            uint64_t* out) noexcept {
  const BothExtremes extremes(text.view(), *context);
  out[0] = extremes.least.combined();
  out[1] = extremes.greatest.combined();
}
// Writes a tuple of two tuples of `count` shingles.
extern "C" void sp_min_hash_shingles(const ShingleContext* context, const StringRef& text,
                                     StringRef* out) noexcept {
  const BothExtremes extremes(text.view(), *context);
  extremes.least.write(out);
  extremes.greatest.write(out + context->count);
}

namespace {

enum class Answer : uint8_t { kSimHash, kMinHash, kShingles };

ResolvedFunction answer_call(Answer answer, std::shared_ptr<ShingleContext> context) {
  if (answer == Answer::kSimHash)
    return call(uint64_type(), SP_SYMBOL(sp_sim_hash), {}, std::move(context));
  if (answer == Answer::kMinHash) {
    return call(Type::tuple({uint64_type(), uint64_type()}), SP_SYMBOL(sp_min_hash), {},
                std::move(context));
  }
  const Type shingles = Type::tuple(repeated(string_type(), context->count));
  return call(Type::tuple({shingles, shingles}), SP_SYMBOL(sp_min_hash_shingles), {},
              std::move(context));
}

Resolver shingles(Answer answer, Pieces pieces, bool any_case) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        if (arguments.empty()) {
          return fail(ErrorCode::kTooFewArgumentsForFunction,
                      "A text to hash is expected as the first argument");
        }
        const size_t most = answer == Answer::kSimHash ? 2 : 3;
        if (arguments.size() > most) {
          return fail(ErrorCode::kTooManyArgumentsForFunction,
                      "The text, the length of shingles" +
                          std::string(most == 3 ? ", the number of hashes" : "") +
                          " are expected, got " + std::to_string(arguments.size()) + " arguments");
        }
        if (!arguments[0].type.is(TypeKind::kString))
          return illegal_argument(arguments, 0, "String");
        for (size_t i = 1; i < arguments.size(); ++i) {
          const Type type = arguments[i].type;
          if (!type.is_integer() || type.is_signed_integer())
            return illegal_argument(arguments, i, "a constant unsigned integer");
        }
        auto context = std::make_shared<ShingleContext>();
        context->pieces = pieces;
        context->any_case = any_case;
        if (arguments.size() > 1) {
          SP_TRY(const int64_t length, constant_integer(arguments, 1, 1, kMostShingles));
          context->length = static_cast<size_t>(length);
        }
        if (arguments.size() > 2) {
          SP_TRY(const int64_t count, constant_integer(arguments, 2, 1, kMostShingles));
          context->count = static_cast<size_t>(count);
        }
        return answer_call(answer, std::move(context));
      };
}

}  // namespace

SP_FUNCTIONS(shingle_hash) {
  // The numbers are constants; that a column is none is this family's own error.
  FunctionRow common{};
  common.constant_arguments = 6U << 16;
  const RowAdder add(rows, common);
  constexpr const char* kSim =
      "Hashes `s` so that near texts differ in few bits: by its n-grams of `length` (3) bytes or "
      "characters.";
  constexpr const char* kSimWords =
      "Hashes `s` so that near texts differ in few bits: by its shingles of `length` (3) words.";
  constexpr const char* kMin =
      "Combines the `count` (6) least and the greatest hashes of the n-grams of `length` (3) "
      "bytes or characters: near texts share them.";
  constexpr const char* kMinWords =
      "Combines the `count` (6) least and the greatest hashes of the shingles of `length` (3) "
      "words: near texts share them.";
  constexpr const char* kArg = "Returns the n-grams that ngramMinHash takes the hashes of.";
  constexpr const char* kArgWords = "Returns the shingles that wordShingleMinHash hashes.";
  constexpr auto kBytes = Pieces::kBytes, kCharacters = Pieces::kCharacters,
                 kWords = Pieces::kWords;
  const auto family = [&](const char* name, Answer answer, Pieces pieces, bool any_case,
                          const char* doc, const char* example, const char* result) {
    add(name, 0, 255, shingles(answer, pieces, any_case), doc, example, result);
  };
  family("ngramSimHash", Answer::kSimHash, kBytes, false, kSim, "SELECT ngramSimHash('ClickHouse')",
         "1627567969");
  family("ngramSimHashCaseInsensitive", Answer::kSimHash, kBytes, true, kSim,
         "SELECT ngramSimHashCaseInsensitive('ClickHouse')", "562180645");
  family("ngramSimHashUTF8", Answer::kSimHash, kCharacters, false, kSim,
         "SELECT ngramSimHashUTF8('Größe')", "3230138372");
  family("ngramSimHashCaseInsensitiveUTF8", Answer::kSimHash, kCharacters, true, kSim,
         "SELECT ngramSimHashCaseInsensitiveUTF8('Größe')", "1168819200");
  family("wordShingleSimHash", Answer::kSimHash, kWords, false, kSimWords,
         "SELECT wordShingleSimHash('Near texts share many words')", "4059577965");
  family("wordShingleSimHashCaseInsensitive", Answer::kSimHash, kWords, true, kSimWords,
         "SELECT wordShingleSimHashCaseInsensitive('Near texts share many words')", "1979235557");
  family("wordShingleSimHashUTF8", Answer::kSimHash, kWords, false, kSimWords,
         "SELECT wordShingleSimHashUTF8('Near texts share many words')", "4059577965");
  family("wordShingleSimHashCaseInsensitiveUTF8", Answer::kSimHash, kWords, true, kSimWords,
         "SELECT wordShingleSimHashCaseInsensitiveUTF8('Near texts share many words')",
         "1979235557");
  family("ngramMinHash", Answer::kMinHash, kBytes, false, kMin, "SELECT ngramMinHash('ClickHouse')",
         "(18333312859352735453,9054248444481805918)");
  family("ngramMinHashCaseInsensitive", Answer::kMinHash, kBytes, true, kMin,
         "SELECT ngramMinHashCaseInsensitive('ClickHouse')",
         "(2106263556442004574,13203602793651726206)");
  family("ngramMinHashUTF8", Answer::kMinHash, kCharacters, false, kMin,
         "SELECT ngramMinHashUTF8('Größe')", "(4820194091907443703,6028235866563856226)");
  family("ngramMinHashCaseInsensitiveUTF8", Answer::kMinHash, kCharacters, true, kMin,
         "SELECT ngramMinHashCaseInsensitiveUTF8('Größe')",
         "(12006329981638100108,5430933464677525257)");
  family("wordShingleMinHash", Answer::kMinHash, kWords, false, kMinWords,
         "SELECT wordShingleMinHash('Near texts share many words')",
         "(4385737937490305853,12526025983456033331)");
  family("wordShingleMinHashCaseInsensitive", Answer::kMinHash, kWords, true, kMinWords,
         "SELECT wordShingleMinHashCaseInsensitive('Near texts share many words')",
         "(12472746975018431242,10946015920229268156)");
  family("wordShingleMinHashUTF8", Answer::kMinHash, kWords, false, kMinWords,
         "SELECT wordShingleMinHashUTF8('Near texts share many words')",
         "(4385737937490305853,12526025983456033331)");
  family("wordShingleMinHashCaseInsensitiveUTF8", Answer::kMinHash, kWords, true, kMinWords,
         "SELECT wordShingleMinHashCaseInsensitiveUTF8('Near texts share many words')",
         "(12472746975018431242,10946015920229268156)");
  family("ngramMinHashArg", Answer::kShingles, kBytes, false, kArg,
         "SELECT ngramMinHashArg('ClickHouse', 3, 2)", "(('kHo','use'),('ckH','Cli'))");
  family("ngramMinHashArgCaseInsensitive", Answer::kShingles, kBytes, true, kArg,
         "SELECT ngramMinHashArgCaseInsensitive('ClickHouse', 3, 2)",
         "(('use','Cli'),('ckH','Hou'))");
  family("ngramMinHashArgUTF8", Answer::kShingles, kCharacters, false, kArg,
         "SELECT ngramMinHashArgUTF8('Größe', 3, 2)", "(('öße','röß'),('röß','öße'))");
  family("ngramMinHashArgCaseInsensitiveUTF8", Answer::kShingles, kCharacters, true, kArg,
         "SELECT ngramMinHashArgCaseInsensitiveUTF8('Größe', 3, 2)",
         "(('öße','röß'),('röß','öße'))");
  family("wordShingleMinHashArg", Answer::kShingles, kWords, false, kArgWords,
         "SELECT wordShingleMinHashArg('Near texts share many words', 2, 2)",
         "(('texts share','many words'),('Near texts','share many'))");
  family("wordShingleMinHashArgCaseInsensitive", Answer::kShingles, kWords, true, kArgWords,
         "SELECT wordShingleMinHashArgCaseInsensitive('Near texts share many words', 2, 2)",
         "(('Near texts','many words'),('texts share','share many'))");
  family("wordShingleMinHashArgUTF8", Answer::kShingles, kWords, false, kArgWords,
         "SELECT wordShingleMinHashArgUTF8('Near texts share many words', 2, 2)",
         "(('texts share','many words'),('Near texts','share many'))");
  family("wordShingleMinHashArgCaseInsensitiveUTF8", Answer::kShingles, kWords, true, kArgWords,
         "SELECT wordShingleMinHashArgCaseInsensitiveUTF8('Near texts share many words', 2, 2)",
         "(('Near texts','many words'),('texts share','share many'))");
}

}  // namespace sp
