// Combining: Summing and Aggregating, column by column. Sums wrap around as ClickHouse's do; states
// are merged through the aggregate library; other columns keep the key's first value.
// Entry: combine_rows().

#include <algorithm>
#include <cstring>
#include <optional>

#include "runtime/aggregates/nested.h"
#include "runtime/storage/block_builder.h"
#include "runtime/storage/merge_rules.h"

namespace sp {

namespace {

using Engine = TableSchema::Engine;

// Reads one column of the parts as slots, in merge order.
class SlotReader {
 public:
  SlotReader(const MergedRows& rows, uint32_t column)
      : rows_(rows),
        column_(column),
        shape_(column_shape(rows.schema.columns[column].type)),
        places_(rows.parts.size()) {}

  // Writes the next row's slot; composite values are allocated in `arena`.
  void next(size_t row, uint8_t* slot, Arena& arena) {
    const uint16_t index = rows_.order[row];
    Place& place = places_[index];
    const auto& segments = rows_.parts[index]->segments();
    while (place.row >= segments[place.segment].rows) {
      ++place.segment;
      place.row = 0;
    }
    read(segments[place.segment].columns[column_], place.row++, slot, arena);
  }

 private:
  struct Place {
    size_t segment = 0, row = 0;
  };

  void read(const ColumnView& view, size_t row, uint8_t* slot, Arena& arena) const {
    const bool null = view.nulls != nullptr && view.nulls[row] != 0;
    if (shape_.nullable) slot[shape_.width] = null ? 1 : 0;
    if (null) {
      std::memset(slot, 0, shape_.width);
      return;
    }
    if (view.encoding == Encoding::kWide) {
      std::memcpy(slot, view.data + row * view.stride, shape_.width);
      return;
    }
    if (view.encoding == Encoding::kString || view.encoding == Encoding::kSerialized) {
      uint32_t ends[2];
      std::memcpy(ends, view.data + row * sizeof(uint32_t), sizeof(ends));
      const StringRef text(view.heap + ends[0], ends[1] - ends[0]);
      if (view.encoding == Encoding::kString)
        std::memcpy(slot, &text, sizeof(text));
      else
        SP_CHECK(deserialize_slot(shape_.value, text.begin(), text.size, slot, arena) == text.size);
      return;
    }
    uint64_t word;
    std::memcpy(&word, view.data + row * view.stride, sizeof(word));
    word = (word & view.mask) + view.base;
    if (view.encoding == Encoding::kDictionary)
      std::memcpy(slot, view.dictionary + word, sizeof(StringRef));
    else
      std::memcpy(slot, &word, shape_.width);
  }

  const MergedRows& rows_;
  const uint32_t column_;
  const ColumnShape shape_;
  std::vector<Place> places_;
};

bool contains(const std::vector<uint32_t>& columns, uint32_t column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

bool is_summed(const TableSchema& schema, uint32_t column) {
  if (schema.engine != Engine::kSumming || contains(schema.sorting_key, column)) return false;
  if (schema.partition != TableSchema::Partition::kNone && schema.partition_column == column)
    return false;
  const Type base = schema.columns[column].type.base();
  const bool number = (base.is_integer() || base.is_float() || base.is(TypeKind::kDecimal)) &&
                      !base.is(TypeKind::kBool);
  return number && (schema.summed_columns.empty() || contains(schema.summed_columns, column));
}

// The aggregate that combines a column's values; none: the first value stays.
Result<std::optional<Nested>> combiner_of(const AggregateRegistry& registry,
                                          const TableSchema& schema, uint32_t column) {
  const Type type = schema.columns[column].type;
  std::string name;
  if (contains(schema.sorting_key, column)) return std::optional<Nested>();
  if (type.is(TypeKind::kAggregateFunction)) {
    name = type.function().substr(0, type.function().find('('));
    if (name.ends_with("State"))
      name.resize(name.size() - 5);  // Tinybird schemas spell AggregateFunction(argMaxState, ...)
    name += "MergeState";
  } else if (type.is(TypeKind::kSimpleAggregateFunction)) {
    name = type.function();
  } else if (is_summed(schema, column)) {
    name = "sumWithOverflow";
  } else {
    return std::optional<Nested>();
  }
  const Type argument = type.is(TypeKind::kSimpleAggregateFunction) ? type.element() : type;
  const std::vector<Argument> arguments = {{argument, false, nullptr, ""}};
  SP_TRY(ResolvedAggregate resolved, registry.resolve(name, {}, arguments, {}));
  if (slot_layout(resolved.result).size != slot_layout(argument).size) {
    return fail(ErrorCode::kNotImplemented, "Rows cannot be combined: " + name + "(" +
                                                argument.name() + ") is " + resolved.result.name());
  }
  return std::optional<Nested>(Nested(std::move(resolved), {argument.can_be_null()}));
}

// One column's values by key.
class Combiner {
 public:
  Combiner(const MergedRows& rows, uint32_t column)
      : rows_(rows),
        reader_(rows, column),
        type_(rows.schema.columns[column].type) {
    slot_.resize(slot_layout(type_).size + 32);
    out_.resize(slot_.size());
  }

  // Appends one value a key whose `keep` is not 0 (empty: all keys); the first without a combiner.
  void first_values(const std::vector<uint8_t>& keep, BlockColumnBuilder& out) {
    Arena arena;
    size_t key = 0;
    for (size_t row = 0; row < rows_.order.size(); ++row) {
      reader_.next(row, aligned(slot_), arena);
      if (rows_.new_key[row] == 0) continue;
      if (keep.empty() || keep[key] != 0) out.append_slot(aligned(slot_));
      ++key;
      arena.reset();
    }
  }

  // The same with a combiner. `visit(key, slot)` sees each result before it is appended.
  template <class Visit>
  Result<void> combined_values(const Nested& nested, const std::vector<uint8_t>& keep,
                               BlockColumnBuilder* out, Visit&& visit) {
    QueryState query;
    ExecState exec(query);
    std::vector<uint8_t> state(nested.state_size() + 32);
    size_t key = 0;
    for (size_t row = 0; row < rows_.order.size(); ++row) {
      if (rows_.new_key[row] != 0) nested.init(aligned(state));
      reader_.next(row, aligned(slot_), exec.persistent);
      const void* arguments[] = {aligned(slot_)};
      nested.add(exec, aligned(state), arguments);
      if (row + 1 < rows_.order.size() && rows_.new_key[row + 1] == 0) continue;
      nested.finish(exec, aligned(state), aligned(out_));
      if (query.failed) return query.error;
      visit(key, aligned(out_));
      if (out != nullptr && (keep.empty() || keep[key] != 0)) out->append_slot(aligned(out_));
      ++key;
      exec.persistent.reset();
    }
    return {};
  }

 private:
  static uint8_t* aligned(std::vector<uint8_t>& bytes) {
    return reinterpret_cast<uint8_t*>((reinterpret_cast<uintptr_t>(bytes.data()) + 15) &
                                      ~uintptr_t{15});
  }

  const MergedRows& rows_;
  SlotReader reader_;
  const Type type_;
  std::vector<uint8_t> slot_, out_;
};

// Summing drops keys whose sums are all zero. Returns a flag a key; empty: all stay.
Result<std::vector<uint8_t>> nonzero_keys(const MergedRows& rows,
                                          const std::vector<std::optional<Nested>>& combiners) {
  std::vector<uint8_t> keep;
  if (rows.schema.engine != Engine::kSumming) return keep;
  const auto keys = static_cast<size_t>(std::count(rows.new_key.begin(), rows.new_key.end(), 1));
  bool any_sum = false;
  for (uint32_t column = 0; column < combiners.size(); ++column) {
    if (!combiners[column]) continue;
    if (rows.schema.columns[column].type.is(TypeKind::kAggregateFunction))
      return std::vector<uint8_t>();
    any_sum = true;
  }
  if (!any_sum) return keep;
  keep.assign(keys, 0);
  for (uint32_t column = 0; column < combiners.size(); ++column) {
    if (!combiners[column]) continue;
    const ColumnShape shape = column_shape(rows.schema.columns[column].type);
    Combiner combiner(rows, column);
    SP_TRY_VOID(combiner.combined_values(
        *combiners[column], keep, nullptr, [&](size_t key, const uint8_t* slot) {
          // The default of Nullable is NULL: a sum of zero counts as something there.
          const bool zero = shape.nullable ? slot[shape.width] != 0
                                           : std::all_of(slot, slot + shape.width,
                                                         [](uint8_t byte) { return byte == 0; });
          if (!zero) keep[key] = 1;
        }));
  }
  return keep;
}

}  // namespace

Result<RowBlockPointer> combine_rows(const MergedRows& rows,
                                     const std::shared_ptr<const TableSchema>& schema) {
  const AggregateRegistry registry;
  std::vector<std::optional<Nested>> combiners;
  for (uint32_t column = 0; column < schema->columns.size(); ++column) {
    SP_TRY(std::optional<Nested> combiner, combiner_of(registry, *schema, column));
    combiners.push_back(std::move(combiner));
  }
  SP_TRY(const std::vector<uint8_t> keep, nonzero_keys(rows, combiners));
  BlockBuilder block(schema);
  for (uint32_t column = 0; column < combiners.size(); ++column) {
    Combiner combiner(rows, column);
    if (!combiners[column]) {
      combiner.first_values(keep, block.column(column));
      continue;
    }
    SP_TRY_VOID(combiner.combined_values(*combiners[column], keep, &block.column(column),
                                         [](size_t, const uint8_t*) {}));
  }
  return block.build();
}

}  // namespace sp
