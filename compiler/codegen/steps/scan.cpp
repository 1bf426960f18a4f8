// Scan: a morsel of one segment, columns read in place from their encodings.
//   for each block of 1024 rows: the rows that pass the filters; of each column that every row
//       reads: words
//   for (i, row of those) {
//     raw = words[i], or of columns that some rows read only:
//         (load_u64(data + row * stride) & mask) + base
//     text = encoding == dictionary ? &dictionary[raw]
//                                   : string(heap, offsets[row], offsets[row + 1])
//     null = nulls != null && nulls[row]
//     ...
//   }

#include <llvm/IR/Constants.h>

#include <algorithm>

#include "compiler/codegen/query_compiler.h"
#include "compiler/codegen/steps/block_conditions.h"
#include "compiler/plan/tree.h"
#include "runtime/exec/jit_slots.h"
#include "runtime/exec/scan_source.h"
#include "runtime/exec/scan_words.h"

namespace sp::codegen {
namespace {

static_assert(offsetof(ColumnView, stride) == 8 && offsetof(ColumnView, mask) == 16 &&
              offsetof(ColumnView, base) == 24 && offsetof(ColumnView, dictionary) == 32 &&
              offsetof(ColumnView, heap) == 40 && offsetof(ColumnView, nulls) == 48 &&
              offsetof(ColumnView, encoding) == 56 && offsetof(ColumnView, dictionary_size) == 64 &&
              offsetof(ScanSource, tables) == 8);

// Words of a block take frame memory: 1024 times the column's width each.
constexpr uint32_t kMostBlockColumns = 40;

using What = ScanSpec::DictionaryTable::What;

// One column of the current pipeline's scan: its view's fields live in registers.
class ColumnReader {
 public:
  ColumnReader(QueryCompiler& c, uint32_t scan, uint32_t column, const TableColumn& definition)
      : c_(c),
        e_(c.e),
        gen_(c.gen),
        scan_(scan),
        column_(column),
        type_(definition.type),
        name_(definition.name) {}

  using ScanRow = QueryCompiler::ScanRow;

  SqlValue load(const ScanRow& at_row) {
    SqlValue out{type_, nullptr, nullptr, true};
    llvm::Value* const row = at_row.row;
    if (is_scalar(type_))
      out.value = scalar(at_row);
    else if (type_.base().is_string_like())
      out.value = string(at_row);
    else if (wide())
      out.value = at(data(), gen_.b.CreateMul(row, stride()));
    else {
      out.value = serialized(row);
      out.stable = !has_pointers(type_);
    }
    if (type_.can_be_null()) out.null = null(at_row);
    return out;
  }

  // The dictionary code; the entry after the last one stands for NULL.
  llvm::Value* code(const ScanRow& row) {
    llvm::Value* code = raw(row);
    if (!type_.can_be_null()) return code;
    return gen_.b.CreateSelect(null(row), field(gen_.i64(), 64, "dictionary_size"), code,
                               name_ + ".code");
  }
  llvm::Value* dictionary() {
    return gen_.invariant(key("dictionary?"), [&] {
      llvm::Value* null = llvm::ConstantPointerNull::get(gen_.b.getPtrTy());
      return gen_.b.CreateSelect(is_dictionary(), field(gen_.ptr(), 32, "dictionary"), null,
                                 name_ + ".dictionary");
    });
  }
  llvm::Value* dictionary_size() { return field(gen_.i64(), 64, "dictionary_size"); }

  llvm::Value* table(const plan::Expression& expression, plan::ColumnId id) {
    const uint64_t structure = e_.structure_of(expression);
    const uint32_t index = table_index(expression, id);
    return gen_.invariant(key("table.") + std::to_string(structure),
                          [&] { return table_at(index); });
  }

  // Of the table of `expression` in ScanSpec::tables.
  uint32_t table_index(const plan::Expression& expression, plan::ColumnId id) {
    auto& scan = c_.program.scans[scan_];
    const auto next = static_cast<uint32_t>(scan.tables.size());
    const auto [known, is_new] = table_indexes_.try_emplace(e_.structure_of(expression), next);
    if (!is_new) return known->second;
    scan.tables.push_back({});
    const uint32_t function = e_.dictionary_function(expression, id, type_);
    c_.program.scans[scan_].tables[next] = {column_, function, slot_layout(expression.type).size,
                                            What::kExpression};
    return next;
  }

  llvm::Value* numbers(What what) {
    auto& tables = c_.program.scans[scan_].tables;
    const char* const name = what == What::kRanks    ? "ranks"
                             : what == What::kHashes ? "hashes"
                                                     : "numbers";
    return gen_.invariant(key(name), [&] {
      const auto index = tables.size();
      tables.push_back({column_, kNone, sizeof(uint32_t), what});
      return table_at(index);
    });
  }

 private:
  llvm::Value* table_at(uint64_t index) {
    llvm::Value* source = c_.morsel_source();
    llvm::Value* list =
        gen_.invariant("tables", [&] { return gen_.load(gen_.ptr(), source, 8, "tables"); });
    return gen_.load(gen_.ptr(), list, index * 8, name_ + ".table");
  }
  bool wide() const {
    const Type base = type_.base();
    switch (base.kind()) {
      case TypeKind::kUuid:
      case TypeKind::kIpv6:
      case TypeKind::kUInt128:
      case TypeKind::kInt128:
      case TypeKind::kUInt256:
      case TypeKind::kInt256:
      case TypeKind::kDecimal: return true;
      default: return false;
    }
  }
  std::string key(const char* what) const { return std::to_string(column_) + "." + what; }
  llvm::Value* at(llvm::Value* base, llvm::Value* offset) {
    return gen_.b.CreateInBoundsGEP(gen_.i8(), base, offset);
  }
  llvm::Value* view() {
    llvm::Value* source = c_.morsel_source();
    llvm::Value* columns =
        gen_.invariant("columns", [&] { return gen_.load(gen_.ptr(), source, 0, "columns"); });
    return gen_.invariant(
        key("view"), [&] { return gen_.offset(columns, uint64_t{column_} * sizeof(ColumnView)); });
  }
  llvm::Value* field(llvm::Type* type, uint64_t offset, const char* what) {
    llvm::Value* base = view();
    return gen_.invariant(key(what),
                          [&] { return gen_.load(type, base, offset, name_ + "." + what); });
  }
  llvm::Value* data() { return field(gen_.ptr(), 0, "data"); }
  llvm::Value* stride() { return field(gen_.i64(), 8, "stride"); }
  llvm::Value* is_dictionary() {
    llvm::Value* encoding = field(gen_.i64(), 56, "encoding");
    return gen_.invariant(key("is_dictionary"), [&] {
      return gen_.b.CreateICmpEQ(encoding, gen_.u64(static_cast<uint64_t>(Encoding::kDictionary)),
                                 name_ + ".coded");
    });
  }
  // Every row reads it here, or did so before: then the block's words are at hand.
  bool in_words(const ScanRow& row, const std::string& key) {
    if (!gen_.has_header()) return false;
    return gen_.in_header(key) ||
           (gen_.nesting() == row.nesting && c_.e.block_columns < kMostBlockColumns);
  }
  // words = sp_scan_words(view, begin, count, places, width, buffer) before the loop; words[i]
  llvm::Value* word(const ScanRow& row, const std::string& key, llvm::Type* type, uint64_t width) {
    llvm::Value* words = gen_.in_header(key, [&] {
      ++c_.e.block_columns;
      llvm::Value* buffer = gen_.entry_alloca(kScanBlockRows * width, 64, name_ + ".words");
      return gen_.runtime_call(SP_SYMBOL(sp_scan_words),
                               {view(), row.begin, row.count, row.places, gen_.u64(width), buffer},
                               name_ + ".words");
    });
    return gen_.load(type, at(words, gen_.b.CreateMul(row.index, gen_.u64(width), "", true, true)),
                     0, name_);
  }
  llvm::Value* raw(const ScanRow& row) {
    if (in_words(row, key("codes")))
      return gen_.b.CreateZExt(word(row, key("codes"), gen_.i32(), sizeof(uint32_t)), gen_.i64(),
                               name_ + ".code");
    return masked(row.row);
  }
  llvm::Value* masked(llvm::Value* row) {
    llvm::Value* word =
        gen_.load(gen_.i64(), at(data(), gen_.b.CreateMul(row, stride())), 0, name_ + ".word");
    llvm::Value* masked = gen_.b.CreateAnd(word, field(gen_.i64(), 16, "mask"));
    return gen_.b.CreateAdd(masked, field(gen_.i64(), 24, "base"), name_ + ".raw");
  }
  llvm::Value* scalar(const ScanRow& row) {
    llvm::Type* type = value_type(gen_, type_);
    if (in_words(row, key("words")))
      return word(row, key("words"), type, slot_layout(type_.base()).size);
    llvm::Value* raw = masked(row.row);
    if (type->isDoubleTy()) return gen_.b.CreateBitCast(raw, type, name_);
    if (type->isFloatTy())
      return gen_.b.CreateBitCast(gen_.b.CreateTrunc(raw, gen_.i32()), type, name_);
    return gen_.b.CreateTrunc(raw, type, name_);
  }
  llvm::Value* null(const ScanRow& row) {
    if (in_words(row, key("nulls"))) {
      llvm::Value* flags = gen_.in_header(key("nulls"), [&] {
        ++c_.e.block_columns;
        llvm::Value* buffer = gen_.entry_alloca(kScanBlockRows, 64, name_ + ".nulls");
        return gen_.runtime_call(SP_SYMBOL(sp_scan_nulls),
                                 {view(), row.begin, row.count, row.places, buffer},
                                 name_ + ".nulls");
      });
      return gen_.b.CreateICmpNE(gen_.load(gen_.i8(), at(flags, row.index), 0, name_ + ".flag"),
                                 gen_.b.getInt8(0), name_ + ".null");
    }
    llvm::Value* nulls = field(gen_.ptr(), 48, "nulls");
    llvm::Value* none = gen_.invariant(key("no_nulls"), [&] {
      return gen_.b.CreateICmpEQ(nulls, llvm::ConstantPointerNull::get(gen_.b.getPtrTy()));
    });
    llvm::Value* flags = gen_.invariant(
        key("flags"), [&] { return gen_.b.CreateSelect(none, gen_.zeros(), nulls); });
    llvm::Value* step = gen_.invariant(
        key("step"), [&] { return gen_.b.CreateSelect(none, gen_.u64(0), gen_.u64(1)); });
    llvm::Value* flag =
        gen_.load(gen_.i8(), at(flags, gen_.b.CreateMul(row.row, step)), 0, name_ + ".flag");
    return gen_.b.CreateICmpNE(flag, gen_.b.getInt8(0), name_ + ".null");
  }
  // Bytes of a kString or kSerialized value.
  std::pair<llvm::Value*, llvm::Value*> bytes(llvm::Value* row) {
    llvm::Value* offsets = at(data(), gen_.b.CreateMul(row, gen_.u64(4)));
    llvm::Value* begin = gen_.b.CreateZExt(gen_.load(gen_.i32(), offsets, 0, "from"), gen_.i64());
    llvm::Value* end = gen_.b.CreateZExt(gen_.load(gen_.i32(), offsets, 4, "to"), gen_.i64());
    return {at(field(gen_.ptr(), 40, "heap"), begin),
            gen_.b.CreateSub(end, begin, name_ + ".size")};
  }
  llvm::Value* string(const ScanRow& row) {
    llvm::Value* code = raw(row);
    llvm::Value* slot = gen_.entry_alloca(16, 8, name_ + ".slot");
    llvm::BasicBlock* blocks[2];
    llvm::Value* entry = nullptr;
    gen_.if_(
        is_dictionary(),
        [&] {
          entry = at(field(gen_.ptr(), 32, "dictionary"), gen_.b.CreateMul(code, gen_.u64(16)));
          blocks[0] = gen_.b.GetInsertBlock();
        },
        [&] {
          const auto [text, size] = bytes(row.row);
          gen_.runtime_call(SP_SYMBOL(sp_exec_string), {text, size, slot});
          blocks[1] = gen_.b.GetInsertBlock();
        },
        "coded");
    llvm::PHINode* phi = gen_.b.CreatePHI(gen_.ptr(), 2, name_);
    phi->addIncoming(entry, blocks[0]);
    phi->addIncoming(slot, blocks[1]);
    return phi;
  }
  llvm::Value* serialized(llvm::Value* row) {
    const SlotLayout layout = slot_layout(type_.base());
    llvm::Value* slot = gen_.entry_alloca(layout.size, layout.align, name_ + ".slot");
    const auto [text, size] = bytes(row);
    gen_.runtime_call(SP_SYMBOL(sp_exec_deserialize),
                      {e_.state(), e_.slot_operations(type_.base()), text, size, slot});
    return slot;
  }

  QueryCompiler& c_;
  Emitter& e_;
  Gen& gen_;
  uint32_t scan_, column_;
  Type type_;
  std::string name_;
  std::unordered_map<uint64_t, uint32_t> table_indexes_;  // by the expressions' structure
};

using Readers = std::vector<std::shared_ptr<ColumnReader>>;  // parallel to the node's columns

Readers readers_of(QueryCompiler& c, uint32_t scan, const plan::Node& node) {
  Readers readers;
  for (const uint32_t column : node.scan_columns) {
    readers.push_back(std::make_shared<ColumnReader>(c, scan, column, node.table->columns[column]));
  }
  return readers;
}

void define_columns(QueryCompiler& c, const plan::Node& node, const Readers& readers,
                    const QueryCompiler::ScanRow& row) {
  for (size_t i = 0; i < node.scan_columns.size(); ++i) {
    const uint32_t column = node.scan_columns[i];
    const plan::ColumnId id = node.output[i].id;
    const std::shared_ptr<ColumnReader>& reader = readers[i];
    ColumnSource source;
    source.load = [reader, row] { return reader->load(row); };
    if (node.table->columns[column].type.base().is(TypeKind::kString)) {
      source.dictionary_column = column;
      source.code = [reader, row] { return reader->code(row); };
      source.dictionary = [reader] { return reader->dictionary(); };
      source.dictionary_size = [reader] { return reader->dictionary_size(); };
      source.dictionary_table = [reader, id](const plan::Expression& expression) {
        return reader->table(expression, id);
      };
      source.numbers = [reader] { return reader->numbers(What::kNumbers); };
      source.ranks = [reader] { return reader->numbers(What::kRanks); };
      source.hashes = [reader] { return reader->numbers(What::kHashes); };
    }
    c.e.define(id, std::move(source));
  }
}

ScanSpec::BoundPlaces places_of(QueryCompiler& c, const plan::ScanBound& bound) {
  if (bound.value) return {{c.e.hoist(*bound.value)}, {}, {}};
  const plan::SetDefinition& set = c.e.plan.sets[bound.set];
  ScanSpec::BoundPlaces places;
  if (set.array) {
    const Type element = set.array->type.base().element();
    if (set.array->type.can_be_null() || element.base() != set.types[0] ||
        element.is_low_cardinality())
      return places;
    return {{c.e.hoist(*set.array)}, {}, element};
  }
  for (const auto& row : set.rows) {
    (row[0]->type.can_be_null() ? places.nullable_values : places.values)
        .push_back(c.e.hoist(*row[0]));
  }
  return places;
}

PipelineStage scan_stage(QueryCompiler& c, const plan::Node& node) {
  PipelineStage stage;
  stage.source = PipelineStage::Source::kScan;
  stage.scan = static_cast<uint32_t>(c.program.scans.size());
  stage.text = "scan " + node.table->name;
  c.program.scans.push_back({&node, node.scan_columns, {}, {}, {}});
  for (const plan::ScanBound& bound : node.bounds) {
    c.program.scans[stage.scan].bound_places.push_back(places_of(c, bound));
  }
  return stage;
}

}  // namespace

void produce_scan(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  const PipelineStage stage = scan_stage(c, node);
  c.pipeline(stage, consumer, [&](const std::function<void()>& row_code) {
    const Readers readers = readers_of(c, stage.scan, node);
    c.scan_loop(false, [&](const QueryCompiler::ScanRow& row) {
      c.e.scoped([&] {
        define_columns(c, node, readers, row);
        row_code();
      });
    });
  });
}

// Simple conditions become filters of blocks; the others are tested row by row.
void produce_filtered_scan(QueryCompiler& c, const plan::Node& node,
                           const plan::ExpressionPtr& predicate, const Consumer& consumer) {
  const PipelineStage stage = scan_stage(c, node);
  std::vector<plan::ExpressionPtr> conditions;
  plan::split_conjunction(predicate, conditions);
  c.pipeline(stage, consumer, [&](const std::function<void()>& row_code) {
    const Readers readers = readers_of(c, stage.scan, node);
    define_columns(c, node, readers, {});  // to recognise what depends on one column only
    BlockConditions split;
    for (const auto& condition : conditions) {
      split.add(c, stage.scan, node, condition,
                [&](size_t i) { return readers[i]->table_index(*condition, node.output[i].id); });
    }
    const bool filtered = !c.program.scans[stage.scan].filters.empty();
    c.scan_loop(filtered, [&](const QueryCompiler::ScanRow& row) {
      c.e.scoped([&] {
        define_columns(c, node, readers, row);
        split.where(c, row_code);
      });
    });
  });
}

}  // namespace sp::codegen
