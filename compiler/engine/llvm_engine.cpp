// The engine: parse -> bind -> optimize -> generate -> compile -> run. See engine.h.

#include <algorithm>
#include <new>
#include <set>
#include <stdexcept>

#include <unistd.h>

#include "compiler/bind/bind.h"
#include "compiler/bind/literal.h"
#include "compiler/engine/background_compiler.h"
#include "compiler/engine/engine.h"
#include "compiler/engine/execution.h"
#include "compiler/engine/explanation.h"
#include "compiler/engine/parameter_values.h"
#include "compiler/engine/parsed_texts.h"
#include "compiler/engine/query_cache.h"
#include "compiler/engine/running_queries.h"
#include "compiler/engine/streamed_rows.h"
#include "compiler/plan/optimize.h"
#include "runtime/core/clock.h"

namespace sp {
namespace {

using SteadyClock = std::chrono::steady_clock;
double ms_since(SteadyClock::time_point start) {
  return std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count();
}

// Tier 1 pays for itself after a few hundred thousand rows in all (measured), or when a query keeps
// coming.
constexpr uint64_t kRowsForTier1 = 150000;
constexpr uint32_t kRunsForTier1 = 3;

bool has_join(const plan::Node& node) {
  return node.kind == plan::Node::Kind::kJoin ||
         std::any_of(node.inputs.begin(), node.inputs.end(),
                     [](const plan::NodePtr& input) { return has_join(*input); });
}

void collect_tables(const plan::Node& node, std::set<std::string>& tables) {
  if (node.kind == plan::Node::Kind::kScan) tables.insert(node.table->name);
  for (const auto& input : node.inputs) collect_tables(*input, tables);
}

std::vector<std::string> tables_of(const plan::Plan& plan) {
  std::set<std::string> tables;
  collect_tables(*plan.root, tables);
  for (const auto& set : plan.sets) {
    if (set.subplan) collect_tables(*set.subplan, tables);
  }
  for (const auto& subquery : plan.subqueries) collect_tables(*subquery, tables);
  return {tables.begin(), tables.end()};
}

int64_t machine_memory_bytes() {
  return static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<int64_t>(sysconf(_SC_PAGE_SIZE));
}

// A run-time error points to the call that failed, if the code was compiled from this very text (a
// shape serves texts that differ in literals and blanks), else to the whole query.
Error placed(Error error, const QueryRequest& request, const std::string& compiled_text) {
  if (error.location) return error;
  if (!error.span || compiled_text != request.sql)
    error.span = Span{0, static_cast<uint32_t>(request.sql.size())};
  return error;
}

class LlvmEngine final : public Engine {
 public:
  explicit LlvmEngine(EngineOptions options)
      : options_(options),
        pool_(options.threads),
        cache_(options.code_cache_bytes),
        process_memory_(options.process_memory_limit_bytes > 0 ? options.process_memory_limit_bytes
                                                               : machine_memory_bytes() / 10 * 8) {
    auto jit = jit::Jit::create();
    SP_CHECK(jit.ok());
    jit_ = std::move(*jit);
    background_ = std::make_unique<BackgroundCompiler>();
  }

  Result<QueryResponse> run(const QueryRequest& request) override;
  Result<QueryDescription> describe(const QueryRequest& request) override;
  Result<void> warm(const QueryRequest& request) override;
  void forget(const std::string& catalog_key) override { cache_.forget(catalog_key); }
  const FunctionRegistry& functions() const override { return functions_; }
  const AggregateRegistry& aggregates() const override { return aggregates_; }
  CacheStatistics cache_statistics() const override { return cache_.statistics(); }
  const EngineOptions& options() const override { return options_; }

 private:
  Result<QueryResponse> run_query(const QueryRequest& request);
  static plan::TableRows rows_of_joined(const plan::Plan& plan, const QueryRequest& request);
  Result<plan::Plan> bind_and_plan(const QueryRequest& request, const ParsedText& parsed,
                                   CompileTimings& timings,
                                   std::vector<std::pair<std::string, std::string>>* trace);
  QueryKey key_of(const QueryRequest& request, const ParsedText& parsed) const;
  Result<std::shared_ptr<CompiledQuery>> make(const QueryRequest& request, const ParsedText& parsed,
                                              double parse_ms);
  ExecutionSettings settings_of(const QueryRequest& request);
  void consider_tier1(const std::shared_ptr<CompiledQuery>& query, uint64_t rows);

  const EngineOptions options_;
  FunctionRegistry functions_;
  AggregateRegistry aggregates_;
  std::unique_ptr<jit::Jit> jit_;
  WorkerPool pool_;
  QueryCache cache_;
  MemoryTracker process_memory_;
  KeyNumberCache key_numbers_;
  FinalSnapshots finals_;
  TextHashes text_hashes_;
  std::atomic<uint64_t> next_query_{0};
  ParsedTexts texts_;
  RunningQueries running_;
  std::unique_ptr<BackgroundCompiler> background_;  // last: it stops first
};

QueryKey LlvmEngine::key_of(const QueryRequest& request, const ParsedText& parsed) const {
  QueryKey key;
  constexpr size_t kRoomForHoles = 256;
  key.shape.reserve(parsed.lifted.key.size() + request.catalog_key.size() + kRoomForHoles);
  key.shape = parsed.lifted.key;
  key.hole_values.reserve(request.holes.size());
  for (const HoleValue& hole : request.holes) {
    key.shape += '\n';
    key.shape += hole.name;
    key.shape += ':';
    key.shape += hole.type;
    key.hole_values.push_back(hole.text);
  }
  key.shape += '\n';
  key.shape += request.catalog_key;
  key.catalog_key = request.catalog_key;
  for (const sql::Expr* literal : parsed.lifted.literals)
    key.literal_values.push_back(binding::literal_text(literal->literal));
  return key;
}

// The sizes that decide on the order and sides of joins; empty without joins.
plan::TableRows LlvmEngine::rows_of_joined(const plan::Plan& plan, const QueryRequest& request) {
  plan::TableRows rows;
  if (!request.snapshots || !has_join(*plan.root)) return rows;
  const auto snapshots = request.snapshots(tables_of(plan));
  if (!snapshots.ok()) return rows;
  for (const auto& snapshot : *snapshots) rows.emplace(snapshot->schema->name, snapshot->rows);
  return rows;
}

Result<plan::Plan> LlvmEngine::bind_and_plan(
    const QueryRequest& request, const ParsedText& parsed, CompileTimings& timings,
    std::vector<std::pair<std::string, std::string>>* trace) {
  std::vector<BoundParameter> parameters;
  for (const HoleValue& hole : request.holes)
    parameters.push_back({hole.name, hole.type, hole.text});
  BindInput input;
  input.query = parsed.statement.query.get();
  input.parameters = &parameters;
  input.catalog = request.catalog;
  input.functions = &functions_;
  input.aggregates = &aggregates_;
  auto start = SteadyClock::now();
  SP_TRY(plan::Plan plan, bind(input));
  timings.bind_ms = ms_since(start);
  start = SteadyClock::now();
  plan::optimize(plan,
                 {.enabled = options_.optimizer,
                  .use_order = options_.use_order,
                  .table_rows = rows_of_joined(plan, request)},
                 trace);
  timings.plan_ms = ms_since(start);
  return plan;
}

Result<std::shared_ptr<CompiledQuery>> LlvmEngine::make(const QueryRequest& request,
                                                        const ParsedText& parsed, double parse_ms) {
  CompileTimings timings;
  timings.parse_ms = parse_ms;
  std::vector<std::pair<std::string, std::string>> trace;
  SP_TRY(plan::Plan plan,
         bind_and_plan(request, parsed, timings, request.explain.empty() ? nullptr : &trace));
  codegen::CodegenOptions options{.hash_zero = options_.hash_zero, .use_order = options_.use_order};
  auto query = std::make_shared<CompiledQuery>(std::move(plan), options,
                                               "q" + std::to_string(next_query_++));
  query->text = request.sql;
  query->begin_timings(timings);
  query->tables = tables_of(query->plan());
  query->optimizer_trace = std::move(trace);
  SP_TRY_VOID(query->compile(
      *jit_, options_.tier == EngineOptions::Tier::kTier1 ? jit::Tier::k1 : jit::Tier::k0));
  return query;
}

void LlvmEngine::consider_tier1(const std::shared_ptr<CompiledQuery>& query, uint64_t rows) {
  if (options_.tier != EngineOptions::Tier::kAuto) return;
  const uint32_t runs = query->count_run();
  if (query->tier() >= 1 || (rows < kRowsForTier1 && runs < kRunsForTier1)) return;
  if (!query->claim_tier1()) return;
  background_->submit([this, query] { (void)query->compile(*jit_, jit::Tier::k1); });
}

Result<QueryResponse> LlvmEngine::run(const QueryRequest& request) {
  try {
    return run_query(request);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kMemoryLimitExceeded,
                "Memory limit exceeded: the system has no more memory",
                Span{0, static_cast<uint32_t>(request.sql.size())});
  } catch (const std::length_error&) {
    return fail(ErrorCode::kMemoryLimitExceeded,
                "Memory limit exceeded: more rows than memory can hold",
                Span{0, static_cast<uint32_t>(request.sql.size())});
  }
}

ExecutionSettings LlvmEngine::settings_of(const QueryRequest& request) {
  ExecutionSettings settings;
  settings.morsel_rows = options_.morsel_rows;
  settings.memory_limit_bytes = request.memory_limit_bytes.value_or(options_.memory_limit_bytes);
  settings.process_memory = &process_memory_;
  const int64_t timeout_ms = request.timeout_ms.value_or(options_.timeout_ms);
  if (timeout_ms > 0) settings.deadline_ns = system_clock().monotonic_ns() + timeout_ms * 1000000;
  settings.now_ns = system_clock().wall_ns();
  // Workers ask between morsels, the watching thread within them.
  if (request.cancelled) {
    settings.cancelled = [asked = request.cancelled, mutex = std::make_shared<std::mutex>()] {
      const std::lock_guard lock(*mutex);
      return asked();
    };
  }
  settings.progress = request.progress;
  settings.key_numbers = &key_numbers_;
  settings.finals = &finals_;
  settings.text_hashes = &text_hashes_;
  return settings;
}

Result<QueryResponse> LlvmEngine::run_query(const QueryRequest& given) {
  const auto start = SteadyClock::now();
  SP_TRY(const auto parsed, texts_.parse(given.sql));
  std::optional<QueryRequest> explaining;
  if (!given.explain.empty() || parsed->statement.kind == sql::Statement::Kind::kExplain) {
    explaining = given;
    explaining->explain = explain_form(given.explain, parsed->statement);
  }
  const QueryRequest& request = explaining ? *explaining : given;
  const double parse_ms = ms_since(start);
  QueryResponse response;
  response.format = parsed->statement.format;
  QueryStatistics& statistics = response.statistics;
  std::shared_ptr<CompiledQuery> query;
  if (request.explain.empty()) {
    SP_TRY(query, cache_.find_or_make(
                      key_of(request, *parsed), [&] { return make(request, *parsed, parse_ms); },
                      statistics.cache_hit));
  } else {
    SP_TRY(query, make(request, *parsed, parse_ms));
    if (request.explain != "timings") {
      SP_TRY(response.explanation,
             explanation(
                 request.explain, *parsed, *query, *jit_,
                 options_.tier == EngineOptions::Tier::kTier0 ? jit::Tier::k0 : jit::Tier::k1));
      return response;
    }
    SP_TRY_VOID(query->compile(*jit_, jit::Tier::k1));
  }
  if (!statistics.cache_hit) {
    const CompileTimings t = query->timings();
    statistics.parse_ms = parse_ms;
    statistics.bind_ms = t.bind_ms;
    statistics.plan_ms = t.plan_ms;
    statistics.codegen_ms = t.codegen_ms;
    statistics.tier0_ms = t.tier0_ms;
    statistics.tier1_ms = t.tier1_ms;
  }

  response.tables_read = query->tables;
  ExecutionSettings settings = settings_of(request);
  std::vector<double> stage_ms;
  if (request.explain == "timings") settings.stage_ms = &stage_ms;
  auto execution = std::make_shared<Execution>(query, settings, pool_);
  uint64_t table_rows = 0;
  if (!response.tables_read.empty()) {
    SP_TRY(auto snapshots, request.snapshots(response.tables_read));
    for (auto& snapshot : snapshots) {
      table_rows += snapshot->rows;
      execution->add_snapshot(std::move(snapshot));
    }
  }
  SP_TRY_VOID(fill_parameters(query->plan(), request.holes, parsed->lifted.literals, *execution));
  consider_tier1(query, table_rows);
  const auto run_start = SteadyClock::now();
  auto table = [&] {
    const RunningQueries::Watched watched(running_, execution->first_worker(), settings.cancelled);
    return execution->run(request.stream && request.explain.empty());
  }();
  if (!table.ok()) return placed(std::move(table).error(), request, query->text);
  response.table = *table;
  statistics.run_ms = ms_since(run_start);
  take_statistics(*execution, *query, statistics);
  statistics.elapsed_seconds = ms_since(start) / 1000;
  if (execution->streaming())
    response.stream = std::make_shared<StreamedRows>(execution, query, std::move(*table), running_,
                                                     settings.cancelled, statistics);
  if (request.explain == "timings")
    response.explanation = timings_text(*query, statistics, stage_ms);
  return response;
}

Result<QueryDescription> LlvmEngine::describe(const QueryRequest& request) {
  SP_TRY(const auto parsed, texts_.parse(request.sql));
  CompileTimings timings;
  SP_TRY(const plan::Plan plan, bind_and_plan(request, *parsed, timings, nullptr));
  return QueryDescription{plan.column_names, plan.column_types, tables_of(plan)};
}

Result<void> LlvmEngine::warm(const QueryRequest& request) {
  SP_TRY(const auto parsed, texts_.parse(request.sql));
  bool hit = false;
  SP_TRY(auto query, cache_.find_or_make(
                         key_of(request, *parsed), [&] { return make(request, *parsed, 0); }, hit));
  if (options_.tier == EngineOptions::Tier::kTier0) return {};
  return query->compile(*jit_, jit::Tier::k1);
}

}  // namespace

std::unique_ptr<Engine> Engine::create(EngineOptions options) {
  return std::make_unique<LlvmEngine>(options);
}

}  // namespace sp
