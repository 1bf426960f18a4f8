// Measures the front end: parsing a median node with its template, rendering a compiled template
// for a request, checking and formatting a project of 200 generated pipes. Part of make bench:
// build/sp_language_bench

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>

#include "lang/datafile/datafile.h"
#include "lang/format/format_file.h"
#include "lang/sql/parse.h"
#include "lang/template/template.h"
#include "server/workspace/check.h"
#include "tests/harness/hostile_queries.h"
#include "tests/harness/hostile_texts.h"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kPipes = 200;
constexpr uint32_t kHostileBytes = 1U << 20U;

// 383 characters, the median of the nodes in public projects.
const std::string kMedianNode =
    "%\n"
    "SELECT toStartOfHour(timestamp) AS hour, channel, count() AS touchpoints, uniq(customer_id) "
    "AS customers\n"
    "FROM customer_touchpoints\n"
    "WHERE 1\n"
    "{% if defined(start_date) %} AND timestamp >= {{ DateTime(start_date) }} {% end %}\n"
    "{% if defined(channel) %} AND channel = {{ String(channel, 'email') }} {% end %}\n"
    "GROUP BY hour, channel\n"
    "ORDER BY hour DESC, channel LIMIT {{ Int32(limit, 100) }}";

const char* const kDataSource =
    "SCHEMA >\n"
    "    `customer_id` String `json:$.customer_id`,\n"
    "    `timestamp` DateTime `json:$.timestamp`,\n"
    "    `channel` LowCardinality(String) `json:$.channel`,\n"
    "    `amount` Float64 `json:$.amount`\n\n"
    "ENGINE \"MergeTree\"\n"
    "ENGINE_SORTING_KEY \"customer_id, timestamp\"\n";

// Three nodes, five parameters, a window; every third pipe reads another one.
std::string pipe_text(int number) {
  const std::string source =
      number % 3 == 2 ? fmt::format("pipe_{:03}", number - 1) : "customer_touchpoints";
  const std::string amount = number % 3 == 2 ? "revenue" : "amount";
  const std::string filters =
      number % 3 == 2
          ? "1"
          : "timestamp > toDateTime('2020-01-01 00:00:00')\n"
            "      {% if defined(start_date) %} AND timestamp >= {{ DateTime(start_date, "
            "description=\"First moment\", required=False) }} {% end %}\n"
            "      {% if defined(end_date) %} AND timestamp <= {{ DateTime(end_date, "
            "description=\"Last moment\", required=False) }} {% end %}";
  return fmt::format(
      "DESCRIPTION >\n    Generated pipe {0}.\n\nTOKEN \"bench\" READ\n\n"
      "NODE filtered\nSQL >\n    %\n    SELECT customer_id, channel, {1} AS value\n    FROM {2}\n  "
      "  WHERE {3}\n"
      "      {{% if defined(channel) %}} AND channel = {{{{ String(channel, description=\"Only "
      "this channel\") }}}} {{% end %}}\n\n"
      "NODE by_channel\nSQL >\n    SELECT channel, customer_id, count() AS touches, sum(value) AS "
      "total,\n"
      "      round(total / nullIf(touches, 0), {4}) AS average\n    FROM filtered GROUP BY "
      "channel, customer_id\n\n"
      "NODE endpoint\nSQL >\n    %\n    SELECT channel, customer_id, sum(total) AS revenue, "
      "max(average) AS best,\n"
      "      CASE WHEN revenue > {{{{ Float64(high, 1000) }}}} THEN 'high' WHEN revenue > 10 THEN "
      "'middle' ELSE 'low' END AS tier\n"
      "    FROM by_channel GROUP BY channel, customer_id HAVING revenue >= {{{{ Float64(least, 0) "
      "}}}}\n"
      "    ORDER BY revenue DESC, customer_id LIMIT {{{{ Int32(limit, 100) }}}}\n\nTYPE endpoint\n",
      number, amount, source, filters, number % 5);
}

std::string make_project() {
  char name[] = "/tmp/sandpiper-language-bench-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  std::ofstream(folder + "/customer_touchpoints.datasource") << kDataSource;
  for (int i = 0; i < kPipes; ++i)
    std::ofstream(folder + fmt::format("/pipe_{:03}.pipe", i)) << pipe_text(i);
  return folder;
}

std::string on_one_line(const std::string& text) {
  std::string out = text.substr(0, 60);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out + (text.size() > 60 ? "..." : "");
}

double microseconds(const std::function<void()>& body) {
  const auto begin = Clock::now();
  body();
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

void measure(const std::string& what, int runs, double target_us,
             const std::function<void()>& body) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) times.push_back(microseconds(body));
  std::sort(times.begin(), times.end());
  const double median = times[times.size() / 2];
  const bool large = target_us > 10000;
  const double scale = large ? 1000 : 1;
  const std::string target =
      target_us == 0 ? ""
                     : fmt::format("target under {:.0f} {}{}", target_us / scale,
                                   large ? "ms" : "us", median < target_us ? "" : "  MISSED");
  fmt::print("{:<46} median {:>9.2f} {}  best {:>9.2f} {}  {}\n", what, median / scale,
             large ? "ms" : "us", times[0] / scale, large ? "ms" : "us", target);
}

// Measures each text and shows the slowest: what a megabyte of nonsense may cost.
void refuse(const char* what, const std::vector<std::string>& texts,
            const std::function<void(const std::string&)>& read) {
  double slowest_us = 0;
  std::string slowest;
  for (const std::string& text : texts) {
    const double us =
        std::min(microseconds([&] { read(text); }), microseconds([&] { read(text); }));
    if (us > 1e5) fmt::print("  {:.0f} ms: {}\n", us / 1000, on_one_line(text));
    if (us > slowest_us) slowest = text;
    slowest_us = std::max(slowest_us, us);
  }
  fmt::print("{:<46} slowest {:>8.2f} ms  target under 100 ms{}  {}\n",
             fmt::format("refuse 1 MB of hostile {}", what), slowest_us / 1000,
             slowest_us < 1e5 ? "" : "  MISSED", on_one_line(slowest));
}

}  // namespace

int main() {
  const std::string pipe = "NODE endpoint\nSQL >\n" + kMedianNode + "\n\nTYPE endpoint\n";
  const sp::RequestParams defaults;
  sp::TemplateContext context;
  context.params = &defaults;
  measure(fmt::format("parse a node of {} characters and its template", kMedianNode.size()), 2000,
          100, [&] {
            const auto file = sp::parse_pipe("median", "median.pipe", pipe).file;
            const auto compiled =
                sp::Template::compile(file->nodes[0].sql, file->nodes[0].sql_offset);
            const auto rendered = (*compiled)->render(context, 0);
            (void)sp::sql::parse_query(rendered->text).ok();
          });
  const auto compiled = sp::Template::compile(kMedianNode.substr(2), 0);
  sp::RequestParams request;
  request.add("start_date", "2024-01-01 00:00:00");
  request.add("channel", "email");
  request.add("limit", "10");
  context.params = &request;
  measure("render the compiled template for a request", 5000, 10,
          [&] { (void)(*compiled)->render(context, 0).ok(); });

  const std::string folder = make_project();
  const auto engine = sp::Engine::create(sp::EngineOptions::from_environment());
  std::string wrong;
  measure(fmt::format("check a project of {} pipes", kPipes), 5, 1e6, [&] {
    const sp::CheckReport report = sp::check_folder(folder, *engine);
    if (report.pipes != kPipes || report.exit_status() != 0) wrong = report.print(false);
  });
  measure(fmt::format("format {} pipes", kPipes), 5, 1e6, [&] {
    for (int i = 0; i < kPipes; ++i) {
      const sp::format::Formatted formatted =
          sp::format::format_source(sp::format::SourceKind::kPipe, "p", "p.pipe", pipe_text(i));
      if (!formatted.ok()) wrong = formatted.errors[0].render();
    }
  });
  fs::remove_all(folder);
  refuse("SQL", sp::tests::hostile_queries(kHostileBytes), [](const std::string& text) {
    (void)sp::sql::parse_statement(text, {.max_query_size_bytes = 2 * kHostileBytes}).ok();
  });
  refuse("templates", sp::tests::hostile_templates(kHostileBytes), [&](const std::string& text) {
    if (const auto hostile = sp::Template::compile(text, 0); hostile.ok())
      (void)(*hostile)->render(context, 0).ok();
  });
  refuse("data sources", sp::tests::hostile_datafiles(kHostileBytes),
         [](const std::string& text) { (void)sp::parse_datasource("f", "f.datasource", text); });
  refuse("pipes", sp::tests::hostile_datafiles(kHostileBytes),
         [](const std::string& text) { (void)sp::parse_pipe("f", "f.pipe", text); });
  if (!wrong.empty()) fmt::print("the generated project is wrong:\n{}\n", wrong.substr(0, 2000));
  return wrong.empty() ? 0 : 1;
}
