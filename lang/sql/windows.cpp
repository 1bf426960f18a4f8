// Windows: OVER name, OVER (...), the bodies of WINDOW definitions, and frames. Entries:
// match_over, match_window_body.

#include "lang/sql/grammar.h"

#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/grammar_analysis.h"

namespace sp::sql::grammar {

namespace {

struct partition_key : aliased {};
struct partition_by : pegtl::if_must<key<Code::kPartition>, key<Code::kBy>,
                                     pegtl::list_must<partition_key, key<Code::kComma>>> {};
struct window_order : pegtl::if_must<key<Code::kOrder>, key<Code::kBy>, sort_list> {};

struct rows : key<Code::kRows> {};
struct range : key<Code::kRange> {};
struct groups : key<Code::kGroups> {};
struct unbounded_preceding : key<Code::kPreceding> {};
struct unbounded_following : key<Code::kFollowing> {};
struct current_row : key<Code::kRow> {};
struct offset_preceding : key<Code::kPreceding> {};
struct offset_following : key<Code::kFollowing> {};
struct bound
    : pegtl::sor<pegtl::if_must<key<Code::kUnbounded>,
                                pegtl::sor<unbounded_preceding, unbounded_following>>,
                 pegtl::if_must<key<Code::kCurrent>, current_row>,
                 pegtl::if_must<expression, pegtl::sor<offset_preceding, offset_following>>> {};
struct frame_begin : bound {};
struct frame_end : bound {};
struct frame
    : pegtl::if_must<
          pegtl::sor<rows, range, groups>,
          pegtl::sor<pegtl::if_must<key<Code::kBetween>, frame_begin, key<Code::kAnd>, frame_end>,
                     frame_begin>> {};

// The frame bound being read is kept beside the window until it is known to be the begin or the
// end.
struct WindowState {
  WindowSpec spec;
  FrameBound bound;
};

// (w ORDER BY x): a name here, unless it begins a clause of the window.
bool match_base_name(Input& in, Build& b) {
  switch (peek(in)) {
    case Code::kPartition:
    case Code::kOrder:
      if (peek(in, b, 1) != Code::kCloseRound) return false;
      break;
    case Code::kRows:
    case Code::kRange:
    case Code::kGroups:
      if (peek(in, b, 1) != Code::kCloseRound && peek(in, b, 1) != Code::kPartition &&
          peek(in, b, 1) != Code::kOrder)
        return false;
      break;
    default: break;
  }
  return match_name(in, b);
}
struct base_name : external<match_base_name> {};

struct specification : pegtl::seq<pegtl::opt<base_name>, pegtl::opt<partition_by>,
                                  pegtl::opt<window_order>, pegtl::opt<frame>> {};

// The text of what an action matched.
template <typename ActionInput>
Span span_of(const ActionInput& in, const Build& b) {
  const auto first = static_cast<uint32_t>(in.begin() - in.input().begin());
  return b.span(first, first + static_cast<uint32_t>(in.size()));
}

void set_bound(Build&, WindowState& state, FrameBound::Kind kind) { state.bound.kind = kind; }
void set_offset_bound(Build& b, WindowState& state, FrameBound::Kind kind) {
  state.bound.kind = kind;
  state.bound.offset = b.pop().expr;
}

}  // namespace

template <>
struct action<base_name> {
  static void apply0(Build& b, WindowState& state) {
    state.spec.base_name = std::move(b.names.back().text);
    b.names.pop_back();
  }
};
template <>
struct action<partition_key> {
  static void apply0(Build& b, WindowState& state) {
    state.spec.partition_by.push_back(b.pop().expr);
  }
};
template <>
struct action<window_order> {
  static void apply0(Build& b, WindowState& state) {
    state.spec.order_by = std::move(b.sort_lists.back());
    b.sort_lists.pop_back();
  }
};
template <>
struct action<rows> {
  static void apply0(Build&, WindowState& state) {
    state.spec.frame.emplace().unit = WindowFrame::Unit::kRows;
  }
};
template <>
struct action<range> {
  static void apply0(Build&, WindowState& state) {
    state.spec.frame.emplace().unit = WindowFrame::Unit::kRange;
  }
};
template <>
struct action<groups> {
  static void apply0(Build&, WindowState& state) {
    state.spec.frame.emplace().unit = WindowFrame::Unit::kGroups;
  }
};
template <>
struct action<unbounded_preceding> {
  static void apply0(Build& b, WindowState& state) {
    set_bound(b, state, FrameBound::Kind::kUnboundedPreceding);
  }
};
template <>
struct action<unbounded_following> {
  static void apply0(Build& b, WindowState& state) {
    set_bound(b, state, FrameBound::Kind::kUnboundedFollowing);
  }
};
template <>
struct action<current_row> {
  static void apply0(Build& b, WindowState& state) {
    set_bound(b, state, FrameBound::Kind::kCurrentRow);
  }
};
template <>
struct action<offset_preceding> {
  static void apply0(Build& b, WindowState& state) {
    set_offset_bound(b, state, FrameBound::Kind::kPreceding);
  }
};
template <>
struct action<offset_following> {
  static void apply0(Build& b, WindowState& state) {
    set_offset_bound(b, state, FrameBound::Kind::kFollowing);
  }
};
template <>
struct action<frame_begin> {
  template <typename ActionInput>
  static void apply(const ActionInput& in, Build& b, WindowState& state) {
    if (state.bound.kind == FrameBound::Kind::kUnboundedFollowing) {
      b.stop(fail(ErrorCode::kBadArguments, "Frame start cannot be UNBOUNDED FOLLOWING",
                  span_of(in, b), "write UNBOUNDED PRECEDING"));
    }
    state.spec.frame->begin = std::move(state.bound);
    state.spec.frame->end.kind = FrameBound::Kind::kCurrentRow;
    state.bound = FrameBound{};
  }
};
template <>
struct action<frame_end> {
  template <typename ActionInput>
  static void apply(const ActionInput& in, Build& b, WindowState& state) {
    if (state.bound.kind == FrameBound::Kind::kUnboundedPreceding) {
      b.stop(fail(ErrorCode::kBadArguments, "Frame end cannot be UNBOUNDED PRECEDING",
                  span_of(in, b), "write UNBOUNDED FOLLOWING"));
    }
    state.spec.frame->end = std::move(state.bound);
  }
};

bool match_window_body(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Nesting nesting(b, first);
  WindowState state;
  if (!run<specification>(in, b, state)) return false;
  state.spec.span = b.span(first, index_of(in));
  b.windows.push_back(std::make_unique<WindowSpec>(std::move(state.spec)));
  return true;
}

bool match_over(Input& in, Build& b) {
  if (accept(in, b, Code::kOpenRound)) {
    if (!match_window_body(in, b)) return false;
    need(in, b, Code::kCloseRound);
    return true;
  }
  const uint32_t first = index_of(in);
  if (is_clause_keyword(peek(in))) {
    b.expect(first, Code::kWantName);
    return false;
  }
  if (!match_name(in, b)) return false;
  auto spec = std::make_unique<WindowSpec>();
  spec->base_name = std::move(b.names.back().text);
  b.names.pop_back();
  spec->span = b.span(first, first + 1);
  b.windows.push_back(std::move(spec));
  return true;
}

}  // namespace sp::sql::grammar

SP_ANALYZE(sql_windows, sql::grammar::specification)
