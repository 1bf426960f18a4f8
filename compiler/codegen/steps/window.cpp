// Window: rows are materialised and sorted by (partition, order); then one generated function runs
// over each partition and writes every function's result into its slot of the row.
//   for (i = begin; i < end; ++i) {
//     frame = [from, to) of row i; rows[i].out = function(rows[from .. to))
//   }
// Aggregates: window_aggregate.h.

#include <llvm/IR/Constants.h>

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"
#include "compiler/codegen/steps/key_range.h"
#include "compiler/codegen/steps/sorted_rows.h"
#include "compiler/codegen/steps/window_aggregate.h"
#include "compiler/codegen/steps/window_frame.h"

namespace sp::codegen {
namespace {

using Kind = plan::WindowFunction::Kind;

class PartitionFunction {
 public:
  PartitionFunction(QueryCompiler& c, const plan::Node& node, const SortedRows& rows,
                    const std::vector<uint32_t>& outputs)
      : c_(c),
        gen_(c.gen),
        node_(node),
        rows_(rows),
        outputs_(outputs) {}

  // void(state, rows, begin, end)
  uint32_t emit() {
    const Gen::Nested nested(gen_);
    auto outer = c_.e.fresh_scope();
    const std::string name = c_.e.unique_name("window");
    std::vector<OrderKey> order(
        rows_.order.begin() + static_cast<ptrdiff_t>(node_.partition_by.size()), rows_.order.end());
    llvm::Function* peers = same_rows(c_.e, order, true);
    gen_.begin_function(name, gen_.b.getVoidTy(), {gen_.ptr(), gen_.ptr(), gen_.i64(), gen_.i64()},
                        {"state", "rows", "begin", "end"}, true);
    part_ = {&c_, gen_.fn()->getArg(1), gen_.fn()->getArg(2), gen_.fn()->getArg(3), peers, order};
    for (size_t i = 0; i < node_.window_functions.size(); ++i) {
      c_.e.scoped([&] { function(node_.window_functions[i], outputs_[i]); });
    }
    gen_.end_function();
    c_.e.restore(std::move(outer));
    return c_.e.add_function(name);
  }

 private:
  llvm::Value* variable(const char* name, llvm::Value* initial) {
    llvm::Value* place = gen_.entry_alloca(8, 8, name);
    gen_.store(initial, place, 0);
    return place;
  }
  std::function<llvm::Value*()> going_on() {
    return [this] { return c_.e.going_on(); };
  }
  llvm::Value* get(llvm::Value* place) { return gen_.load(gen_.i64(), place, 0, "value"); }

  void write(const plan::WindowFunction& f, uint32_t offset, llvm::Value* i, SqlValue value) {
    value.type = f.type;
    store_stable(gen_, c_.e, gen_.offset(part_.row(i), offset), value, f.type);
  }
  void write_number(const plan::WindowFunction& f, uint32_t offset, llvm::Value* i,
                    llvm::Value* number) {
    llvm::Type* type = value_type(gen_, f.type);
    if (!number->getType()->isDoubleTy()) number = gen_.b.CreateIntCast(number, type, false);
    write(f, offset, i, {f.type, number, nullptr, true});
  }
  // The function's argument in row j.
  SqlValue argument(const plan::ExpressionPtr& expression, llvm::Value* j) {
    c_.define_row(rows_.columns, part_.row(j));
    return c_.e.emit(*expression);
  }
  // inside ? argument of row j : otherwise
  void write_from(const plan::WindowFunction& f, uint32_t offset, llvm::Value* i,
                  llvm::Value* inside, llvm::Value* j) {
    c_.e.branch(
        inside, [&] { write(f, offset, i, argument(f.args[0], j)); },
        [&] {
          SqlValue absent = default_value(gen_, f.type, f.type.can_be_null());
          if (f.args.size() > 2) absent = argument(f.args[2], i);
          write(f, offset, i, absent);
        },
        "inside");
  }
  llvm::Value* whole(const plan::ExpressionPtr& expression, llvm::Value* i) {
    const SqlValue value = argument(expression, i);
    return gen_.b.CreateIntCast(value.value, gen_.i64(), is_signed(value.type), "count");
  }

  void function(const plan::WindowFunction& f, uint32_t offset) {
    switch (f.kind) {
      case Kind::kAggregate: return WindowAggregate(c_, part_, rows_.columns, f, offset).emit();
      case Kind::kRowNumber:
      case Kind::kNtile: return numbered(f, offset);
      case Kind::kRank:
      case Kind::kDenseRank:
      case Kind::kPercentRank:
      case Kind::kCumeDist: return ranked(f, offset);
      default: return shifted(f, offset);
    }
  }

  void numbered(const plan::WindowFunction& f, uint32_t offset) {
    auto& b = gen_.b;
    gen_.for_range(
        part_.begin, part_.end,
        [&](llvm::Value* i) {
          c_.e.scoped([&] {
            llvm::Value* number = b.CreateSub(i, part_.begin);
            if (f.kind == Kind::kNtile) {
              // The first (rows % buckets) buckets have one row more.
              llvm::Value* rows = b.CreateSub(part_.end, part_.begin);
              llvm::Value* buckets = whole(f.args[0], i);
              buckets = b.CreateSelect(b.CreateICmpSGT(buckets, gen_.u64(0)), buckets, gen_.u64(1));
              llvm::Value* small = b.CreateUDiv(rows, buckets);
              llvm::Value* larger = b.CreateURem(rows, buckets);
              llvm::Value* in_larger = b.CreateMul(larger, b.CreateAdd(small, gen_.u64(1)));
              llvm::Value* divisor =
                  b.CreateSelect(b.CreateICmpEQ(small, gen_.u64(0)), gen_.u64(1), small);
              number = b.CreateSelect(
                  b.CreateICmpULT(number, in_larger),
                  b.CreateUDiv(number, b.CreateAdd(small, gen_.u64(1))),
                  b.CreateAdd(larger, b.CreateUDiv(b.CreateSub(number, in_larger), divisor)));
            }
            write_number(f, offset, i, b.CreateAdd(number, gen_.u64(1)));
          });
        },
        "numbered", going_on());
  }

  void ranked(const plan::WindowFunction& f, uint32_t offset) {
    auto& b = gen_.b;
    llvm::Value* rank = variable("rank", gen_.u64(1));
    llvm::Value* dense = variable("dense", gen_.u64(1));
    llvm::Value* peers_end = variable("peers.end", part_.begin);
    llvm::Value* rows = b.CreateSub(part_.end, part_.begin);
    gen_.for_range(
        part_.begin, part_.end,
        [&](llvm::Value* i) {
          gen_.if_(
              part_.starts_peers(i),
              [&] {
                gen_.store(b.CreateAdd(b.CreateSub(i, part_.begin), gen_.u64(1)), rank, 0);
                llvm::Value* first = b.CreateICmpEQ(i, part_.begin);
                gen_.store(b.CreateAdd(get(dense), b.CreateSelect(first, gen_.u64(0), gen_.u64(1))),
                           dense, 0);
              },
              {}, "new.peers");
          llvm::Value* result = nullptr;
          const auto real = [&](llvm::Value* v) { return b.CreateUIToFP(v, b.getDoubleTy()); };
          if (f.kind == Kind::kRank) result = get(rank);
          if (f.kind == Kind::kDenseRank) result = get(dense);
          if (f.kind == Kind::kPercentRank) {
            llvm::Value* others = b.CreateSub(rows, gen_.u64(1));
            llvm::Value* ratio =
                b.CreateFDiv(real(b.CreateSub(get(rank), gen_.u64(1))), real(others));
            result = b.CreateSelect(b.CreateICmpEQ(others, gen_.u64(0)),
                                    llvm::ConstantFP::get(b.getDoubleTy(), 0), ratio);
          }
          if (f.kind == Kind::kCumeDist) {
            part_.advance_peers_end(peers_end, i);
            result = b.CreateFDiv(real(b.CreateSub(get(peers_end), part_.begin)), real(rows));
          }
          write_number(f, offset, i, result);
        },
        "ranked", going_on());
  }

  void shifted(const plan::WindowFunction& f, uint32_t offset) {
    auto& b = gen_.b;
    WindowFrame frame(part_, f,
                      [&](const plan::ExpressionPtr& e, llvm::Value* i) { return argument(e, i); });
    gen_.for_range(
        part_.begin, part_.end,
        [&](llvm::Value* i) {
          c_.e.scoped([&] {
            llvm::Value *from = part_.begin, *to = part_.end;
            if (f.kind != Kind::kLag && f.kind != Kind::kLead) std::tie(from, to) = frame.of(i);
            llvm::Value* j = nullptr;
            switch (f.kind) {
              case Kind::kFirstValue: j = from; break;
              case Kind::kLastValue: j = b.CreateSub(to, gen_.u64(1)); break;
              case Kind::kNthValue:
                j = b.CreateAdd(from, b.CreateSub(whole(f.args[1], i), gen_.u64(1)));
                break;
              case Kind::kLag:
              case Kind::kLagInFrame:
                j = b.CreateSub(i, f.args.size() > 1 ? whole(f.args[1], i) : gen_.u64(1));
                break;
              default:
                j = b.CreateAdd(i, f.args.size() > 1 ? whole(f.args[1], i) : gen_.u64(1));
                break;
            }
            llvm::Value* inside =
                b.CreateAnd(b.CreateICmpSGE(j, from), b.CreateICmpSLT(j, to), "in.frame");
            write_from(f, offset, i, inside, j);
          });
        },
        "shifted", going_on());
  }

  QueryCompiler& c_;
  Gen& gen_;
  const plan::Node& node_;
  const SortedRows& rows_;
  const std::vector<uint32_t>& outputs_;
  WindowPartition part_;
};

// Which of the partition's expressions is the leading key.
size_t place_of_leading(const plan::Node& node, uint32_t leading) {
  for (size_t i = 0; i < node.partition_by.size(); ++i) {
    if (leading_key_of(*node.inputs[0], {node.partition_by[i]}) == leading) return i;
  }
  return node.partition_by.size();
}

void place_rank(QueryCompiler&, const plan::Node& node, uint32_t leading, SortedRows& rows,
                KeyRangeStage& range) {
  const size_t place = place_of_leading(node, leading);
  if (place == node.partition_by.size()) return;
  rows.ranked = node.partition_by[place].get();
  rows.rank_offset = range.rank_offset = rows.row_size;
  rows.row_size += sizeof(uint64_t);
}

// Compares rows of one leading key.
uint32_t order_within_key(QueryCompiler& c, const plan::Node& node, uint32_t leading,
                          const SortedRows& rows) {
  std::vector<OrderKey> order = rows.order;
  order.erase(order.begin() + static_cast<ptrdiff_t>(place_of_leading(node, leading)));
  return compare_function(c.e, order);
}

}  // namespace

void produce_window(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  std::vector<plan::SortKey> keys;
  for (const auto& expression : node.partition_by) keys.push_back({expression, false, false});
  keys.insert(keys.end(), node.sort_keys.begin(), node.sort_keys.end());
  SortedRows rows = sorted_layout(c, node.inputs[0]->output, keys);
  std::vector<uint32_t> outputs;
  std::vector<RowColumn> columns = rows.columns;
  for (const auto& f : node.window_functions) {
    const SlotLayout layout = slot_layout(f.type);
    const uint32_t offset = (rows.row_size + layout.align - 1) / layout.align * layout.align;
    rows.row_size = (offset + layout.size + 7) / 8 * 8;
    outputs.push_back(offset);
    columns.push_back({f.output, f.type, offset, f.name});
  }
  const uint32_t leading =
      c.e.options.use_order ? leading_key_of(*node.inputs[0], node.partition_by) : kNone;
  KeyRangeStage range;
  if (leading != kNone) place_rank(c, node, leading, rows, range);
  const uint32_t row_set = materialise_sorted(c, rows, *node.inputs[0]);
  if (leading != kNone) {
    range.gather = std::get<GatherStage>(c.program.stages.back());
    c.program.stages.pop_back();
    range.scan = take_pipeline(c);
  }
  const uint32_t compare = rows.order.empty() ? kNone : compare_function(c.e, rows.order);
  if (compare != kNone && leading == kNone) {
    SortStage sort{row_set, compare};
    sort.prefix = prefix_function(c.e, rows.order, &sort.prefix_is_whole);
    c.add_stage(sort);
  }
  WindowStage stage;
  stage.row_set = row_set;
  if (!node.partition_by.empty()) {
    stage.same_partition =
        same_function(c.e, {rows.order.begin(),
                            rows.order.begin() + static_cast<ptrdiff_t>(node.partition_by.size())});
  }
  stage.function = PartitionFunction(c, node, rows, outputs).emit();
  if (leading == kNone) c.add_stage(stage);
  if (leading == kNone) return c.produce_rows(row_set, columns, consumer, "window rows");
  // The rows' memory is a task's.
  c.produce_row_pointers(
      row_set,
      [&](llvm::Value* row) {
        for (size_t i = 0; i < columns.size(); ++i) {
          const bool own = i >= rows.own->size() || rows.own->at(i);
          c.define_row({columns[i]}, row, !own || !has_pointers(columns[i].type));
        }
      },
      consumer, "window rows");
  range.column = leading;
  range.row_size = rows.row_size;
  range.sort = {row_set, compare};
  range.whole_keys = node.partition_by.size() == 1;
  if (rows.rank_offset != kNone && rows.order.size() > 1)
    range.order = order_within_key(c, node, leading, rows);
  range.window = stage;
  range.emit = take_pipeline(c);
  c.add_stage(range);
}

}  // namespace sp::codegen
