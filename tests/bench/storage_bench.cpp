// Measures the storage engine on journeys: commits of 10,000-row batches of 15 touchpoint columns,
// seal, merge, bytes a row, reopening. The data follow JourneyBench: customers of ten events,
// sessions of three or four, skewed dimensions.
//   storage_bench [rows] [directory]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "runtime/core/clock.h"
#include "runtime/core/hash.h"
#include "runtime/core/rng.h"
#include "runtime/core/vfs.h"
#include "runtime/storage/store.h"

namespace sp {
namespace {

// CPU seconds of the process: one thread works, and a busy machine does not blur them.
double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

TableSchema touchpoints() {
  const Type text = Type::of(TypeKind::kString), low = Type::low_cardinality(text);
  TableSchema schema;
  schema.name = "customer_touchpoints";
  schema.columns = {{"customer_id", text},
                    {"session_id", text},
                    {"timestamp", Type::of(TypeKind::kDateTime)},
                    {"touchpoint_id", text},
                    {"touchpoint_type", low},
                    {"channel", low},
                    {"device", low},
                    {"campaign_id", low},
                    {"conversion", Type::of(TypeKind::kUInt8)},
                    {"transaction_amount", Type::of(TypeKind::kFloat64)},
                    {"referrer", text},
                    {"page_url", text},
                    {"time_spent", Type::of(TypeKind::kUInt32)},
                    {"action", low},
                    {"metadata", text}};
  schema.sorting_key = {0, 2};
  schema.partition = TableSchema::Partition::kMonth;
  schema.partition_column = 2;
  return schema;
}

// One row of the generator: every value is a hash of the row's number.
class Touchpoint {
 public:
  Touchpoint(RowBatch& batch, uint64_t customers) : batch_(batch), customers_(customers) {}

  void append(uint64_t n) {
    const uint64_t h = hash_word(n), h1 = hash_word(h), h2 = hash_word(h1), h3 = hash_word(h2),
                   h4 = hash_word(h3);
    const uint64_t customer = hash_word(n / 10 + 77);
    char buffer[128];
    column_ = 0;
    text(buffer, std::snprintf(buffer, sizeof(buffer), "cust_%07lu", customer % customers_));
    text(buffer,
         std::snprintf(buffer, sizeof(buffer), "sess_%016lx", hash_combine(customer, n / 4)));
    number(static_cast<uint32_t>(1672531200 + customer % 31000000 + (n % 10) * (h % 40000)));
    text(buffer, std::snprintf(buffer, sizeof(buffer), "tp_%016lx", h));
    static const char* const kTypes[] = {"page_view", "product_view", "search",     "add_to_cart",
                                         "checkout",  "purchase",     "email_open", "email_click",
                                         "ad_click",  "support_chat"};
    const uint64_t type = std::min(h1 % 10, h3 % 10);
    constant(kTypes[type]);
    static const char* const kChannels[] = {"website",     "email", "mobile_app", "social",
                                            "paid_search", "store", "call_center"};
    constant(kChannels[std::min(h2 % 7, h4 % 7)]);
    static const char* const kDevices[] = {"mobile", "desktop", "tablet", "kiosk"};
    constant(kDevices[std::min(customer % 4, h1 % 4)]);
    static const char* const kCampaigns[] = {
        "summer_sale_2023", "black_friday_2023", "spring_launch", "newsletter_q1",
        "newsletter_q2",    "retargeting_a",     "retargeting_b", "brand"};
    constant(h2 % 3 == 0 ? "" : kCampaigns[h3 % 8]);
    number(static_cast<uint8_t>(type == 5));
    number(type == 5 ? 5 + static_cast<double>(h4 % 50000) / 100 : 0.0);
    static const char* const kReferrers[] = {"google.com", "bing.com",      "facebook.com", "",
                                             "newsletter", "instagram.com", "direct"};
    constant(kReferrers[h4 % 7]);
    text(buffer, std::snprintf(buffer, sizeof(buffer), "https://example.com/%s%lu",
                               type == 1 || type == 3 ? "products/item" : "pages/p",
                               std::min(h % 5000, h1 % 5000)));
    number(static_cast<uint32_t>(std::min(h3 % 600, h2 % 600)));
    static const char* const kActions[] = {"view", "click", "submit", "scroll"};
    constant(kActions[std::min(h1 % 4, h2 % 4)]);
    static const char* const kCategories[] = {"electronics", "home", "toys", "fashion"};
    text(buffer,
         std::snprintf(buffer, sizeof(buffer), "{\"product_id\":\"item%lu\",\"category\":\"%s\"}",
                       h % 5000, kCategories[h4 % 4]));
  }

 private:
  // Out of line: g++ 12 would warn about lengths that it knows and a branch that it does not drop.
  __attribute__((noinline)) void text(const char* bytes, int size) {
    const StringRef value = batch_.arena().copy({bytes, static_cast<size_t>(size)});
    batch_.column(column_++).append(&value);
  }
  void constant(const char* bytes) {
    const StringRef value{std::string_view(bytes)};
    batch_.column(column_++).append(&value);
  }
  template <class T>
  void number(T value) {
    batch_.column(column_++).append(&value);
  }
  RowBatch& batch_;
  const uint64_t customers_;
  size_t column_ = 0;
};

int run(uint64_t rows, const std::string& directory, uint64_t batch_rows) {
  const auto now = [] { return cpu_seconds(); };
  StoreOptions options;
  options.background = false;
  auto opened = Store::open(directory, options, posix_vfs(), system_clock(), system_rng());
  if (!opened.ok()) return std::printf("%s\n", opened.error().message.c_str());
  Store& store = **opened;
  const auto schema = store.create_table(touchpoints());
  if (!schema.ok()) return std::printf("%s\n", schema.error().message.c_str());
  double commit_seconds = 0, seal_seconds = 0;
  for (uint64_t n = 0; n < rows;) {
    RowBatch batch(*schema);
    Touchpoint touchpoint(batch, rows / 10);
    for (uint64_t i = 0; i < batch_rows && n < rows; ++i, ++n) touchpoint.append(n * 7919 % rows);
    const auto begin = now();
    Commit commit;
    commit.batches.push_back(std::move(batch));
    if (auto done = store.commit(std::move(commit)); !done.ok())
      return std::printf("%s\n", done.error().message.c_str());
    commit_seconds += (now() - begin);
    if (store.statistics("customer_touchpoints").head_rows < options.seal_rows && n < rows)
      continue;
    const auto sealing = now();
    if (auto done = store.flush(); !done.ok())
      return std::printf("%s\n", done.error().message.c_str());
    seal_seconds += (now() - sealing);
  }
  const double count = static_cast<double>(rows);
  std::printf("commit: %.0f rows/s of CPU (batches of %lu, with compaction of heads)\n",
              count / commit_seconds, batch_rows);
  std::printf("seal:   %.0f rows/s of CPU\n", count / seal_seconds);
  const auto merging = now();
  if (auto done = store.merge_all(); !done.ok())
    return std::printf("%s\n", done.error().message.c_str());
  std::printf("merge:  %.0f rows/s of CPU\n", count / (now() - merging));
  const TableStatistics statistics = store.statistics("customer_touchpoints");
  std::printf("size:   %.1f bytes/row, %lu parts, %.0f MB\n",
              static_cast<double>(statistics.bytes_on_disk) / count, statistics.parts,
              static_cast<double>(statistics.bytes_on_disk) / 1e6);
  const auto snapshot = store.snapshot("customer_touchpoints");
  for (uint32_t column = 0; column < (*schema)->columns.size(); ++column) {
    uint64_t bytes = 0;
    const auto preparing = now();
    for (const auto& part : snapshot->parts) {
      if (!part->prepare(column).ok()) return std::printf("prepare failed\n");
      bytes += part->column_bytes(column);
    }
    std::printf("  %-20s %6.2f bytes/row, prepared in %.1f ms\n",
                (*schema)->columns[column].name.c_str(), static_cast<double>(bytes) / count,
                (now() - preparing) * 1e3);
  }
  opened->reset();
  const auto reopening = now();
  opened = Store::open(directory, options, posix_vfs(), system_clock(), system_rng());
  std::printf("open:   %.2f ms\n", (now() - reopening) * 1e3);
  return 0;
}

}  // namespace
}  // namespace sp

int main(int count, char** arguments) {
  const uint64_t rows = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1'000'000;
  return sp::run(rows, count > 2 ? arguments[2] : "storage_bench.data",
                 count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 10'000);
}
