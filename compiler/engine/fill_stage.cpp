// WITH FILL: walks sorted rows and adds those that the steps of the filled keys leave out, group by
// group of the keys before them. Rules: ClickHouse's FillingTransform and FillingRow
// (use_with_fill_by_sorting_prefix = 1).

#include <cmath>
#include <cstring>
#include <functional>
#include <optional>

#include "compiler/engine/execution.h"
#include "compiler/engine/fill_number.h"

namespace sp {
namespace {

using Key = codegen::FillStage::Key;

using Number = FillNumber;

bool slots_equal(const Key& key, const uint8_t* a, const uint8_t* b) {
  return slot_ops(key.type).equal(a + key.offset, b + key.offset);
}

bool is_null(const Key& key, const uint8_t* row) {
  return key.type.can_be_null() && row[key.offset + slot_layout(key.type.base()).size] != 0;
}

using Value = std::optional<Number>;  // nothing: NULL, or no bound

// One column that is filled: its bounds as numbers.
struct FillColumn {
  const Key* key = nullptr;
  Value from, to;
  Number step, staleness;
  bool stale = false;  // STALENESS is given

  bool before(const Number& a, const Number& b) const {
    return key->descending ? a.value > b.value : a.value < b.value;
  }
  static bool equal(const Number& a, const Number& b) { return a.value == b.value; }
  Number moved(Number at, Number by, std::optional<IntervalUnit> unit) const {
    return unit ? add_interval(key->type.base(), at, *unit, static_cast<int64_t>(by.value))
                : Number{at.value + by.value};
  }
  Number next(Number at) const { return moved(at, step, key->unit); }
};

// The values of the row that would come next. After ClickHouse's FillingRow.
class FillingRow {
 public:
  explicit FillingRow(const std::vector<FillColumn>& columns)
      : columns_(columns),
        values_(columns.size()),
        borders_(columns.size()) {}

  size_t size() const { return columns_.size(); }
  Value& operator[](size_t i) { return values_[i]; }
  const Value& operator[](size_t i) const { return values_[i]; }

  /// Columns from `first` on start again, at FROM.
  void restart(size_t first) {
    for (size_t i = first; i < size(); ++i) values_[i] = columns_[i].from;
  }
  /// The row that staleness counts from.
  void set_base(const std::vector<Value>& row) {
    for (size_t i = 0; i < size(); ++i) {
      if (columns_[i].stale)
        borders_[i] = row[i] ? Value(columns_[i].moved(*row[i], columns_[i].staleness,
                                                       columns_[i].key->staleness_unit))
                             : Value();
    }
  }
  bool before(const std::vector<Value>& other) const {
    for (size_t i = 0; i < size(); ++i) {
      if (!values_[i] || !other[i] || FillColumn::equal(*values_[i], *other[i])) continue;
      return columns_[i].before(*values_[i], *other[i]);
    }
    return false;
  }
  /// True if TO and STALENESS let the value be.
  bool allowed(size_t i, const Number& value) const {
    return (!columns_[i].to || columns_[i].before(value, *columns_[i].to)) &&
           (!borders_[i] || columns_[i].before(value, *borders_[i]));
  }
  const Value& border(size_t i) const { return borders_[i]; }
  bool bounded(size_t i) const { return columns_[i].to || borders_[i]; }

  /// Skips, step by step, what staleness did not let be made before `row`.
  void catch_up(const std::vector<Value>& row) {
    for (size_t i = 0; i < size(); ++i) {
      if (!values_[i]) values_[i] = row[i];
      if (!values_[i] || !row[i]) return;
      if (columns_[i].stale && !columns_[i].key->unit && columns_[i].before(*values_[i], *row[i])) {
        values_[i]->value +=
            std::floor((row[i]->value - values_[i]->value) / columns_[i].step.value) *
            columns_[i].step.value;
      }
      while (columns_[i].stale && columns_[i].key->unit &&
             !columns_[i].before(*row[i], columns_[i].next(*values_[i]))) {
        values_[i] = columns_[i].next(*values_[i]);
      }
      if (!FillColumn::equal(*values_[i], *row[i])) return;
    }
  }

  /// Moves to the next row to make before `until`; false if there is none.
  bool next(const std::vector<Value>& until) {
    size_t at = 0;
    while (at < size() &&
           (!values_[at] || !until[at] || FillColumn::equal(*values_[at], *until[at])))
      ++at;
    if (at == size() || columns_[at].before(*until[at], *values_[at])) return false;
    // Columns after it go on up to their own bounds first.
    for (size_t i = size() - 1; i > at; --i) {
      if (!bounded(i) || !values_[i]) continue;
      const Number value = columns_[i].next(*values_[i]);
      if (!allowed(i, value)) continue;
      values_[i] = value;
      restart(i + 1);
      return true;
    }
    const Number value = columns_[at].next(*values_[at]);
    if (columns_[at].before(*until[at], value)) return false;
    if (!allowed(at, value)) return false;
    values_[at] = value;
    if (FillColumn::equal(value, *until[at])) {
      bool before = false;
      for (size_t i = at + 1; i < size(); ++i) {
        values_[i] = columns_[i].from ? columns_[i].from : until[i];
        before = before || (values_[i] && until[i] && columns_[i].before(*values_[i], *until[i]));
      }
      return before;
    }
    restart(at + 1);
    return true;
  }

 private:
  const std::vector<FillColumn>& columns_;
  std::vector<Value> values_, borders_;
};

// Walks the sorted rows of one stage.
class Filler {
 public:
  using Generate = std::function<void*(const void* previous)>;
  Filler(const codegen::FillStage& stage, const std::vector<FillColumn>& columns,
         size_t prefix_keys, Generate generate, std::vector<void*>& out)
      : stage_(stage),
        columns_(columns),
        prefix_keys_(prefix_keys),
        generate_(std::move(generate)),
        out_(out),
        row_(columns) {}

  void add(uint8_t* row) {
    bool same_group = prefix_ != nullptr;
    for (size_t k = 0; k < prefix_keys_ && same_group; ++k)
      same_group = slots_equal(stage_.keys[k], prefix_, row);
    std::vector<Value> given = values_of(row);
    if (!same_group) {
      if (prefix_ != nullptr) finish();
      prefix_ = row;
      begin(given);
    }
    std::vector<Value> until = given;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].to && until[i] && !columns_[i].before(*until[i], *columns_[i].to))
        until[i] = columns_[i].to;
    }
    if (pending_ && row_.before(until)) make();
    make_until(until);
    row_.catch_up(given);
    out_.push_back(row);
    previous_ = row;
    row_.set_base(given);
  }

  /// After the last row of a group; `from_nothing`: there was no row at all.
  void finish(bool from_nothing = false) {
    std::vector<Value> until;
    bool any_to = false;
    for (const FillColumn& column : columns_) {
      until.push_back(column.to);
      any_to = any_to || column.to || column.stale;
    }
    if (!any_to) return;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (!until[i]) until[i] = row_.border(i);
    }
    if (from_nothing) {
      for (const FillColumn& column : columns_) {
        if (!column.from || !column.to) return;
      }
      row_.restart(0);
      if (row_.before(until)) make();
    } else if (pending_ && row_.before(until)) {
      make();
    }
    make_until(until);
  }

 private:
  std::vector<Value> values_of(const uint8_t* row) const {
    std::vector<Value> values;
    for (const FillColumn& column : columns_) {
      values.push_back(is_null(*column.key, row)
                           ? Value()
                           : Value(read_fill_number(column.key->type, row + column.key->offset)));
    }
    return values;
  }
  void begin(const std::vector<Value>& first) {
    pending_ = false;
    row_.set_base(std::vector<Value>(columns_.size()));
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Value& from = columns_[i].from;
      if (from && first[i] && !FillColumn::equal(*first[i], *from)) {
        row_.restart(i);
        if (columns_[i].before(*from, *first[i]))
          make();
        else
          pending_ = true;
        return;
      }
      row_[i] = first[i];
    }
  }
  void make_until(const std::vector<Value>& until) {
    while (!stopped_ && row_.next(until)) make();
  }
  void make() {
    pending_ = false;
    auto* row = static_cast<uint8_t*>(generate_(previous_));
    stopped_ = stopped_ || row == nullptr;
    if (row == nullptr) return;
    for (size_t k = 0; k < prefix_keys_ && prefix_ != nullptr; ++k) {
      std::memcpy(row + stage_.keys[k].offset, prefix_ + stage_.keys[k].offset,
                  slot_layout(stage_.keys[k].type).size);
    }
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (row_[i])
        write_fill_number(columns_[i].key->type, *row_[i], row + columns_[i].key->offset);
    }
    out_.push_back(row);
    previous_ = row;
  }

  const codegen::FillStage& stage_;
  const std::vector<FillColumn>& columns_;
  size_t prefix_keys_;
  Generate generate_;
  std::vector<void*>& out_;
  FillingRow row_;
  bool pending_ = false;             // row_ is valid and was not made: rows before it come first
  const uint8_t* prefix_ = nullptr;  // a row of the current group
  const void* previous_ = nullptr;
  bool stopped_ = false;  // the query's limits do not let rows be made any more
};

}  // namespace

Result<void> Execution::run_stage(const codegen::FillStage& stage) {
  using FillCode = void (*)(ExecState*, void*, const void*);
  constexpr uint64_t kMostRows = 100000000;
  const auto fill = reinterpret_cast<FillCode>(function(stage.fill_defaults));
  ExecState& exec = *workers_[0];
  auto& rows = row_sets_[stage.row_set].rows;
  std::vector<FillColumn> columns;
  size_t prefix_keys = stage.keys.size();
  for (size_t k = 0; k < stage.keys.size(); ++k) {
    const Key& key = stage.keys[k];
    if (!key.enabled) continue;
    prefix_keys = std::min(prefix_keys, k);
    const Type bound_type = key.type.base();
    const Type step_type = Type::of(bound_type.is_float() ? TypeKind::kFloat64 : TypeKind::kInt64);
    const auto param = [&](uint32_t offset, Type type) {
      return read_fill_number(type, params() + offset);
    };
    FillColumn column;
    column.key = &key;
    if (key.from != codegen::kNone) column.from = param(key.from, bound_type);
    if (key.to != codegen::kNone) column.to = param(key.to, bound_type);
    column.step = {key.descending ? -1.0L : 1.0L};
    if (key.step != codegen::kNone) column.step = param(key.step, step_type);
    column.stale = key.staleness != codegen::kNone;
    if (column.stale) column.staleness = param(key.staleness, step_type);
    if (column.step.value == 0 || (column.step.value < 0) != key.descending) {
      return fail(ErrorCode::kInvalidWithFillExpression,
                  key.descending ? "STEP should be negative for descending order"
                                 : "STEP should be positive for ascending order");
    }
    if (column.stale &&
        (column.staleness.value == 0 || (column.staleness.value < 0) != key.descending)) {
      return fail(ErrorCode::kInvalidWithFillExpression,
                  key.descending ? "STALENESS should be negative for descending order"
                                 : "STALENESS should be positive for ascending order");
    }
    if (column.stale && column.from) {
      return fail(ErrorCode::kInvalidWithFillExpression,
                  "WITH FILL STALENESS cannot be used together with WITH FILL FROM");
    }
    columns.push_back(column);
  }
  std::vector<void*> out;
  Filler filler(
      stage, columns, prefix_keys,
      [&](const void* previous) -> void* {
        if (out.size() >= kMostRows)
          exec.fail(ErrorCode::kInvalidWithFillExpression, "WITH FILL adds too many rows");
        if (out.size() >= kMostRows || check_limits(exec)) return nullptr;
        auto* row = static_cast<uint8_t*>(exec.persistent.allocate(stage.row_size, 16));
        std::memset(row, 0, stage.row_size);
        fill(&exec, row, previous);
        return row;
      },
      out);
  for (void* row : rows) {
    if (state_.stop.load(std::memory_order_relaxed) != 0) return outcome();
    filler.add(static_cast<uint8_t*>(row));
  }
  filler.finish(rows.empty());
  rows = std::move(out);
  return outcome();
}

}  // namespace sp
