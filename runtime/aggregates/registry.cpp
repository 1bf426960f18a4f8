// AggregateRegistry: names, aliases, combinators, and the rules of NULL that hold for every
// aggregate.

#ifndef SP_BITCODE
#include <algorithm>
#include <cstring>
#include <deque>

#include "runtime/aggregates/aggregate.h"
#include "runtime/aggregates/combinator.h"

namespace sp {

const AggregateFamily* AggregateFamily::head_ = nullptr;
const Combinator* Combinator::head = nullptr;

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

// Rows are filled once per process: they point into static storage for the life of it.
const std::deque<AggregateRow>& all_rows() {
  static const auto* rows = [] {
    auto* filled = new std::deque<AggregateRow>();
    for (const AggregateFamily* family = AggregateFamily::first(); family != nullptr;
         family = family->next()) {
      std::vector<AggregateRow> part;
      family->fill()(part);
      for (AggregateRow& row : part) filled->push_back(std::move(row));
    }
    return filled;
  }();
  return *rows;
}

// Names of standard SQL (STDDEV_POP) are found in any case.
bool is_upper_case(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c < 'a' || c > 'z'; });
}

const AggregateRow* find_exact(const std::vector<const AggregateRow*>& rows,
                               std::string_view name) {
  const auto matches = [&](const AggregateRow& row, const char* candidate) {
    return name == candidate || ((row.case_insensitive || is_upper_case(candidate)) &&
                                 equal_ignoring_case(name, candidate));
  };
  for (const AggregateRow* row : rows) {
    if (matches(*row, row->name)) return row;
    for (const char* alias : row->aliases) {
      if (matches(*row, alias)) return row;
    }
  }
  return nullptr;
}

// ClickHouse puts an aggregate over Nullable arguments into Nullable if its result can be inside.
bool result_can_be_null(Type result) {
  return !result.is(TypeKind::kTuple) && !result.is_nullable() &&
         !(Type::nullable(result) == result);
}

// LowCardinality taken off everywhere inside, as ClickHouse does with arguments of aggregates.
Type plain_type(Type type) {
  switch (type.kind()) {
    case TypeKind::kLowCardinality: return plain_type(type.element());
    case TypeKind::kSimpleAggregateFunction: return plain_type(type.element());
    case TypeKind::kArray: return Type::array(plain_type(type.element()));
    case TypeKind::kMap: return Type::map(plain_type(type.inner()[0]), plain_type(type.inner()[1]));
    case TypeKind::kTuple: {
      std::vector<Type> elements;
      for (const Type element : type.inner()) elements.push_back(plain_type(element));
      return Type::tuple(std::move(elements), type.element_names());
    }
    default: return type;
  }
}

std::vector<Argument> strip(std::span<const Argument> arguments, bool nullable) {
  std::vector<Argument> stripped(arguments.begin(), arguments.end());
  for (Argument& argument : stripped) {
    argument.type = plain_type(argument.type);
    if (nullable && argument.type.is_nullable()) {
      argument.type = argument.type.without_nullable();
      argument.constant = nullptr;
    }
  }
  return stripped;
}

Result<ResolvedAggregate> resolve_row(const AggregateRow& row, std::string_view name,
                                      std::span<const Argument> parameters,
                                      std::span<const Argument> arguments,
                                      const ResolveOptions& options) {
  bool any_null = false, only_null = false;
  for (const Argument& argument : arguments) {
    any_null = any_null || argument.type.is_nullable();
    only_null = only_null || argument.type == Type::null_type();
  }
  const std::vector<Argument> plain = strip(arguments, row.skip_nulls);
  const bool nothing = only_null && row.skip_nulls && !row.never_null && !row.window_only;
  SP_TRY(ResolvedAggregate resolved, nothing ? Result<ResolvedAggregate>(nothing_aggregate())
                                             : row.resolve(parameters, plain, options));
  resolved.name = std::string(name);
  resolved.skip_nulls = row.skip_nulls;
  if (row.skip_nulls && any_null && !row.never_null && !row.window_only &&
      result_can_be_null(resolved.result)) {
    resolved.null_when_empty = true;
    resolved.result = Type::nullable(resolved.result);
  }
  if (resolved.arguments.empty()) {
    for (const Argument& argument : plain) resolved.arguments.push_back(argument.type);
  }
  return resolved;
}

}  // namespace

const Combinator* find_combinator(std::string_view name) {
  const Combinator* best = nullptr;
  for (const Combinator* one = Combinator::first(); one != nullptr; one = one->next) {
    const std::string_view suffix = one->suffix;
    if (name.size() <= suffix.size() || !name.ends_with(suffix)) continue;
    if (best == nullptr || suffix.size() > std::strlen(best->suffix)) best = one;
  }
  return best;
}

AggregateRegistry::AggregateRegistry() {
  for (const AggregateRow& row : all_rows()) {
    rows_.push_back(&row);
    names_.push_back(row.name);
    names_.insert(names_.end(), row.aliases.begin(), row.aliases.end());
  }
  std::sort(rows_.begin(), rows_.end(), [](const AggregateRow* a, const AggregateRow* b) {
    return std::strcmp(a->name, b->name) < 0;
  });
  std::sort(names_.begin(), names_.end());
}

const AggregateRow* AggregateRegistry::find(std::string_view name) const {
  for (;;) {
    if (const AggregateRow* row = find_exact(rows_, name)) return row;
    const Combinator* combinator = find_combinator(name);
    if (combinator == nullptr) return nullptr;
    name.remove_suffix(std::strlen(combinator->suffix));
  }
}

Result<ResolvedAggregate> AggregateRegistry::resolve(std::string_view name,
                                                     std::span<const Argument> parameters,
                                                     std::span<const Argument> arguments,
                                                     const ResolveOptions& options) const {
  const std::vector<Argument> plain = strip(arguments, false);
  const Combinator* combinator = find_combinator(name);
  if (const AggregateRow* row = find_exact(rows_, name)) {
    auto resolved = resolve_row(*row, name, parameters, plain, options);
    // sumMap, minMap and maxMap keep numbers; of other values in a Map, -Map makes the same.
    const bool maps = combinator != nullptr && std::string_view(combinator->suffix) == "Map" &&
                      plain.size() == 1 && plain[0].type.is(TypeKind::kMap);
    if (resolved.ok() || !maps) return resolved;
  }
  if (combinator == nullptr || find(name) == nullptr) {
    return fail(ErrorCode::kUnknownAggregateFunction,
                "Unknown aggregate function " + std::string(name), std::nullopt,
                did_you_mean(name, names_));
  }
  if (find(name)->window_only) {
    return fail(ErrorCode::kBadArguments,
                "A window function takes no combinators: " + std::string(name));
  }
  const CombinatorCall call{
      this,       name,  name.substr(0, name.size() - std::strlen(combinator->suffix)),
      parameters, plain, &options};
  SP_TRY(ResolvedAggregate resolved, combinator->resolve(call));
  resolved.name = std::string(name);
  return resolved;
}

}  // namespace sp
#endif
