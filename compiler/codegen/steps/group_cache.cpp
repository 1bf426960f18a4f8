// Two forms: by codes alone, and by codes within a window of integers that moves with the data.
// Beside another integer, or another of its kind, a number of one byte is a code.

#include "compiler/codegen/steps/group_cache.h"

#include <llvm/IR/Constants.h>

#include <algorithm>

#include "compiler/codegen/steps/key_range.h"
#include "runtime/exec/aggregate_table.h"
#include "runtime/exec/scan_source.h"

namespace sp::codegen {
namespace {

// What a group's place in the cache depends on.
struct CacheKeys {
  std::vector<plan::ColumnId> columns;         // read as codes
  std::vector<const plan::Expression*> bytes;  // integers of one byte that are codes
  const plan::Expression* integer = nullptr;
};

constexpr uint64_t kByteValues = 256;

// In scans only: the size of a part bounds the cache.
bool is_byte_code(QueryCompiler& c, const plan::Expression& key) {
  return c.source_kind == PipelineStage::Source::kScan && slot_layout(key.type).size == 1;
}

std::optional<CacheKeys> cache_keys(QueryCompiler& c,
                                    const std::vector<plan::ExpressionPtr>& keys) {
  constexpr size_t kMostBytes = 2;
  CacheKeys out;
  std::vector<const plan::Expression*> integers;
  for (const auto& key : keys) {
    if (const auto columns = c.e.dictionary_sources({key})) {
      for (const plan::ColumnId id : *columns) {
        if (std::find(out.columns.begin(), out.columns.end(), id) == out.columns.end())
          out.columns.push_back(id);
      }
    } else if (is_scalar(key->type) && !key->type.base().is_float() && !key->type.can_be_null()) {
      integers.push_back(key.get());
    } else {
      return std::nullopt;
    }
  }
  for (const plan::Expression* key : integers) {
    if (integers.size() > 1 && is_byte_code(c, *key))
      out.bytes.push_back(key);
    else if (out.integer == nullptr)
      out.integer = key;
    else
      return std::nullopt;
  }
  if (out.bytes.size() > kMostBytes) return std::nullopt;
  return out;
}

// One number for the row's codes.
llvm::Value* code_of_row(QueryCompiler& c, const CacheKeys& keys) {
  auto& b = c.gen.b;
  llvm::Value* code = c.gen.u64(0);
  for (const plan::ColumnId id : keys.columns) {
    const ColumnSource& source = *c.e.source_of(id);
    llvm::Value* values = b.CreateAdd(source.dictionary_size(), c.gen.u64(1));
    code = b.CreateAdd(b.CreateMul(code, values), source.code(), "group.code");
  }
  for (const plan::Expression* key : keys.bytes) {
    llvm::Value* value = b.CreateZExt(c.e.emit(*key).value, c.gen.i64());
    code = b.CreateAdd(b.CreateMul(code, c.gen.u64(kByteValues)), value, "group.code");
  }
  return code;
}

// How many such numbers there are; 0: a column has no dictionary here.
llvm::Value* code_count(QueryCompiler& c, const CacheKeys& keys) {
  auto& b = c.gen.b;
  llvm::Value* const null = llvm::ConstantPointerNull::get(b.getPtrTy());
  llvm::Value *count = c.gen.u64(1), *coded = b.getTrue();
  for (const plan::ColumnId id : keys.columns) {
    const ColumnSource& source = *c.e.source_of(id);
    coded = b.CreateAnd(coded, b.CreateICmpNE(source.dictionary(), null));
    count = b.CreateMul(count, b.CreateAdd(source.dictionary_size(), c.gen.u64(1)));
  }
  for (size_t i = 0; i < keys.bytes.size(); ++i) count = b.CreateMul(count, c.gen.u64(kByteValues));
  return b.CreateSelect(coded, count, c.gen.u64(0), "codes");
}

// Tells which dictionaries the codes are of.
llvm::Value* dictionaries_key(QueryCompiler& c, const CacheKeys& keys, uint64_t seed) {
  auto& b = c.gen.b;
  llvm::Value* key = c.gen.u64(seed);
  for (const plan::ColumnId id : keys.columns) {
    llvm::Value* address = b.CreatePtrToInt(c.e.source_of(id)->dictionary(), c.gen.i64());
    key = b.CreateAdd(b.CreateMul(key, c.gen.u64(0x9e3779b97f4a7c15ULL)), address);
  }
  return key;
}

// inside ? &entries[index] : &dummy
llvm::Value* place_or_dummy(QueryCompiler& c, llvm::Value* inside, llvm::Value* entries,
                            llvm::Value* index) {
  Gen& gen = c.gen;
  llvm::Value* dummy = gen.entry_alloca(8, 8, "no.cache");
  gen.store(llvm::ConstantPointerNull::get(gen.b.getPtrTy()), dummy, 0);
  llvm::Value* place = gen.b.CreateInBoundsGEP(gen.ptr(), entries, index);
  return gen.b.CreateSelect(inside, place, dummy, "group.place");
}

// entries != null ? &entries[code] : &dummy
CachePlace code_place(QueryCompiler& c, const CacheKeys& keys, uint32_t cache, bool ranked) {
  Gen& gen = c.gen;
  auto& b = gen.b;
  llvm::Value* index = ranked ? rank_of(c, *c.e.source_of(keys.columns[0])) : code_of_row(c, keys);
  llvm::Value* entries = gen.invariant("cache." + std::to_string(cache), [&] {
    llvm::Value* size = code_count(c, keys);
    llvm::Value* key = dictionaries_key(c, keys, 0);
    llvm::Value* rows =
        gen.load(gen.i64(), c.morsel_source(), offsetof(ScanSource, part_rows), "part.rows");
    if (ranked) {
      llvm::Value* const inside = in_task(c);
      llvm::Value* count =
          gen.load(gen.i64(), c.morsel_source(), offsetof(ScanSource, rank_count), "rank.count");
      size = b.CreateSelect(inside, count, size);
      key = b.CreateSelect(inside, task_of(c), key);
      // A task has no other table to find its groups in: its cache is made whatever the size.
      rows = b.CreateSelect(inside, size, rows);
    }
    return gen.runtime_call(SP_SYMBOL(sp_group_cache), {c.e.local(cache), key, size, rows},
                            "group.cache");
  });
  llvm::Value* const null = llvm::ConstantPointerNull::get(b.getPtrTy());
  return {place_or_dummy(c, b.CreateICmpNE(entries, null), entries, index), nullptr, nullptr};
}

// at = integer - cache->low;  at < cache->window ? &entries[at * codes + code] : &dummy
CachePlace window_place(QueryCompiler& c, const CacheKeys& keys, uint32_t cache) {
  Gen& gen = c.gen;
  auto& b = gen.b;
  llvm::Value* code = code_of_row(c, keys);
  const std::string name = "cache." + std::to_string(cache);
  llvm::Value* codes = gen.invariant(name + ".codes", [&] { return code_count(c, keys); });
  llvm::Value* entries = gen.invariant(name, [&] {
    return gen.runtime_call(SP_SYMBOL(sp_group_cache_window),
                            {c.e.local(cache), dictionaries_key(c, keys, 1), codes}, "group.cache");
  });
  llvm::Value* window = gen.invariant(name + ".window", [&] {
    return gen.load(gen.i64(), c.e.local(cache), offsetof(GroupCache, window), "window");
  });
  CachePlace out;
  const SqlValue value = c.e.emit(*keys.integer);
  out.integer = b.CreateIntCast(value.value, gen.i64(), is_signed(value.type), "integer");
  llvm::Value* low = gen.load(gen.i64(), c.e.local(cache), offsetof(GroupCache, low), "low");
  llvm::Value* at = b.CreateSub(out.integer, low);
  out.inside = b.CreateICmpULT(at, window, "in.window");
  out.place = place_or_dummy(c, out.inside, entries, b.CreateAdd(b.CreateMul(at, codes), code));
  return out;
}

}  // namespace

std::optional<CachePlace> cache_place(QueryCompiler& c,
                                      const std::vector<plan::ExpressionPtr>& keys, uint32_t cache,
                                      bool ranked) {
  const auto places = cache_keys(c, keys);
  if (!places) return std::nullopt;
  return places->integer != nullptr ? window_place(c, *places, cache)
                                    : code_place(c, *places, cache, ranked);
}

}  // namespace sp::codegen
