#pragma once
// Metrics: what /metrics shows, in Prometheus' text format. Thread-safe.

#include <memory>
#include <string>

namespace sp {

class Workspace;

class Metrics {
 public:
  Metrics();
  ~Metrics();
  /// Counts a request by route and status, and its duration.
  void count_request(const std::string& route, unsigned status, double seconds);
  void count_ingested(uint64_t rows, uint64_t quarantined, uint64_t bytes);
  /// Renders everything, with gauges of the workspace (rows, parts, cache) read now.
  std::string render(Workspace& workspace);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sp
