// Emitter: scope, constants and objects. Calls are in emit_call.cpp, inline operations in
// emit_intrinsic.cpp, lambdas in emit_lambda.cpp, IN in emit_in_set.cpp, dictionary tables in
// emit_dictionary.cpp.

#include "compiler/codegen/emitter.h"

#include "runtime/exec/aggregate_table.h"

namespace sp::codegen {
namespace {

constexpr unsigned kParamsOffset = 8, kObjectsOffset = 16, kLocalsOffset = 24;  // of ExecState
static_assert(offsetof(ExecState, params) == kParamsOffset &&
              offsetof(ExecState, objects) == kObjectsOffset &&
              offsetof(ExecState, locals) == kLocalsOffset);

uint64_t mixed(uint64_t seed, uint64_t value) {
  seed ^= value + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2);
  seed *= 0xbf58476d1ce4e5b9ULL;
  return seed ^ (seed >> 29);
}
uint64_t address(const void* pointer) { return reinterpret_cast<uint64_t>(pointer); }

}  // namespace

Emitter::Emitter(Gen& g, const plan::Plan& p, Program& out, const CodegenOptions& o)
    : gen(g),
      plan(p),
      program(out),
      options(o),
      scope_(std::make_unique<Scope>()) {
  add_local({.kind = LocalSpec::Kind::kBytes, .row_size = sizeof(Span)});  // kPlaceLocal
}

Emitter::~Emitter() = default;

std::unique_ptr<Emitter::Scope> Emitter::fresh_scope() {
  auto former = std::move(scope_);
  scope_ = std::make_unique<Scope>();
  return former;
}

void Emitter::restore(std::unique_ptr<Scope> scope) { scope_ = std::move(scope); }

void Emitter::define(plan::ColumnId column, ColumnSource source) {
  scope_->sources.insert_or_assign(column, std::move(source));
}

void Emitter::define_value(plan::ColumnId column, SqlValue value) {
  define(column, {.load = [value] { return value; }});
}

const ColumnSource* Emitter::source_of(plan::ColumnId column) const {
  const auto found = scope_->sources.find(column);
  return found == scope_->sources.end() ? nullptr : &found->second;
}

const ColumnSource* Emitter::scan_source(const plan::Expression* expression) const {
  const ColumnSource* source = nullptr;
  while (expression != nullptr && expression->kind == plan::Expression::Kind::kColumn) {
    source = source_of(expression->column);
    expression = source != nullptr ? source->expression.get() : nullptr;
  }
  return source == nullptr || source->expression || !source->numbers ? nullptr : source;
}

void Emitter::scoped(const std::function<void()>& body) {
  const size_t mark = scope_->log.size();
  body();
  while (scope_->log.size() > mark) {
    scope_->memo.erase(scope_->log.back());
    scope_->log.pop_back();
  }
}

void Emitter::branch(llvm::Value* condition, const Gen::Body& then, const Gen::Body& otherwise,
                     const char* name) {
  gen.if_(
      condition, [&] { scoped(then); },
      otherwise ? Gen::Body([&] { scoped(otherwise); }) : Gen::Body(), name);
}

// --- expressions --------------------------------------------------------------------------------

uint64_t Emitter::structure_of(const plan::Expression& e) {
  if (e.kind == plan::Expression::Kind::kColumn) {
    const ColumnSource* source = source_of(e.column);
    if (source != nullptr && source->expression) return structure_of(*source->expression);
    return mixed(1, e.column);
  }
  if (const auto known = scope_->structures.find(&e); known != scope_->structures.end())
    return known->second;
  uint64_t key = mixed(mixed(2, static_cast<uint64_t>(e.kind)), address(e.type.node()));
  key = mixed(key, e.kind == plan::Expression::Kind::kParameter ? e.slot + 1 : 0);
  if (e.kind == plan::Expression::Kind::kCall) {
    const ResolvedFunction& f = e.function;
    key = mixed(mixed(key, static_cast<uint64_t>(f.intrinsic)), static_cast<uint64_t>(f.immediate));
    key = mixed(mixed(key, address(f.symbol.name)), address(f.context.get()));
    if (!f.deterministic) key = mixed(key, address(&e));
  }
  if (e.kind == plan::Expression::Kind::kInSet) key = mixed(key, uint64_t{e.set} * 2 + e.negated);
  for (const plan::ColumnId column : e.lambda_columns) key = mixed(key, column);
  for (const auto& arg : e.args) key = mixed(key, structure_of(*arg));
  scope_->structures.emplace(&e, key);
  return key;
}

SqlValue Emitter::column(plan::ColumnId id) {
  const ColumnSource* source = source_of(id);
  SP_CHECK(source != nullptr);
  if (source->expression) return emit(*source->expression);
  const uint64_t key = mixed(1, id);
  if (const auto known = scope_->memo.find(key); known != scope_->memo.end()) return known->second;
  const SqlValue value = source->load();
  scope_->memo.emplace(key, value);
  scope_->log.push_back(key);
  return value;
}

SqlValue Emitter::emit(const plan::Expression& e) {
  if (e.kind == plan::Expression::Kind::kColumn) return retyped(column(e.column), e.type);
  if (e.kind == plan::Expression::Kind::kParameter) return emit_parameter(e);
  const uint64_t key = structure_of(e);
  if (const auto known = scope_->memo.find(key); known != scope_->memo.end()) return known->second;
  const SqlValue value = emit_uncached(e);
  scope_->memo.insert_or_assign(key, value);
  scope_->log.push_back(key);
  return value;
}

SqlValue Emitter::emit_uncached(const plan::Expression& e) {
  if (worth_hoisting(e)) {
    const uint32_t offset = hoist(e);
    return gen_constant(offset, e.type, e.name);
  }
  if (const auto source = dictionary_source(e)) return emit_by_dictionary(e, *source);
  switch (e.kind) {
    case plan::Expression::Kind::kCall: return retyped(emit_call(e), e.type);
    case plan::Expression::Kind::kInSet: return emit_in_set(e);
    default: break;
  }
  SP_CHECK(false && "an expression that yields a value");
  return {};
}

SqlValue Emitter::retyped(SqlValue value, Type type) {
  if (value.type == type) return value;
  const Type from = value.type.base(), to = type.base();
  if (from.is(TypeKind::kNothing) && !to.is(TypeKind::kNothing))
    return default_value(gen, type, true);
  value.type = type;
  if (!type.can_be_null()) value.null = nullptr;
  return value;
}

llvm::Value* Emitter::condition(const plan::Expression& predicate) {
  return as_condition(gen, emit(predicate));
}

void Emitter::where(const plan::Expression& predicate, const std::function<void()>& body) {
  const bool is_and = predicate.kind == plan::Expression::Kind::kCall &&
                      predicate.function.intrinsic == Intrinsic::kAnd &&
                      !dictionary_source(predicate) && !worth_hoisting(predicate);
  if (!is_and) {
    branch(condition(predicate), body, {}, "pass");
    return;
  }
  const std::function<void(size_t)> from = [&](size_t index) {
    if (index == predicate.args.size())
      body();
    else
      where(*predicate.args[index], [&] { from(index + 1); });
  };
  from(0);
}

SqlValue Emitter::lazily(llvm::Value* condition, Type type, const std::function<SqlValue()>& then,
                         const std::function<SqlValue()>& otherwise, const char* name) {
  struct Arm {
    SqlValue value;
    llvm::BasicBlock* block = nullptr;
  };
  Arm arms[2];
  const auto arm = [&](Arm& out, const std::function<SqlValue()>& make) {
    ++lazy_depth_;
    out.value = retyped(make(), type);
    --lazy_depth_;
    out.block = gen.b.GetInsertBlock();
  };
  branch(condition, [&] { arm(arms[0], then); }, [&] { arm(arms[1], otherwise); }, name);
  SqlValue out{type, nullptr, nullptr, arms[0].value.stable && arms[1].value.stable};
  llvm::PHINode* phi = gen.b.CreatePHI(value_type(gen, type), 2, name);
  for (const Arm& a : arms) phi->addIncoming(a.value.value, a.block);
  out.value = phi;
  if (arms[0].value.null != nullptr || arms[1].value.null != nullptr) {
    llvm::PHINode* null = gen.b.CreatePHI(gen.i1(), 2, std::string(name) + ".null");
    for (const Arm& a : arms) null->addIncoming(null_flag(gen, a.value), a.block);
    out.null = null;
  }
  return out;
}

// --- parameters and constants -------------------------------------------------------------------

llvm::Value* Emitter::params() {
  return gen.invariant("params",
                       [&] { return gen.load(gen.ptr(), state(), kParamsOffset, "params"); });
}

SqlValue Emitter::gen_constant(uint32_t offset, Type type, const std::string& name) {
  const std::string key = "param." + std::to_string(offset);
  llvm::Value* const base = params();
  llvm::Value* const slot = gen.invariant(
      key, [&] { return gen.b.CreateConstInBoundsGEP1_64(gen.i8(), base, offset, key); });
  SqlValue out{type, slot, nullptr, true};
  if (is_scalar(type)) {
    out.value = gen.invariant(key + ".value", [&] {
      return gen.load(value_type(gen, type), slot, 0, name.empty() ? "constant" : name);
    });
  }
  if (type.can_be_null()) {
    out.null =
        gen.invariant(key + ".null", [&] { return load_slot(gen, slot, type, key, true).null; });
  }
  return out;
}

SqlValue Emitter::emit_parameter(const plan::Expression& e) {
  const plan::Parameter& parameter = plan.parameters[e.slot];
  return retyped(gen_constant(parameter.offset, parameter.type, e.name), e.type);
}

namespace {
bool hoistable(const plan::Expression& e, bool lazy) {
  switch (e.kind) {
    case plan::Expression::Kind::kParameter: return true;
    case plan::Expression::Kind::kColumn: return false;
    case plan::Expression::Kind::kInSet: return false;
    case plan::Expression::Kind::kLambda: return false;
    case plan::Expression::Kind::kCall: break;
  }
  if (!e.function.deterministic || (lazy && !e.function.total)) return false;
  for (const auto& arg : e.args) {
    if (!hoistable(*arg, lazy)) return false;
  }
  return true;
}
}  // namespace

bool Emitter::worth_hoisting(const plan::Expression& e) const {
  return !hoisting_ && e.kind == plan::Expression::Kind::kCall && hoistable(e, lazy_depth_ > 0);
}

uint32_t Emitter::hoist(const plan::Expression& e) {
  if (e.kind == plan::Expression::Kind::kParameter && plan.parameters[e.slot].type == e.type) {
    return plan.parameters[e.slot].offset;
  }
  const uint64_t key = structure_of(e);
  if (const auto known = hoisted_.find(key); known != hoisted_.end()) return known->second;
  const SlotLayout layout = slot_layout(e.type);
  const uint32_t offset = (program.params_size + layout.align - 1) / layout.align * layout.align;
  program.params_size = offset + layout.size;
  hoisted_.emplace(key, offset);
  pending_.emplace_back(&e, offset);
  return offset;
}

uint32_t Emitter::finish_constants() {
  if (pending_.empty()) return kNone;
  const std::string name = unique_name("constants");
  const Gen::Nested nested(gen);
  auto outer = fresh_scope();
  hoisting_ = true;
  const uint32_t lazy = lazy_depth_;
  lazy_depth_ = 0;
  gen.begin_function(name, gen.b.getVoidTy(), {gen.ptr()}, {"state"}, true);
  for (const auto& [expression, offset] : pending_) {
    const SqlValue value = emit(*expression);
    store_stable(gen, *this, gen.offset(params(), offset), value, expression->type);
  }
  gen.end_function();
  hoisting_ = false;
  lazy_depth_ = lazy;
  restore(std::move(outer));
  pending_.clear();
  return add_function(name);
}

// --- objects ------------------------------------------------------------------------------------

uint32_t Emitter::add_object(ObjectSpec spec) {
  if (spec.kind == ObjectSpec::Kind::kPointer) {
    const auto known = object_index_.find(spec.pointer);
    if (known != object_index_.end()) return known->second;
  }
  const auto index = static_cast<uint32_t>(program.objects.size());
  if (spec.kind == ObjectSpec::Kind::kPointer) object_index_.emplace(spec.pointer, index);
  program.objects.push_back(std::move(spec));
  return index;
}

llvm::Value* Emitter::object(uint32_t index) {
  llvm::Value* const objects = gen.invariant(
      "objects", [&] { return gen.load(gen.ptr(), state(), kObjectsOffset, "objects"); });
  return gen.invariant("object." + std::to_string(index),
                       [&] { return gen.load(gen.ptr(), objects, uint64_t{index} * 8, "object"); });
}

uint32_t Emitter::add_local(LocalSpec spec) {
  program.locals.push_back(spec);
  return static_cast<uint32_t>(program.locals.size() - 1);
}

llvm::Value* Emitter::local(uint32_t index) {
  llvm::Value* const locals = gen.invariant(
      "locals", [&] { return gen.load(gen.ptr(), state(), kLocalsOffset, "locals"); });
  return gen.invariant("local." + std::to_string(index),
                       [&] { return gen.load(gen.ptr(), locals, uint64_t{index} * 8, "local"); });
}

llvm::Value* Emitter::going_on() {
  llvm::Value* stop =
      gen.invariant("stop", [&] { return gen.load(gen.ptr(), state(), 0, "stop"); });
  auto* flag = gen.b.CreateAlignedLoad(gen.i32(), stop, llvm::Align(4), "stopped");
  flag->setAtomic(llvm::AtomicOrdering::Monotonic);
  return gen.b.CreateICmpEQ(flag, gen.b.getInt32(0), "going.on");
}

llvm::Value* Emitter::slot_operations(Type type) {
  return object(add_object(
      {.kind = ObjectSpec::Kind::kPointer, .pointer = &slot_ops(type), .owner = nullptr}));
}

llvm::Value* Emitter::context_object(const std::shared_ptr<const FunctionContext>& context) {
  if (!context) return llvm::ConstantPointerNull::get(gen.b.getPtrTy());
  return object(
      add_object({.kind = ObjectSpec::Kind::kPointer, .pointer = context.get(), .owner = context}));
}

std::string Emitter::unique_name(const std::string& name) {
  return program.prefix + "_" + name + "_" + std::to_string(names_++);
}

uint32_t Emitter::add_function(const std::string& name) {
  program.functions.push_back(name);
  return static_cast<uint32_t>(program.functions.size() - 1);
}

llvm::Value* Emitter::hash(const std::vector<SqlValue>& values) {
  if (options.hash_zero) return gen.u64(0);
  llvm::Value* seed = gen.u64(0x5a17d9b1ce5eedULL);
  for (const SqlValue& value : values) seed = hash_value(gen, *this, seed, value);
  return seed;
}

}  // namespace sp::codegen
