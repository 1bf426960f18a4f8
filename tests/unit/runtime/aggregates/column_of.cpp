// The driver of aggregate tests.

#include "tests/unit/runtime/aggregates/column_of.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "runtime/aggregates/number_kind.h"

namespace sp::testing {

std::string show(Type type, const void* slot) {
  const auto* bytes = static_cast<const char*>(slot);
  if (type.is_nullable()) {
    return bytes[slot_layout(type.element()).size] ? "NULL" : show(type.element(), slot);
  }
  if (type.is_string_like())
    return "'" + std::string(static_cast<const StringRef*>(slot)->view()) + "'";
  if (type.is(TypeKind::kArray) || type.is(TypeKind::kMap)) {
    const Type element = type.is(TypeKind::kMap) ? Type::tuple(type.inner()) : type.element();
    const auto& array = *static_cast<const ArrayRef*>(slot);
    std::string out = "[";
    for (uint64_t i = 0; i < array.size; ++i) {
      out += (i ? "," : "") +
             show(element, static_cast<const char*>(array.data) + i * slot_layout(element).size);
    }
    return out + "]";
  }
  if (type.is(TypeKind::kTuple)) {
    std::string out = "(";
    const RowLayout layout = row_layout(type.inner());
    for (size_t i = 0; i < type.inner().size(); ++i) {
      out += (i ? "," : "") + show(type.inner()[i], bytes + layout.offsets[i]);
    }
    return out + ")";
  }
  const auto kind = number_kind(type);
  if (!kind) return "?" + type.name();
  switch (*kind) {
#define SP_CASE(suffix, T)                                      \
  case NumberKind::suffix: {                                    \
    T value;                                                    \
    std::memcpy(&value, slot, sizeof(T));                       \
    if constexpr (sizeof(T) == 1)                               \
      return std::to_string(static_cast<int>(value));           \
    else                                                        \
      return value != value ? "nan" : fmt::format("{}", value); \
  }
    SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
  }
  return "";
}

Literals& Literals::add(double value) {
  arguments.push_back({Type::of(TypeKind::kFloat64), true, &reals.emplace_back(value), ""});
  return *this;
}
Literals& Literals::add(int value) {
  arguments.push_back({Type::of(TypeKind::kUInt64), true, &words.emplace_back(value), ""});
  return *this;
}
Literals& Literals::add(const char* value) {
  arguments.push_back({Type::of(TypeKind::kString), true, &texts.emplace_back(value), ""});
  return *this;
}

namespace {

// The binder's casts, as far as tests need them: between numbers.
Column cast(const Column& column, Type to) {
  const Type from = column.type.without_nullable();
  if (from == to || slot_layout(from).size == 0 || !number_kind(from) || !number_kind(to))
    return column;
  Column out{to.with_null(column.type.is_nullable()), {}};
  out.bytes.resize(column.rows() * out.stride());
  for (size_t i = 0; i < column.rows(); ++i) {
    double real = 0;
    uint64_t word = 0;
    const void* slot = column.at(i);
    char* target = out.bytes.data() + i * out.stride();
    switch (*number_kind(from)) {
#define SP_CASE(suffix, T)                                                              \
  case NumberKind::suffix: {                                                            \
    T v;                                                                                \
    std::memcpy(&v, slot, sizeof(T));                                                   \
    real = static_cast<double>(v);                                                      \
    word = std::is_floating_point_v<T> ? static_cast<uint64_t>(static_cast<int64_t>(v)) \
                                       : static_cast<uint64_t>(v);                      \
  } break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
    switch (*number_kind(to)) {
#define SP_CASE(suffix, T)                                                                 \
  case NumberKind::suffix: {                                                               \
    const T v = std::is_floating_point_v<T> ? static_cast<T>(real) : static_cast<T>(word); \
    std::memcpy(target, &v, sizeof(T));                                                    \
  } break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
    if (column.type.is_nullable())
      target[slot_layout(to).size] = static_cast<const char*>(slot)[slot_layout(from).size];
  }
  return out;
}

size_t rows_of(const std::vector<Column>& columns) {
  return columns.empty() ? 0 : columns[0].rows();
}

// An array's text with its elements in order: groupUniqArray has them in any.
std::string in_order(const std::string& array) {
  std::vector<std::string> elements;
  std::stringstream text(array.substr(1, array.size() - 2));
  for (std::string element; std::getline(text, element, ',');) elements.push_back(element);
  std::sort(elements.begin(), elements.end());
  std::string out;
  for (const std::string& element : elements) out += element + ",";
  return out;
}

// Lets the sliding form follow frames of several lengths, and compares each result with that of a
// plain state over the frame's rows.
void expect_follows_frames(const ResolvedAggregate& resolved, const std::vector<Column>& columns) {
  if (!resolved.sliding || resolved.null_when_empty) return;
  const Nested plain(resolved), entering(sliding(resolved, false)),
      leaving(sliding(resolved, true));
  const size_t rows = std::min<size_t>(columns[0].rows(), 1000);
  for (const size_t length : {size_t{1}, size_t{6}, size_t{150}, rows}) {
    QueryState query;
    ExecState exec(query);
    const auto call = [&](const Nested& how, void* state, size_t row) {
      std::vector<const void*> slots;
      for (const Column& column : columns) slots.push_back(column.at(row));
      how.add(exec, state, slots.data());
    };
    const auto result = [&](const Nested& of, void* state) {
      void* out = exec.persistent.allocate(slot_layout(of.result()).size, 16);
      of.finish(exec, state, out);
      const std::string text = show(of.result(), out);
      return resolved.name == "groupUniqArray" ? in_order(text) : text;
    };
    void* state = exec.persistent.allocate(entering.state_size(), 16);
    entering.init(state);
    const size_t step = length == rows ? rows / 8 + 1 : length == 150 ? 7 : 1;
    for (size_t row = 0; row < rows; ++row) {
      if (row >= length) call(leaving, state, row - length);
      call(entering, state, row);
      if (row % step != 0) continue;
      void* anew = exec.persistent.allocate(plain.state_size(), 16);
      plain.init(anew);
      for (size_t i = row < length ? 0 : row - length + 1; i <= row; ++i) call(plain, anew, i);
      ASSERT_EQ(result(entering, state), result(plain, anew))
          << resolved.name << " over " << length << " rows up to " << row;
    }
  }
}

}  // namespace

std::string aggregate(const char* name, const std::vector<Column>& columns,
                      const Literals& parameters, bool split_agrees) {
  static const AggregateRegistry registry;
  std::vector<Argument> arguments;
  for (const Column& column : columns) arguments.push_back({column.type, false, nullptr, ""});
  auto resolved = registry.resolve(name, parameters.arguments, arguments, {});
  if (!resolved.ok()) return resolved.error().message;
  std::vector<bool> nullable;
  std::vector<Column> cast_columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    nullable.push_back(resolved->skip_nulls && columns[i].type.is_nullable());
    cast_columns.push_back(cast(columns[i], resolved->arguments[i]));
  }
  if (rows_of(columns) > 0 && std::find(nullable.begin(), nullable.end(), true) == nullable.end())
    expect_follows_frames(*resolved, cast_columns);
  const Nested nested(*resolved, nullable);
  QueryState query;
  ExecState exec(query);
  const size_t rows = rows_of(columns);
  const auto new_state = [&] {
    void* state = exec.persistent.allocate(nested.state_size(), 16);
    nested.init(state);
    return state;
  };
  const auto add_rows = [&](void* state, size_t begin, size_t end) {
    std::vector<const void*> slots(cast_columns.size());
    for (size_t row = begin; row < end; ++row) {
      for (size_t i = 0; i < slots.size(); ++i) slots[i] = cast_columns[i].at(row);
      nested.add(exec, state, slots.data());
      exec.scratch.reset();
    }
  };
  const auto finish = [&](void* state) {
    void* out = exec.persistent.allocate(slot_layout(nested.result()).size, 16);
    nested.finish(exec, state, out);
    return show(nested.result(), out);
  };
  void* whole = new_state();
  add_rows(whole, 0, rows);
  void* first = new_state();
  void* second = new_state();
  add_rows(first, 0, rows / 3);
  add_rows(second, rows / 3, rows);
  if (nested.can_serialize()) {
    std::string bytes;
    nested.serialize(second, &bytes);
    second = new_state();
    EXPECT_TRUE(nested.deserialize(exec, second, StringRef(bytes))) << name;
    for (size_t cut = 0; cut < bytes.size() && cut < 20; ++cut) {  // malformed: must not crash
      void* broken = new_state();
      (void)nested.deserialize(exec, broken, StringRef(bytes.data(), cut));
    }
    bytes.assign(bytes.size(), '\xFF');  // nothing may point into the bytes
  }
  nested.merge(exec, first, second);
  const std::string result = finish(whole);
  if (split_agrees) { EXPECT_EQ(result, finish(first)) << name; }
  EXPECT_FALSE(query.failed.load()) << query.error.message;
  return result;
}

}  // namespace sp::testing
