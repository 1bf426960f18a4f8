// Join: the right side becomes a hash table of rows, the left side probes it.
//   build:  row = append(buffer); row = {hash, keys, columns}
//   probe:  for (row = first(table, hash, keys); row; row = next(row))
//             if (residual) { left and right columns: row }
//           LEFT: once more with default values if nothing matched; SEMI, ANTI, ANY: at most once
//   after:  RIGHT, FULL: rows of the table that nothing matched, with default values for the left
//           columns

#include "runtime/exec/join_table.h"

#include <llvm/IR/Constants.h>

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {
namespace {

using sql::JoinKind;
using sql::JoinStrictness;

struct Join {
  const plan::Node* node = nullptr;
  KeyLayout keys;  // offsets of all keys; ASOF: the last is the inequality
  size_t equal_keys = 0;
  std::vector<RowColumn> columns;  // of the right side, in its rows
  uint32_t row_size = 0;
  uint32_t object = kNone;
  llvm::Function* equal = nullptr;
  llvm::Function* satisfies = nullptr;
  bool keeps_left = false, keeps_right = false, asof = false;

  JoinStrictness strictness() const { return node->strictness; }
};

// bool(row, probe): left op right for ASOF's last key.
llvm::Function* asof_function(QueryCompiler& c, const Join& join) {
  Gen& gen = c.gen;
  const Gen::Nested nested(gen);
  llvm::Function* function = gen.begin_function(c.e.unique_name("asof"), gen.i1(),
                                                {gen.ptr(), gen.ptr()}, {"row", "probe"}, true);
  function->addRetAttr(llvm::Attribute::ZExt);
  const Type type = join.keys.types.back();
  const uint32_t offset = join.keys.offsets.back();
  const SqlValue right =
      load_slot(gen, gen.offset(function->getArg(0), offset), type, "right", true);
  const SqlValue left = load_slot(gen, gen.offset(function->getArg(1), offset), type, "left", true);
  llvm::Value* order = order_values(gen, c.e, left, right, false, false);
  llvm::Value* zero = gen.b.getInt32(0);
  using Op = plan::ScanBound::Op;
  llvm::Value* holds = nullptr;
  switch (join.node->asof_op) {
    case Op::kLess: holds = gen.b.CreateICmpSLT(order, zero); break;
    case Op::kLessOrEquals: holds = gen.b.CreateICmpSLE(order, zero); break;
    case Op::kGreater: holds = gen.b.CreateICmpSGT(order, zero); break;
    default: holds = gen.b.CreateICmpSGE(order, zero); break;
  }
  gen.end_function(holds);
  return function;
}

std::vector<SqlValue> emit_keys(QueryCompiler& c, const Join& join,
                                const std::vector<plan::ExpressionPtr>& keys, llvm::Value*& null) {
  std::vector<SqlValue> values;
  null = nullptr;
  for (size_t i = 0; i < keys.size(); ++i) {
    values.push_back(c.e.emit(*keys[i]));
    const bool null_safe = i < join.node->null_safe.size() && join.node->null_safe[i] != 0;
    if (values[i].null != nullptr && !null_safe) {
      null = null == nullptr ? values[i].null : c.gen.b.CreateOr(null, values[i].null);
    }
    values[i].type = join.keys.types[i];
  }
  return values;
}

llvm::Value* hash_of(QueryCompiler& c, const Join& join, std::vector<SqlValue> keys) {
  keys.resize(join.equal_keys);
  return c.e.hash(keys);
}

void build(QueryCompiler& c, Join& join) {
  const plan::Node& right = *join.node->inputs[1];
  const uint32_t local =
      c.e.add_local({.kind = LocalSpec::Kind::kRowBuffer, .row_size = join.row_size});
  Consumer sink;
  sink.ordered_locals = {local};
  sink.row = [&c, &join, local] {
    Gen& gen = c.gen;
    llvm::Value* null = nullptr;
    const auto keys = emit_keys(c, join, join.node->right_keys, null);
    const auto append = [&](bool linked) {
      std::vector<SqlValue> values;
      for (const RowColumn& column : join.columns) values.push_back(c.e.column(column.id));
      llvm::Value* hash = linked ? hash_of(c, join, keys) : nullptr;
      llvm::Value* row =
          gen.runtime_call(SP_SYMBOL(sp_row_buffer_append), {c.e.local(local)}, "row");
      if (linked)
        gen.runtime_call(SP_SYMBOL(sp_join_row_init), {row, hash});
      else
        gen.runtime_call(SP_SYMBOL(sp_join_row_init_null), {row});
      for (size_t i = 0; i < keys.size(); ++i) {
        store_stable(gen, c.e, gen.offset(row, join.keys.offsets[i]), keys[i], join.keys.types[i]);
      }
      for (size_t i = 0; i < values.size(); ++i) {
        store_stable(gen, c.e, gen.offset(row, join.columns[i].offset), values[i],
                     join.columns[i].type);
      }
    };
    if (null == nullptr)
      append(true);
    else
      c.e.branch(
          null,
          [&] {
            if (join.keeps_right) append(false);
          },
          [&] { append(true); }, "null.key");
  };
  c.produce(right, sink);
  JoinStage stage;
  stage.local = local;
  stage.object = join.object;
  if (join.asof) {
    using Op = plan::ScanBound::Op;
    const bool ascending =
        join.node->asof_op == Op::kGreater || join.node->asof_op == Op::kGreaterOrEquals;
    stage.keys_equal = c.e.add_function(join.equal->getName().str());
    stage.asof_compare = compare_function(
        c.e, {{join.keys.types.back(), join.keys.offsets.back(), !ascending, false}});
  }
  c.add_stage(stage);
}

// A row with default values, for left rows without a match.
llvm::Value* default_row(QueryCompiler& c, const Join& join) {
  Gen& gen = c.gen;
  llvm::Value* row = gen.entry_alloca(join.row_size, 8, "no.match");
  return gen.invariant("default." + std::to_string(join.object), [&] {
    gen.zero(row, join.row_size);
    for (const RowColumn& column : join.columns) {
      if (column.type.can_be_null()) {
        gen.store(gen.b.getInt8(1), row, column.offset + slot_layout(column.type.base()).size);
      } else if (!default_is_zeros(column.type)) {
        store_slot(gen, gen.offset(row, column.offset), default_value(gen, column.type, false),
                   column.type);
      }
    }
    return row;
  });
}

class Probe {
 public:
  Probe(QueryCompiler& c, const Join& join, const Consumer& consumer)
      : c_(c),
        gen_(c.gen),
        join_(join),
        consumer_(consumer) {}

  void emit() {
    null_ = llvm::ConstantPointerNull::get(gen_.b.getPtrTy());
    llvm::Value* null_key = nullptr;
    const auto keys = emit_keys(c_, join_, join_.node->left_keys, null_key);
    probe_ = gen_.entry_alloca(join_.row_size, 8, "probe");
    current_ = gen_.entry_alloca(8, 8, "match");
    for (size_t i = 0; i < keys.size(); ++i) {
      store_slot(gen_, gen_.offset(probe_, join_.keys.offsets[i]), keys[i], join_.keys.types[i]);
    }
    const auto find = [&] {
      llvm::Value* hash = hash_of(c_, join_, keys);
      llvm::Value* table = c_.e.object(join_.object);
      llvm::Value* first =
          join_.asof
              ? gen_.runtime_call(SP_SYMBOL(sp_join_asof),
                                  {table, hash, join_.equal, probe_, join_.satisfies}, "first")
              : gen_.runtime_call(SP_SYMBOL(sp_join_first), {table, hash, join_.equal, probe_},
                                  "first");
      gen_.store(first, current_, 0);
    };
    if (null_key == nullptr) {
      find();
    } else {
      gen_.store(null_, current_, 0);
      c_.e.branch(gen_.b.CreateNot(null_key), find, {}, "probe");
    }
    const JoinStrictness strictness = join_.strictness();
    const bool left_once =
        strictness == JoinStrictness::kAsof ||
        (join_.node->join != JoinKind::kRight &&
         (strictness == JoinStrictness::kAny || strictness == JoinStrictness::kSemi ||
          strictness == JoinStrictness::kAnti));
    if (left_once)
      once();
    else
      all();
  }

 private:
  llvm::Value* current() { return gen_.load(gen_.ptr(), current_, 0, "match"); }
  llvm::Value* exists(llvm::Value* row) { return gen_.b.CreateICmpNE(row, null_, "exists"); }
  void next(llvm::Value* row) {
    if (join_.asof)
      gen_.store(null_, current_, 0);
    else
      gen_.store(gen_.runtime_call(SP_SYMBOL(sp_join_next), {row, join_.equal, probe_}, "next"),
                 current_, 0);
  }
  // while (match && !residual(match)) match = next(match)
  void skip_to_match() {
    if (!join_.node->predicate) return;
    gen_.while_(
        [&] {
          llvm::Value* wanted = gen_.entry_alloca(1, 8, "skip");
          gen_.store(gen_.b.getInt8(0), wanted, 0);
          llvm::Value* row = current();
          c_.e.branch(
              exists(row),
              [&] {
                c_.define_row(join_.columns, row);
                llvm::Value* holds = c_.e.condition(*join_.node->predicate);
                gen_.store(gen_.b.CreateZExt(gen_.b.CreateNot(holds), gen_.i8()), wanted, 0);
              },
              {}, "residual");
          llvm::Value* skips =
              gen_.b.CreateICmpNE(gen_.load(gen_.i8(), wanted, 0, "skip"), gen_.b.getInt8(0));
          return gen_.b.CreateAnd(skips, c_.e.going_on());
        },
        [&] { next(current()); }, "skip");
  }
  void consume(llvm::Value* row) {
    c_.e.scoped([&] {
      c_.define_row(join_.columns, row);
      consumer_.row();
    });
  }
  void mark(llvm::Value* row) {
    if (!join_.keeps_right) return;
    gen_.if_(exists(row), [&] { gen_.runtime_call(SP_SYMBOL(sp_join_mark), {row}); }, {}, "mark");
  }

  void once() {
    skip_to_match();
    llvm::Value* row = current();
    mark(row);
    const JoinStrictness strictness = join_.strictness();
    if (strictness == JoinStrictness::kAnti) {
      c_.e.branch(
          gen_.b.CreateNot(exists(row)), [&] { consume(default_row(c_, join_)); }, {}, "no.match");
    } else if (join_.keeps_left && strictness != JoinStrictness::kSemi) {
      consume(gen_.b.CreateSelect(exists(row), row, default_row(c_, join_), "right"));
    } else {
      c_.e.branch(
          exists(row),
          [&] {
            if (strictness != JoinStrictness::kAny) {
              consume(row);
              return;
            }
            llvm::Value* claimed = gen_.runtime_call(SP_SYMBOL(sp_join_claim), {row}, "claimed");
            c_.e.branch(
                gen_.b.CreateICmpNE(claimed, gen_.b.getInt8(0)), [&] { consume(row); }, {},
                "claimed");
          },
          {}, "matched");
    }
  }

  void all() {
    const JoinStrictness strictness = join_.strictness();
    const bool claims = join_.node->join == JoinKind::kRight &&
                        (strictness == JoinStrictness::kSemi || strictness == JoinStrictness::kAny);
    const bool silent = join_.node->join == JoinKind::kRight && strictness == JoinStrictness::kAnti;
    llvm::Value* matched = join_.keeps_left ? gen_.entry_alloca(1, 8, "matched") : nullptr;
    if (matched != nullptr) gen_.store(gen_.b.getInt8(0), matched, 0);
    gen_.while_(
        [&] {
          skip_to_match();
          llvm::Value* more = exists(current());
          if (matched == nullptr) return gen_.b.CreateAnd(more, c_.e.going_on());
          llvm::Value* none =
              gen_.b.CreateICmpEQ(gen_.load(gen_.i8(), matched, 0, "matched"), gen_.b.getInt8(0));
          return gen_.b.CreateAnd(gen_.b.CreateOr(more, none), c_.e.going_on(), "more");
        },
        [&] {
          llvm::Value* row = current();
          if (matched != nullptr) gen_.store(gen_.b.getInt8(1), matched, 0);
          if (claims) {
            llvm::Value* claimed = gen_.runtime_call(SP_SYMBOL(sp_join_claim), {row}, "claimed");
            c_.e.branch(
                gen_.b.CreateICmpNE(claimed, gen_.b.getInt8(0)), [&] { consume(row); }, {},
                "claimed");
          } else {
            mark(row);
            if (!silent) {
              consume(matched == nullptr
                          ? row
                          : gen_.b.CreateSelect(exists(row), row, default_row(c_, join_), "right"));
            }
          }
          if (!gen_.open()) return;
          llvm::Value* again = current();
          gen_.if_(exists(again), [&] { next(again); }, {}, "advance");
        },
        "matches");
  }

  QueryCompiler& c_;
  Gen& gen_;
  const Join& join_;
  const Consumer& consumer_;
  llvm::Value *probe_ = nullptr, *current_ = nullptr, *null_ = nullptr;
};

}  // namespace

void produce_join(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  Join join;
  join.node = &node;
  join.asof = node.strictness == JoinStrictness::kAsof;
  join.keeps_left = node.join == JoinKind::kLeft || node.join == JoinKind::kFull;
  const bool all_right =
      node.strictness == JoinStrictness::kAll || node.strictness == JoinStrictness::kDefault ||
      node.strictness == JoinStrictness::kAny || node.strictness == JoinStrictness::kAnti;
  join.keeps_right = node.join == JoinKind::kFull || (node.join == JoinKind::kRight && all_right);
  std::vector<Type> types;
  for (size_t i = 0; i < node.left_keys.size(); ++i) {
    const Type left = node.left_keys[i]->type.without_low_cardinality();
    types.push_back(
        left.base().with_null(left.can_be_null() || node.right_keys[i]->type.can_be_null()));
  }
  join.equal_keys = types.size() - (join.asof ? 1 : 0);
  join.keys = key_layout(types, JoinTable::kHeader);
  join.columns = QueryCompiler::row_columns(node.inputs[1]->output, join.keys.size, join.row_size);
  join.object =
      c.e.add_object({.kind = ObjectSpec::Kind::kJoinTable, .pointer = nullptr, .owner = nullptr});
  std::vector<OrderKey> equal;
  for (size_t i = 0; i < join.equal_keys; ++i)
    equal.push_back({types[i], join.keys.offsets[i], false, false});
  join.equal = same_rows(c.e, equal, true);
  if (join.asof) join.satisfies = asof_function(c, join);
  c.program.has_hash_step = true;
  build(c, join);

  Consumer probing = consumer;
  probing.row = [&c, &join, &consumer] { Probe(c, join, consumer).emit(); };
  c.produce(*node.inputs[0], probing);
  if (!join.keeps_right) return;

  UnmatchedStage unmatched{join.object, c.new_row_set()};
  c.add_stage(unmatched);
  c.produce_row_pointers(
      unmatched.row_set,
      [&](llvm::Value* row) {
        c.define_row(join.columns, row);
        for (const auto& column : node.inputs[0]->output) {
          c.e.define_value(column.id, default_value(c.gen, column.type, column.type.can_be_null()));
        }
      },
      consumer, "unmatched rows");
}

}  // namespace sp::codegen
