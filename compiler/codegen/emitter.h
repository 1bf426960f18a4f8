#pragma once
// Emitter: expressions to SqlValues. Holds the row's scope (which column comes from where, loaded
// on first use, common subexpressions once), parameters, contexts and hoisted constants. Third of
// the four layers; one per query.

#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "compiler/codegen/generate.h"
#include "compiler/codegen/program.h"
#include "compiler/codegen/sql_value.h"
#include "compiler/plan/plan.h"

namespace sp::codegen {

/// Where a column of the current row comes from.
struct ColumnSource {
  std::function<SqlValue()> load = {};  ///< emits the load; called on first use in a scope
  plan::ExpressionPtr expression = {};  ///< set instead: computed from other columns
  /// Of a scan: the table column if it may be dictionary-encoded; then `code` yields its dictionary
  /// code (i64) and `dictionary` {entries pointer or null when not encoded so, size}.
  uint32_t dictionary_column = kNone;
  std::function<llvm::Value*()> code = {}, dictionary = {}, dictionary_size = {};
  /// Asks for a table over the dictionary: returns its pointer in the current function (null at run
  /// time: evaluate).
  std::function<llvm::Value*(const plan::Expression&)> dictionary_table = {};
  /// The table from codes to numbers that hold for the whole table (u32); null at run time if there
  /// is none.
  std::function<llvm::Value*()> numbers = {};
  std::function<llvm::Value*()> ranks = {};  ///< the same, in the order of the values
  std::function<llvm::Value*()> hashes =
      {};  ///< likewise: from codes to uniq's hashes of the values (u32)
};

class Emitter : public ObjectSource {
 public:
  Emitter(Gen& gen, const plan::Plan& plan, Program& program, const CodegenOptions& options);
  ~Emitter() override;

  Gen& gen;
  const plan::Plan& plan;
  Program& program;
  const CodegenOptions& options;

  // --- the row's scope --------------------------------------------------------------------------
  void define(plan::ColumnId column, ColumnSource source);
  void define_value(plan::ColumnId column, SqlValue value);
  const ColumnSource* source_of(plan::ColumnId column) const;
  /// The scan's column that an expression is, if it is one unchanged and of a kind that
  /// dictionaries encode; else null.
  const ColumnSource* scan_source(const plan::Expression* expression) const;
  /// Runs `body`; what was computed inside is forgotten after it (it does not dominate what
  /// follows).
  void scoped(const std::function<void()>& body);
  /// gen.if_ with scoped branches.
  void branch(llvm::Value* condition, const Gen::Body& then, const Gen::Body& otherwise = {},
              const char* name = "if");
  /// Starts a function's scope: no columns known. Returns the former scope for restore().
  struct Scope {
    std::unordered_map<plan::ColumnId, ColumnSource> sources;
    std::unordered_map<uint64_t, SqlValue> memo;  ///< by structure
    std::vector<uint64_t> log;                    ///< keys of memo in order of insertion
    /// structure_of() what it was asked for: of this scope, because it looks through columns that
    /// name expressions.
    std::unordered_map<const plan::Expression*, uint64_t> structures;
  };
  std::unique_ptr<Scope> fresh_scope();
  void restore(std::unique_ptr<Scope> scope);

  // --- expressions ------------------------------------------------------------------------------
  SqlValue emit(const plan::ExpressionPtr& expression) { return emit(*expression); }
  SqlValue emit(const plan::Expression& expression);
  SqlValue column(plan::ColumnId id);
  /// i1: the predicate is TRUE. Short-circuits a chain of ANDs when `otherwise` is given.
  llvm::Value* condition(const plan::Expression& predicate);
  /// Emits `body` where the predicate is TRUE; conjuncts are tested one after the other.
  void where(const plan::Expression& predicate, const std::function<void()>& body);

  /// i1: `known` or the predicate is TRUE; the predicate depends on one dictionary column and is
  /// evaluated as if it had none.
  llvm::Value* unless_known(llvm::Value* known, const plan::Expression& predicate);

  // --- objects, locals, functions ---------------------------------------------------------------
  llvm::Value* slot_operations(Type type) override;
  llvm::Value* state() override { return gen.fn()->getArg(0); }
  bool hash_zero() const override { return options.hash_zero; }
  uint32_t add_object(ObjectSpec spec);
  llvm::Value* object(uint32_t index);
  uint32_t add_local(LocalSpec spec);
  llvm::Value* local(uint32_t index);
  /// A function's constant data, as a pointer in generated code.
  llvm::Value* context_object(const std::shared_ptr<const FunctionContext>& context);
  /// Names a function of the module that the engine calls; returns its number.
  uint32_t add_function(const std::string& name);
  std::string function_name(uint32_t index) const { return program.functions[index]; }
  /// The full name that add_function() will give: unique in the process.
  std::string unique_name(const std::string& name);

  // --- constants --------------------------------------------------------------------------------
  /// Hoists a constant expression: computed once before the current stage. Returns its offset in
  /// params.
  uint32_t hoist(const plan::Expression& expression);
  /// Writes the function that computes what was hoisted since the last call; kNone if nothing was.
  uint32_t finish_constants();

  /// i1: the query goes on. For loops that may run long within one row's code.
  llvm::Value* going_on();

  // --- keys -------------------------------------------------------------------------------------
  llvm::Value* hash(const std::vector<SqlValue>& values);
  /// The one column that `expression` depends on, if it can be looked up by dictionary code; else
  /// nullopt.
  std::optional<plan::ColumnId> dictionary_source(const plan::Expression& expression);
  /// All such columns of several expressions; nullopt if one depends on anything else.
  std::optional<std::vector<plan::ColumnId>> dictionary_sources(
      const std::vector<plan::ExpressionPtr>& expressions);
  /// Writes the function that evaluates `expression` for every entry of the column's dictionary;
  /// its number.
  uint32_t dictionary_function(const plan::Expression& expression, plan::ColumnId column,
                               Type column_type);

  /// A hash of what an expression computes: equal structures are emitted once.
  uint64_t structure_of(const plan::Expression& expression);

  /// Columns of the current pipeline whose words are read block by block.
  uint32_t block_columns = 0;

  /// Sets of IN by index, set up before emission: object slot of the key table.
  std::unordered_map<uint32_t, uint32_t> set_objects;

 private:
  SqlValue emit_uncached(const plan::Expression& expression);
  SqlValue emit_parameter(const plan::Expression& expression);
  SqlValue emit_call(const plan::Expression& expression);
  SqlValue emit_body(const plan::Expression& expression, const std::vector<SqlValue>& args);
  SqlValue call_body(const plan::Expression& expression, const std::vector<SqlValue>& args);
  SqlValue emit_logic(const plan::Expression& expression, size_t from, bool is_and);
  SqlValue emit_choice(const plan::Expression& expression, size_t from);
  SqlValue emit_coalesce(const plan::Expression& expression, size_t from);
  SqlValue emit_numeric(const plan::Expression& expression, const std::vector<SqlValue>& args);
  SqlValue emit_tuple(const plan::Expression& expression);
  SqlValue emit_array(const plan::Expression& expression);
  SqlValue emit_intrinsic(const plan::Expression& expression);
  SqlValue emit_lambda_call(const plan::Expression& expression);
  SqlValue emit_map_array(const plan::Expression& lambda,
                          const std::vector<plan::ExpressionPtr>& arrays, Type result);
  SqlValue emit_fold(const plan::Expression& e);
  llvm::Value* emit_common_size(const std::vector<SqlValue>& sources, llvm::Value* null);
  void define_element(plan::ColumnId column, const SqlValue& source, llvm::Value* data,
                      llvm::Value* i);
  SqlValue emit_in_set(const plan::Expression& expression);
  SqlValue emit_by_dictionary(const plan::Expression& expression, plan::ColumnId source);
  SqlValue lazily(llvm::Value* condition, Type type, const std::function<SqlValue()>& then,
                  const std::function<SqlValue()>& otherwise, const char* name);
  SqlValue retyped(SqlValue value, Type type);
  llvm::Value* params();
  llvm::Value* combined_nulls(const std::vector<SqlValue>& args);
  SqlValue gen_constant(uint32_t offset, Type type, const std::string& name);

  bool is_cheap(const plan::Expression& expression, int depth = 0) const;
  bool worth_hoisting(const plan::Expression& expression) const;

  std::unique_ptr<Scope> scope_;
  std::unordered_map<const void*, uint32_t> object_index_;
  std::unordered_map<uint64_t, uint32_t> hoisted_;  // structure -> offset
  std::vector<std::pair<const plan::Expression*, uint32_t>> pending_;
  bool hoisting_ = false;
  uint32_t names_ = 0;
  uint32_t lazy_depth_ = 0;
  uint32_t lambda_depth_ = 0;
  uint32_t in_dictionary_ = 0;
};

/// True if IN compares with the set's rows inline and needs no table.
bool is_inline_set(const plan::SetDefinition& set);

}  // namespace sp::codegen
