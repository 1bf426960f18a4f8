// ORDER BY lists, of queries and of windows: directions, NULLS, COLLATE and WITH FILL. Entry:
// match_sort_list.

#include "lang/sql/grammar.h"

#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/grammar_analysis.h"

namespace sp::sql::grammar {

namespace {

struct SortList {
  std::vector<SortItem> items;
};

struct collation {
  using rule_t = collation;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class,
            template <typename...> class>
  static bool match(Input& in, Build& b, SortList& list) {
    const uint32_t index = index_of(in);
    if (peek(in) != Code::kString) {
      b.expect(index, Code::kString);
      return false;
    }
    list.items.back().collate = string_value(b, index);
    advance(in);
    return true;
  }
};

struct sort_key : aliased {};
struct descending : key<Code::kDesc, Code::kDescending> {};
struct nulls_first : key<Code::kFirst> {};
struct nulls_last : key<Code::kLast> {};
struct nulls : pegtl::if_must<key<Code::kNulls>, pegtl::sor<nulls_first, nulls_last>> {};
struct fill_from : expression {};
struct fill_to : expression {};
struct fill_step : expression {};
struct fill_staleness : expression {};
struct with_fill_words : pegtl::seq<key<Code::kWith>, key<Code::kFill>> {};
struct with_fill
    : pegtl::seq<with_fill_words, pegtl::opt<pegtl::if_must<key<Code::kFrom>, fill_from>>,
                 pegtl::opt<pegtl::if_must<key<Code::kTo>, fill_to>>,
                 pegtl::opt<pegtl::if_must<key<Code::kStep>, fill_step>>,
                 pegtl::opt<pegtl::if_must<key<Code::kStaleness>, fill_staleness>>> {};
struct sort_item
    : pegtl::seq<sort_key, pegtl::opt<pegtl::sor<key<Code::kAsc, Code::kAscending>, descending>>,
                 pegtl::opt<nulls>, pegtl::opt<pegtl::if_must<key<Code::kCollate>, collation>>,
                 pegtl::opt<with_fill>> {};
struct sort_items : pegtl::list_must<sort_item, key<Code::kComma>> {};

FillSpec& fill_of(SortList& list) { return *list.items.back().fill; }

}  // namespace

template <>
struct action<sort_key> {
  static void apply0(Build& b, SortList& list) { list.items.emplace_back().expr = b.pop().expr; }
};
template <>
struct action<descending> {
  static void apply0(Build&, SortList& list) { list.items.back().descending = true; }
};
template <>
struct action<nulls_first> {
  static void apply0(Build&, SortList& list) { list.items.back().nulls = SortItem::Nulls::kFirst; }
};
template <>
struct action<nulls_last> {
  static void apply0(Build&, SortList& list) { list.items.back().nulls = SortItem::Nulls::kLast; }
};
template <>
struct action<with_fill_words> {
  static void apply0(Build&, SortList& list) {
    list.items.back().fill = std::make_unique<FillSpec>();
  }
};
template <>
struct action<fill_from> {
  static void apply0(Build& b, SortList& list) { fill_of(list).from = b.pop().expr; }
};
template <>
struct action<fill_to> {
  static void apply0(Build& b, SortList& list) { fill_of(list).to = b.pop().expr; }
};
template <>
struct action<fill_step> {
  static void apply0(Build& b, SortList& list) { fill_of(list).step = b.pop().expr; }
};
template <>
struct action<fill_staleness> {
  static void apply0(Build& b, SortList& list) { fill_of(list).staleness = b.pop().expr; }
};

bool match_sort_list(Input& in, Build& b) {
  SortList list;
  if (!run<sort_items>(in, b, list)) return false;
  b.sort_lists.push_back(std::move(list.items));
  return true;
}

}  // namespace sp::sql::grammar

namespace tao::pegtl {
template <typename Name>
struct analyze_traits<Name, sp::sql::grammar::collation> : analyze_any_traits<> {};
}  // namespace tao::pegtl

SP_ANALYZE(sql_sorting, sql::grammar::sort_items)
