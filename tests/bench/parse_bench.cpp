// Measures SQL parsing: a median pipe node (about 383 characters), a large one, and hostile texts.
// Not part of any test; built on demand: ninja parse_bench && ./build/parse_bench

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "lang/sql/parse.h"
#include "lang/sql/print.h"

namespace {

using Clock = std::chrono::steady_clock;

const char* const kMedianNode =
    "SELECT toStartOfHour(timestamp) AS hour, channel, count() AS touchpoints, uniq(customer_id) "
    "AS customers,\n"
    "  round(sum(transaction_amount) / nullIf(countIf(conversion = 1), 0), 2) AS average_order\n"
    "FROM customer_touchpoints\n"
    "WHERE timestamp BETWEEN {start:DateTime} AND now() - INTERVAL 1 DAY AND channel IN "
    "('website', 'email', 'app')\n"
    "GROUP BY hour, channel HAVING touchpoints > 10 ORDER BY hour DESC, channel LIMIT 100";

std::string repeated(const std::string& piece, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += piece;
  return out;
}

// Runs `body` often enough for a stable median; prints microseconds.
template <typename Body>
void measure(const char* name, size_t bytes, int runs, Body body) {
  std::vector<double> times_us;
  for (int i = 0; i < runs; ++i) {
    const auto start = Clock::now();
    body();
    times_us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  std::sort(times_us.begin(), times_us.end());
  std::printf("%-36s %8zu bytes  median %10.2f us  best %10.2f us\n", name, bytes,
              times_us[times_us.size() / 2], times_us[0]);
}

void measure_parse(const char* name, const std::string& text, int runs,
                   const sp::sql::ParseLimits& limits = {}) {
  measure(name, text.size(), runs, [&] { (void)sp::sql::parse_statement(text, limits).ok(); });
}

}  // namespace

int main() {
  const std::string node = kMedianNode;
  measure_parse("parse: median node", node, 2000);
  const auto query = sp::sql::parse_query(node);
  if (!query.ok()) return 1;
  measure("print: median node", node.size(), 2000, [&] { (void)sp::sql::print(*query.value()); });
  measure("clone: median node", node.size(), 2000, [&] { (void)sp::sql::clone(*query.value()); });
  measure_parse("parse: 38 nodes joined by UNION ALL", repeated(node + "\nUNION ALL ", 37) + node,
                200);
  const sp::sql::ParseLimits long_queries{.max_query_size_bytes = 8U << 20U};
  measure_parse("refuse: 1 MB of (", repeated("(", 1000000), 5, long_queries);
  measure_parse("refuse: 1 MB of ()", "SELECT " + repeated("(", 500000) + repeated(")", 500000), 5,
                long_queries);
  measure_parse("refuse: 1 MB of [1,[1,",
                "SELECT " + repeated("[1,", 250000) + repeated("]", 250000), 5, long_queries);
  measure_parse("refuse: 1 MB of {1:", "SELECT " + repeated("{1:", 250000) + repeated("}", 250000),
                5, long_queries);
  measure_parse("refuse: 1 MB in an open quote", "SELECT '" + repeated("x", 1000000), 5,
                long_queries);
  measure_parse("refuse: 1 MB of NOT", "SELECT " + repeated("NOT ", 250000) + "1", 5, long_queries);
}
