// Expressions over one dictionary-encoded column: evaluated once for each entry of the dictionary,
// then looked up by code. `channel = 'x'`, LIKE, match, JSONExtractString(metadata, ...) cost one
// load a row.

#include <llvm/IR/Constants.h>

#include <algorithm>

#include "compiler/codegen/emitter.h"

namespace sp::codegen {
namespace {

struct Walk {
  const Emitter& emitter;
  std::vector<plan::ColumnId> columns;  // distinct, of scans, dictionary-encoded
  std::vector<plan::ColumnId> bound;    // lambda parameters
  bool total = true;
  bool work = false;  // does more than pass values on

  bool visit(const plan::Expression& e) {
    switch (e.kind) {
      case plan::Expression::Kind::kParameter: return true;
      case plan::Expression::Kind::kColumn: {
        if (std::find(bound.begin(), bound.end(), e.column) != bound.end()) return true;
        const ColumnSource* source = emitter.source_of(e.column);
        if (source == nullptr) return false;
        if (source->expression) return visit(*source->expression);
        if (source->dictionary_column == kNone) return false;
        if (std::find(columns.begin(), columns.end(), e.column) == columns.end())
          columns.push_back(e.column);
        return true;
      }
      case plan::Expression::Kind::kLambda:
        bound.insert(bound.end(), e.lambda_columns.begin(), e.lambda_columns.end());
        break;
      case plan::Expression::Kind::kInSet: work = true; break;
      case plan::Expression::Kind::kCall:
        if (!e.function.deterministic) return false;
        total = total && e.function.total;
        work = work || e.function.intrinsic == Intrinsic::kNone ||
               e.function.intrinsic == Intrinsic::kStringEquals ||
               e.function.intrinsic == Intrinsic::kStringNotEquals;
        break;
    }
    for (const auto& arg : e.args) {
      if (!visit(*arg)) return false;
    }
    return true;
  }
};

}  // namespace

std::optional<plan::ColumnId> Emitter::dictionary_source(const plan::Expression& e) {
  if (in_dictionary_ > 0 || hoisting_ || e.kind == plan::Expression::Kind::kColumn)
    return std::nullopt;
  Walk walk{*this, {}, {}};
  if (!walk.visit(e) || walk.columns.size() != 1 || !walk.total || !walk.work) return std::nullopt;
  if (!source_of(walk.columns[0])->dictionary_table) return std::nullopt;
  return walk.columns[0];
}

std::optional<std::vector<plan::ColumnId>> Emitter::dictionary_sources(
    const std::vector<plan::ExpressionPtr>& expressions) {
  Walk walk{*this, {}, {}};
  for (const auto& e : expressions) {
    if (!walk.visit(*e)) return std::nullopt;
  }
  if (walk.columns.empty()) return std::nullopt;
  return walk.columns;
}

// value = table != null ? table[code] : expression(column)
SqlValue Emitter::emit_by_dictionary(const plan::Expression& e, plan::ColumnId column) {
  const ColumnSource& source = *source_of(column);
  llvm::Value* table = source.dictionary_table(e);
  llvm::Value* code = source.code();  // here, where every row needs it
  const uint64_t size = slot_layout(e.type).size;
  return lazily(
      gen.b.CreateICmpNE(table, llvm::ConstantPointerNull::get(gen.b.getPtrTy())), e.type,
      [&] {
        llvm::Value* offset = gen.b.CreateMul(code, gen.u64(size));
        llvm::Value* slot = gen.b.CreateInBoundsGEP(gen.i8(), table, offset, e.name + ".entry");
        return load_slot(gen, slot, e.type, e.name, true);
      },
      [&] {
        ++in_dictionary_;
        SqlValue value = e.kind == plan::Expression::Kind::kInSet ? emit_in_set(e)
                                                                  : retyped(emit_call(e), e.type);
        --in_dictionary_;
        return value;
      },
      "by.code");
}

llvm::Value* Emitter::unless_known(llvm::Value* known, const plan::Expression& e) {
  const Type type = Type::of(TypeKind::kBool);
  const SqlValue passes = lazily(
      known, type, [&] { return from_condition(gen, gen.b.getTrue(), nullptr, type); },
      [&] {
        ++in_dictionary_;
        const SqlValue value = e.kind == plan::Expression::Kind::kInSet
                                   ? emit_in_set(e)
                                   : retyped(emit_call(e), e.type);
        llvm::Value* condition = as_condition(gen, value);
        --in_dictionary_;
        return from_condition(gen, condition, nullptr, type);
      },
      "unless.known");
  return as_condition(gen, passes);
}

// void table(state, dictionary, size, out):
//   for (i = 0; i < size; ++i) out[i] = expression(dictionary[i]);  out[size] = expression(NULL)
uint32_t Emitter::dictionary_function(const plan::Expression& e, plan::ColumnId column,
                                      Type column_type) {
  const Gen::Nested nested(gen);
  auto outer = fresh_scope();
  scope_->sources = outer->sources;
  ++in_dictionary_;
  const uint32_t lazy = std::exchange(lazy_depth_, 0);
  const std::string name = unique_name("dictionary");
  gen.begin_function(name, gen.b.getVoidTy(), {gen.ptr(), gen.ptr(), gen.i64(), gen.ptr()},
                     {"state", "dictionary", "size", "out"}, true);
  llvm::Function* const function = gen.fn();
  const uint64_t size = slot_layout(e.type).size;
  const auto entry = [&](llvm::Value* index, const SqlValue& value) {
    scoped([&] {
      define_value(column, value);
      llvm::Value* out = gen.b.CreateInBoundsGEP(gen.i8(), function->getArg(3),
                                                 gen.b.CreateMul(index, gen.u64(size)));
      store_stable(gen, *this, out, emit(e), e.type);
    });
  };
  gen.for_range(
      gen.u64(0), function->getArg(2),
      [&](llvm::Value* i) {
        llvm::Value* slot = gen.b.CreateInBoundsGEP(gen.i8(), function->getArg(1),
                                                    gen.b.CreateMul(i, gen.u64(16)), "entry");
        entry(i, {column_type, slot, nullptr, true});
      },
      "entries");
  entry(function->getArg(2), default_value(gen, column_type, column_type.can_be_null()));
  gen.end_function();
  --in_dictionary_;
  lazy_depth_ = lazy;
  restore(std::move(outer));
  return add_function(name);
}

}  // namespace sp::codegen
