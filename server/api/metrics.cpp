// prometheus-cpp's registry behind a small face.

#include "server/api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>

#include "server/workspace/workspace.h"

namespace sp {

struct Metrics::State {
  // Looked up once: the registry finds series by maps of labels.
  struct Request {
    prometheus::Counter* count = nullptr;
    prometheus::Histogram* duration = nullptr;
  };
  std::mutex mutex;
  std::map<std::pair<std::string, unsigned>, Request> known;
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("sandpiper_http_requests_total")
                                                          .Help("Requests answered")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& durations = prometheus::BuildHistogram()
                                                             .Name("sandpiper_http_request_seconds")
                                                             .Help("Time to answer")
                                                             .Register(registry);
  prometheus::Counter& rows = prometheus::BuildCounter()
                                  .Name("sandpiper_ingested_rows_total")
                                  .Help("Rows stored")
                                  .Register(registry)
                                  .Add({});
  prometheus::Counter& quarantined = prometheus::BuildCounter()
                                         .Name("sandpiper_quarantined_rows_total")
                                         .Help("Rows sent to quarantine")
                                         .Register(registry)
                                         .Add({});
  prometheus::Counter& bytes = prometheus::BuildCounter()
                                   .Name("sandpiper_ingested_bytes_total")
                                   .Help("Bytes of events received")
                                   .Register(registry)
                                   .Add({});
  prometheus::Family<prometheus::Gauge>& table_rows = prometheus::BuildGauge()
                                                          .Name("sandpiper_table_rows")
                                                          .Help("Rows of a data source")
                                                          .Register(registry);
  prometheus::Family<prometheus::Gauge>& table_bytes = prometheus::BuildGauge()
                                                           .Name("sandpiper_table_bytes")
                                                           .Help("Bytes of a data source on disk")
                                                           .Register(registry);
  prometheus::Family<prometheus::Gauge>& table_parts = prometheus::BuildGauge()
                                                           .Name("sandpiper_table_parts")
                                                           .Help("Parts of a data source on disk")
                                                           .Register(registry);
  prometheus::Family<prometheus::Gauge>& cache =
      prometheus::BuildGauge()
          .Name("sandpiper_query_cache")
          .Help("Compiled queries: entries, hits, misses, code bytes")
          .Register(registry);
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::count_request(const std::string& route, unsigned status, double seconds) {
  static const prometheus::Histogram::BucketBoundaries kBuckets = {
      0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5};
  const std::pair<std::string, unsigned> key(route, status);
  State::Request request;
  {
    const std::lock_guard lock(state_->mutex);
    State::Request& known = state_->known[key];
    if (known.count == nullptr) {
      known.count = &state_->requests.Add({{"route", route}, {"status", std::to_string(status)}});
      known.duration = &state_->durations.Add({{"route", route}}, kBuckets);
    }
    request = known;
  }
  request.count->Increment();
  request.duration->Observe(seconds);
}

void Metrics::count_ingested(uint64_t rows, uint64_t quarantined, uint64_t bytes) {
  state_->rows.Increment(static_cast<double>(rows));
  state_->quarantined.Increment(static_cast<double>(quarantined));
  state_->bytes.Increment(static_cast<double>(bytes));
}

std::string Metrics::render(Workspace& workspace) {
  for (const auto& schema : workspace.store().tables()) {
    const TableStatistics statistics = workspace.store().statistics(schema->name);
    const prometheus::Labels labels = {{"datasource", schema->name}};
    state_->table_rows.Add(labels).Set(static_cast<double>(statistics.rows));
    state_->table_bytes.Add(labels).Set(static_cast<double>(statistics.bytes_on_disk));
    state_->table_parts.Add(labels).Set(static_cast<double>(statistics.parts));
  }
  const auto cache = workspace.engine().cache_statistics();
  state_->cache.Add({{"figure", "entries"}}).Set(static_cast<double>(cache.entries));
  state_->cache.Add({{"figure", "hits"}}).Set(static_cast<double>(cache.hits));
  state_->cache.Add({{"figure", "misses"}}).Set(static_cast<double>(cache.misses));
  state_->cache.Add({{"figure", "code_bytes"}}).Set(static_cast<double>(cache.code_bytes));
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace sp
