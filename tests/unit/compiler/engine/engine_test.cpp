// The engine end to end over a small store: both tiers and hostile options give the same rows;
// caching, tiers, limits, timeouts and explanations behave.

#include "compiler/engine/engine.h"

#include <gtest/gtest.h>

#include "runtime/core/clock.h"
#include "runtime/core/rng.h"
#include "runtime/core/vfs.h"
#include "runtime/storage/store.h"
#include "runtime/text/format_value.h"
#include "tests/unit/support/temporary_directory.h"

namespace sp {
namespace {

class StoreCatalog final : public Catalog {
 public:
  explicit StoreCatalog(const Store& store) : store_(store) {}
  Result<std::optional<Relation>> find(std::string_view, std::string_view name) const override {
    const auto table = store_.find_table(std::string(name));
    if (!table) return std::optional<Relation>();
    return std::optional<Relation>(Relation{table, nullptr});
  }
  std::vector<std::string> names() const override { return {"visits"}; }

 private:
  const Store& store_;
};

// visits(customer, at, channel, amount): 300 rows in three commits, segments of 7 rows.
class EngineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    StoreOptions options;
    options.segment_rows = 7;
    options.background = false;
    auto opened =
        Store::open(directory_.path(), options, posix_vfs(), system_clock(), system_rng());
    ASSERT_TRUE(opened.ok());
    store_ = std::move(*opened);
    TableSchema schema;
    schema.name = "visits";
    schema.columns = {{"customer", Type::of(TypeKind::kString)},
                      {"at", Type::datetime()},
                      {"channel", Type::low_cardinality(Type::of(TypeKind::kString))},
                      {"amount", Type::nullable(Type::of(TypeKind::kFloat64))}};
    schema.sorting_key = {0, 1};
    const auto created = store_->create_table(schema);
    ASSERT_TRUE(created.ok());
    for (uint32_t part = 0; part < 3; ++part) {
      RowBatch batch(*created);
      for (uint32_t i = 0; i < 100; ++i) {
        const uint32_t n = part * 100 + i;
        const StringRef customer = batch.arena().copy("customer-number-" + std::to_string(n % 20));
        const uint32_t at = 1700000000 + n * 60;
        const StringRef channel(std::string_view(n % 3 == 0   ? "web"
                                                 : n % 3 == 1 ? "email"
                                                              : "shop"));
        const Nullable<double> amount{static_cast<double>(n),
                                      static_cast<uint8_t>(n % 10 == 0 ? 1 : 0)};
        batch.column(0).append(&customer);
        batch.column(1).append(&at);
        batch.column(2).append(&channel);
        batch.column(3).append(&amount);
      }
      Commit commit;
      commit.batches.push_back(std::move(batch));
      ASSERT_TRUE(store_->commit(std::move(commit)).ok());
      if (part < 2) {
        ASSERT_TRUE(store_->flush().ok());  // the last commit stays in the head
      }
    }
    catalog_ = std::make_unique<StoreCatalog>(*store_);
  }

  QueryRequest request(const std::string& sql) const {
    QueryRequest request;
    request.sql = sql;
    request.catalog = catalog_.get();
    request.catalog_key = "test";
    request.snapshots = [this](const std::vector<std::string>& names) {
      std::vector<std::shared_ptr<const TableSnapshot>> snapshots;
      for (const std::string& name : names) snapshots.push_back(store_->snapshot(name));
      return Result<std::vector<std::shared_ptr<const TableSnapshot>>>(std::move(snapshots));
    };
    return request;
  }

  static std::string text_of(const Result<QueryResponse>& response) {
    if (!response.ok())
      return "error " + std::to_string(static_cast<int>(response.error().code)) + ": " +
             response.error().message;
    const ResultTable& table = *response->table;
    std::string out;
    for (const auto& chunk : table.chunks) {
      for (size_t row = 0; row < chunk.rows; ++row) {
        for (size_t i = 0; i < table.types.size(); ++i) {
          if (i > 0) out += '\t';
          ValueFormatter(table.types[i])
              .write(table.row(chunk, row) + table.layout.offsets[i], TextStyle::kEscaped, out);
        }
        out += '\n';
      }
    }
    return out;
  }

  // Runs in every mode and expects one text.
  void expect(const std::string& sql, const std::string& expected) {
    using Tier = EngineOptions::Tier;
    for (const Tier tier : {Tier::kTier0, Tier::kTier1}) {
      for (const bool hostile : {false, true}) {
        EngineOptions options;
        options.threads = hostile ? 1 : 3;
        options.tier = tier;
        options.hash_zero = hostile;
        options.morsel_rows = hostile ? 7 : 0;
        options.optimizer = !hostile;
        options.use_order = !hostile;
        const auto engine = Engine::create(options);
        EXPECT_EQ(text_of(engine->run(request(sql))), expected)
            << sql << "\ntier " << static_cast<int>(tier) << (hostile ? " hostile" : "");
      }
    }
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StoreCatalog> catalog_;
};

TEST_F(EngineTest, ScansFiltersAndProjects) {
  expect(
      "SELECT customer, amount FROM visits WHERE customer = 'customer-number-3' AND amount > 200 "
      "ORDER BY amount",
      "customer-number-3\t203\ncustomer-number-3\t223\ncustomer-number-3\t243\ncustomer-number-"
      "3\t263\ncustomer-number-3\t283\n");
  expect("SELECT count() FROM visits WHERE channel IN ('web', 'shop') AND customer LIKE '%-1%'",
         "110\n");
}

TEST_F(EngineTest, AggregatesWithAndWithoutKeys) {
  expect("SELECT count(), sum(amount), uniqExact(customer), min(amount), max(at) FROM visits",
         "300\t40500\t20\t1\t2023-11-15 03:12:20\n");
  expect(
      "SELECT channel, count() AS c, sum(amount), uniqExact(customer) FROM visits GROUP BY channel "
      "ORDER BY channel",
      "email\t100\t13500\t20\nshop\t100\t13500\t20\nweb\t100\t13500\t20\n");
  expect(
      "SELECT customer, count(), sum(amount) FROM visits GROUP BY customer ORDER BY customer LIMIT "
      "2",
      "customer-number-0\t15\t\\N\ncustomer-number-1\t15\t2115\n");
  expect("SELECT sum(amount) FROM visits WHERE amount < 0", "\\N\n");
}

TEST_F(EngineTest, JoinsWindowsAndSets) {
  expect(
      "SELECT a.channel, b.n FROM visits AS a JOIN (SELECT channel, count() AS n FROM visits GROUP "
      "BY channel) AS b "
      "ON a.channel = b.channel WHERE a.amount = 7",
      "email\t100\n");
  expect(
      "SELECT customer, amount, row_number() OVER (PARTITION BY customer ORDER BY at) AS n FROM "
      "visits "
      "WHERE customer IN (SELECT customer FROM visits WHERE amount = 5) ORDER BY at LIMIT 3",
      "customer-number-5\t5\t1\ncustomer-number-5\t25\t2\ncustomer-number-5\t45\t3\n");
  expect("SELECT count() FROM (SELECT DISTINCT customer, channel FROM visits)", "60\n");
}

TEST_F(EngineTest, ListsSkipSegments) {
  // Rows of one customer; of times, which differ from segment to segment; lists of many members and
  // of members that may be NULL.
  const auto list = [](const std::string& prefix, const std::string& suffix) {
    std::string text;
    for (uint32_t i = 0; i < 600; ++i) {
      text += (i == 0 ? "" : ",") + prefix + std::to_string(i) + suffix;
    }
    return text;
  };
  const auto engine = Engine::create(EngineOptions());
  const auto counted = [&](const std::string& condition, const std::string& rows) {
    const auto response = engine->run(request("SELECT count() FROM visits WHERE " + condition));
    EXPECT_EQ(text_of(response), rows + "\n") << condition.substr(0, 80);
    if (!response.ok()) return uint64_t{0};
    return response->statistics.segments_by_range + response->statistics.segments_by_filter;
  };
  EXPECT_GT(counted("customer IN (" + list("'a", "'") + ", 'customer-number-3')", "15"), 20U);
  EXPECT_GT(counted("customer IN ['customer-number-3', NULL]", "15"), 20U);
  EXPECT_GT(counted("customer IN (toNullable('customer-number-3'), 'b')", "15"), 20U);
  EXPECT_EQ(counted("customer IN (" + list("'customer-number-", "'") + ")", "300"), 0U);
  EXPECT_GT(counted("at IN (" + list("toDateTime(1600000000 + ", ")") + ")", "0"), 40U);
}

TEST_F(EngineTest, ServesOtherValuesFromTheCache) {
  const auto engine = Engine::create({});
  const auto first = engine->run(request("SELECT count() FROM visits WHERE amount > 100"));
  const auto second = engine->run(request("SELECT count() FROM visits WHERE amount > 250"));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_FALSE(first->statistics.cache_hit);
  EXPECT_TRUE(second->statistics.cache_hit);
  EXPECT_EQ(text_of(second), "45\n");
  engine->forget("test");
  EXPECT_EQ(engine->cache_statistics().entries, 0u);
}

TEST_F(EngineTest, BindsHolesToTypedValues) {
  const auto engine = Engine::create({});
  QueryRequest query =
      request("SELECT {p0:String} AS s, count() FROM visits WHERE customer = {p0:String}");
  query.holes = {{"p0", "String", "customer-number-4"}};
  EXPECT_EQ(text_of(engine->run(query)), "customer-number-4\t15\n");
  query.holes[0].text = "'; DROP TABLE visits";
  EXPECT_EQ(text_of(engine->run(query)), "\\'; DROP TABLE visits\t0\n");
  EXPECT_EQ(engine->cache_statistics().hits, 1u);
}

TEST_F(EngineTest, ReportsLimitsAndCancellation) {
  const auto engine = Engine::create({});
  QueryRequest query = request("SELECT sum(cityHash64(number)) FROM numbers(100000000000)");
  query.timeout_ms = 50;
  EXPECT_EQ(static_cast<int>(engine->run(query).error().code), 159);
  query.timeout_ms = 10000;
  query.cancelled = [] { return true; };
  EXPECT_EQ(static_cast<int>(engine->run(query).error().code), 394);
  QueryRequest large = request("SELECT groupArray(number) FROM numbers(10000000)");
  large.memory_limit_bytes = 1 << 20;
  EXPECT_EQ(static_cast<int>(engine->run(large).error().code), 241);
}

// Each of these is one call of one stage: no morsel ends before the query is stopped.
TEST_F(EngineTest, StopsWithinStages) {
  EngineOptions options;
  options.morsel_rows = UINT32_MAX;
  const auto engine = Engine::create(options);
  for (const char* text :
       {"SELECT number FROM numbers(1) ORDER BY number WITH FILL FROM 0 TO 99999999",
        "SELECT count() FROM numbers(30000) AS a, numbers(30000) AS b WHERE a.number + b.number = "
        "1 OR a.number = b.number + 1",
        "SELECT sum(cityHash64(number)) FROM numbers(100000000000)"}) {
    QueryRequest query = request(text);
    query.timeout_ms = 20;
    EXPECT_EQ(static_cast<int>(engine->run(query).error().code), 159) << text;
    query.timeout_ms = 60000;
    query.cancelled = [] { return true; };
    EXPECT_EQ(static_cast<int>(engine->run(query).error().code), 394) << text;
  }
}

TEST_F(EngineTest, ExplainsItself) {
  const auto engine = Engine::create({});
  for (const char* form : {"shape", "ast", "plan", "pipelines", "ir", "asm", "timings"}) {
    QueryRequest query = request("SELECT channel, count() FROM visits GROUP BY channel");
    query.explain = form;
    const auto response = engine->run(query);
    ASSERT_TRUE(response.ok()) << form;
    EXPECT_FALSE(response->explanation.empty()) << form;
  }
}

}  // namespace
}  // namespace sp
