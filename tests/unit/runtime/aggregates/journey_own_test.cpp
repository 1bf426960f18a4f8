// Sandpiper's own journey aggregates against slow, obvious evaluators over random rows; each call
// also runs as merged and stored states (column_of.h).

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <random>

#include "tests/unit/runtime/aggregates/column_of.h"

namespace sp::testing {
namespace {

struct Row {
  uint32_t time;
  std::string step;
  bool first, second;
  double value;
};

// Few different times and steps, so that ties and repeats are common; every third sample is in
// order.
std::vector<Row> random_rows(std::mt19937& random, size_t seed) {
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  std::vector<Row> rows(below(25));
  const uint32_t span = seed % 2 ? 12 : 1000;
  for (Row& row : rows) {
    row = {below(span), std::string(1 + below(20), static_cast<char>('a' + below(3))),
           below(5) == 0, below(4) == 0, below(40) * 0.25};
  }
  if (seed % 3 == 0)
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.time < b.time; });
  return rows;
}

struct Columns {
  explicit Columns(const std::vector<Row>& rows)
      : time(numbers<uint32_t>("DateTime", rows.size(), [&](size_t i) { return rows[i].time; })),
        step(strings(rows.size(), [&](size_t i) { return rows[i].step; })),
        first(numbers<uint8_t>("UInt8", rows.size(), [&](size_t i) { return rows[i].first; })),
        second(numbers<uint8_t>("UInt8", rows.size(), [&](size_t i) { return rows[i].second; })),
        value(numbers<double>("Float64", rows.size(), [&](size_t i) { return rows[i].value; })) {}
  Column time, step, first, second, value;
};

std::vector<Row> ordered(std::vector<Row> rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tuple(a.time, a.step, a.first, a.second) <
           std::tuple(b.time, b.step, b.first, b.second);
  });
  return rows;
}

std::vector<Row> journey(const std::vector<Row>& rows, bool has_start, bool has_end, bool must_end,
                         bool collapse) {
  std::vector<Row> all = ordered(rows), cut, out;
  bool started = !has_start, ended = false;
  for (const Row& row : all) {
    started = started || row.first;
    if (started && !ended) cut.push_back(row);
    ended = ended || (started && has_end && row.second);
  }
  if (must_end && !ended) return {};
  for (const Row& row : cut) {
    if (!collapse || out.empty() || out.back().step != row.step) out.push_back(row);
  }
  return out;
}

std::string quoted(const std::string& text) { return "'" + text + "'"; }

TEST(JourneyPath, EqualsTheObviousEvaluator) {
  std::mt19937 random(1);
  for (size_t seed = 0; seed < 400; ++seed) {
    const std::vector<Row> rows = random_rows(random, seed);
    const Columns columns(rows);
    const bool has_start = random() % 2, has_end = has_start && random() % 2,
               must_end = random() % 2;
    const bool collapse = random() % 2, keep_last = random() % 2;
    const size_t limit = random() % 4;
    std::vector<Row> steps = journey(rows, has_start, has_end, must_end, collapse);
    if (limit != 0 && steps.size() > limit) {
      if (keep_last)
        steps.erase(steps.begin(), steps.end() - static_cast<ptrdiff_t>(limit));
      else
        steps.resize(limit);
    }
    std::string expected;
    for (const Row& row : steps) expected += (expected.empty() ? "" : ",") + quoted(row.step);
    Literals parameters;
    parameters.add(static_cast<int>(limit)).add(collapse ? "collapse_repeats" : "keep_repeats");
    if (must_end) parameters.add("must_end");
    if (keep_last) parameters.add("keep_last");
    std::vector<Column> arguments{columns.time, columns.step};
    if (has_start) arguments.push_back(columns.first);
    if (has_end) arguments.push_back(columns.second);
    EXPECT_EQ(aggregate("journeyPath", arguments, parameters), "[" + expected + "]") << seed;
  }
}

TEST(JourneyTransitions, EqualsTheObviousEvaluator) {
  std::mt19937 random(2);
  for (size_t seed = 0; seed < 400; ++seed) {
    const std::vector<Row> rows = random_rows(random, seed);
    const Columns columns(rows);
    const bool collapse = random() % 2, has_marks = random() % 2;
    const uint32_t gap = random() % 3 == 0 ? 0 : static_cast<uint32_t>(random() % 100);
    const std::vector<Row> steps = journey(rows, has_marks, has_marks, false, collapse);
    std::string expected;
    for (size_t i = 1; i < steps.size(); ++i) {
      const uint32_t elapsed = steps[i].time - steps[i - 1].time;
      if (gap != 0 && elapsed > gap) continue;
      expected += fmt::format("{}('{}','{}',{})", expected.empty() ? "" : ",", steps[i - 1].step,
                              steps[i].step, elapsed);
    }
    std::vector<Column> arguments{columns.time, columns.step};
    if (has_marks) arguments.insert(arguments.end(), {columns.first, columns.second});
    EXPECT_EQ(aggregate("journeyTransitions", arguments,
                        Literals()
                            .add(static_cast<int>(gap))
                            .add(collapse ? "collapse_repeats" : "keep_repeats")),
              "[" + expected + "]")
        << seed;
  }
}

TEST(Sessionize, EqualsTheObviousEvaluator) {
  std::mt19937 random(3);
  for (size_t seed = 0; seed < 2000; ++seed) {
    const std::vector<Row> rows = random_rows(random, seed);
    const auto gap = static_cast<uint32_t>(random() % (seed % 2 ? 4 : 120));
    std::vector<uint32_t> times;
    for (const Row& row : rows) times.push_back(row.time);
    std::sort(times.begin(), times.end());
    size_t sessions = times.empty() ? 0 : 1;
    for (size_t i = 1; i < times.size(); ++i) sessions += times[i] - times[i - 1] > gap;
    EXPECT_EQ(aggregate("sessionize", {Columns(rows).time}, Literals().add(static_cast<int>(gap))),
              std::to_string(sessions))
        << seed;
  }
}

// Credits by touch, computed from the definition: for each conversion, the list of its touches,
// then their weights.
std::map<std::string, double> credits(const std::vector<Row>& given, const std::string& model,
                                      double window, double a, double b, bool exclude_own,
                                      bool reset) {
  std::vector<Row> rows = given;
  std::stable_sort(rows.begin(), rows.end(), [](const Row& x, const Row& y) {
    return std::tuple(x.time, x.first, x.step, x.value) <
           std::tuple(y.time, y.first, y.step, y.value);
  });
  std::map<std::string, double> out;
  size_t begin = 0;
  for (size_t c = 0; c < rows.size(); ++c) {
    if (!rows[c].first) continue;
    std::vector<Row> touches;
    for (size_t i = begin; i < (exclude_own ? c : c + 1); ++i) {
      if (window == 0 || rows[c].time - rows[i].time <= window) touches.push_back(rows[i]);
    }
    if (touches.empty()) touches.push_back(rows[c]);
    const size_t n = touches.size();
    std::vector<double> weights(n, 0);
    for (size_t i = 0; i < n; ++i) {
      if (model == "first_touch") weights[i] = i == 0;
      if (model == "last_touch") weights[i] = i + 1 == n;
      if (model == "linear") weights[i] = 1;
      if (model == "time_decay") weights[i] = std::pow(0.5, (rows[c].time - touches[i].time) / a);
      if (model == "position_based" && n > 2)
        weights[i] = i == 0 ? a : i + 1 == n ? b : (1 - a - b) / static_cast<double>(n - 2);
      if (model == "position_based" && n <= 2) weights[i] = a + b == 0 ? 1 : i == 0 ? a : b;
      if (model == "position_based" && n == 1) weights[i] = 1;
    }
    double sum = 0;
    for (const double weight : weights) sum += weight;
    for (size_t i = 0; i < n; ++i) {
      if (weights[i] > 0) out[touches[i].step] += weights[i] / sum * rows[c].value;
    }
    if (reset) begin = c + 1;
  }
  return out;
}

// "[('a',1),('b',0.5)]" back into a map.
std::map<std::string, double> parsed(const std::string& shown) {
  std::map<std::string, double> out;
  for (size_t at = shown.find("('"); at != std::string::npos; at = shown.find("('", at + 1)) {
    const size_t end = shown.find("',", at);
    out[shown.substr(at + 2, end - at - 2)] = std::strtod(shown.c_str() + end + 2, nullptr);
  }
  return out;
}

TEST(Attribution, EqualsTheObviousEvaluator) {
  std::mt19937 random(4);
  const char* models[] = {"first_touch", "last_touch", "linear", "time_decay", "position_based"};
  for (size_t seed = 0; seed < 1000; ++seed) {
    const std::vector<Row> rows = random_rows(random, seed);
    const Columns columns(rows);
    const char* model = models[seed % 5];
    const int window = random() % 3 == 0 ? 0 : static_cast<int>(random() % 400);
    const bool exclude_own = random() % 2, reset = random() % 2;
    Literals parameters;
    parameters.add(model).add(window);
    double a = 604800, b = 0;
    if (seed % 5 == 3 && random() % 2) parameters.add(a = 50);
    if (seed % 5 == 4) {
      a = b = 0.4;
      if (random() % 2) parameters.add(a = 0.3).add(b = random() % 2 ? 0.1 : 0.7);
    }
    if (exclude_own) parameters.add("exclude_own");
    if (reset) parameters.add("reset");
    const auto expected = credits(rows, model, window, a, b, exclude_own, reset);
    const std::string shown = aggregate(
        "attribution", {columns.time, columns.step, columns.first, columns.value}, parameters);
    const auto actual = parsed(shown);
    ASSERT_EQ(actual.size(), expected.size()) << seed << " " << shown;
    double total = 0, conversions = 0;
    for (const auto& [touch, credit] : expected) {
      ASSERT_TRUE(actual.contains(touch)) << seed << " " << shown;
      EXPECT_NEAR(actual.at(touch), credit, 1e-9) << seed << " " << model << " " << touch;
      total += actual.at(touch);
    }
    for (const Row& row : rows) conversions += row.first ? row.value : 0;
    EXPECT_NEAR(total, conversions, 1e-9) << seed;
  }
}

TEST(JourneyAggregates, RejectWrongCalls) {
  const Column time = numbers<uint32_t>("UInt32", 1, [](size_t) { return 1; });
  const Column real = numbers<double>("Float64", 1, [](size_t) { return 1; });
  EXPECT_EQ(aggregate("journeyPath", {time}),
            "Aggregate function journeyPath requires from two to four arguments: time, step[, "
            "start[, end]]");
  EXPECT_EQ(aggregate("journeyPath", {time, time}, Literals().add(1).add("odd")),
            "Aggregate function journeyPath has no such option: 'odd'");
  EXPECT_EQ(aggregate("sessionize", {real}, Literals().add(1)),
            "Illegal type Float64 of first argument of aggregate function sessionize, must be an "
            "integer, Date, DateTime, "
            "DateTime64, or a Tuple that begins with one");
  EXPECT_EQ(aggregate("attribution", {time, time, time}, Literals().add("magic").add(1)),
            "Aggregate function attribution has no such model: 'magic'");
  EXPECT_EQ(aggregate("attribution", {time, time, time}, Literals().add("time_decay").add(1)),
            "The half-life of attribution's time_decay must be given, and positive");
  EXPECT_EQ(aggregate("attribution", {time, time, time},
                      Literals().add("position_based").add(1).add(0.7).add(0.4)),
            "The shares of the first and the last touch in attribution's position_based must be "
            "two numbers from 0 to 1, "
            "and no more than 1 together");
}

}  // namespace
}  // namespace sp::testing
