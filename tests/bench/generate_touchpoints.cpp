// Writes any number of believable customer touchpoints as NDJSON to standard output: the fixtures
// and the benchmark data. Deterministic: the same arguments give the same bytes.
//
//   sp_generate ROWS [--order=time|customer] [--seed=N] [--rows-per-customer=16]
//
// A customer prefers a device and has sessions spread over 2023; a session has one channel and
// perhaps a campaign that runs on it; within a session the touchpoint types follow a Markov chain
// that leads to a purchase now and then.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace {

// SplitMix64 (Steele, Lea, Flood: OOPSLA 2014): one multiply-xor chain a number, seeded by any
// integer.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 0x1234567ULL) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  uint32_t below(uint32_t n) { return static_cast<uint32_t>((next() >> 32) * n >> 32); }
  // Small numbers more often: the least of two draws.
  uint32_t skewed(uint32_t n) { return std::min(below(n), below(n)); }

 private:
  uint64_t state_;
};

enum Kind : uint8_t {
  kPageView,
  kProductView,
  kSearch,
  kAddToCart,
  kCheckout,
  kPurchase,
  kEmailOpen,
  kEmailClick,
  kAdClick,
  kSupportChat,
  kEnd
};
constexpr std::array<const char*, 10> kKinds = {
    "page_view", "product_view", "search",      "add_to_cart", "checkout",
    "purchase",  "email_open",   "email_click", "ad_click",    "support_chat"};
constexpr std::array<const char*, 7> kChannels = {"website",     "email", "mobile_app", "social",
                                                  "paid_search", "store", "call_center"};
constexpr std::array<uint8_t, 7> kChannelWeights = {34, 20, 18, 11, 10, 4, 3};
constexpr std::array<const char*, 4> kDevices = {"mobile", "desktop", "tablet", "kiosk"};
constexpr std::array<uint8_t, 4> kDeviceWeights = {52, 36, 10, 2};
constexpr std::array<const char*, 8> kCampaigns = {
    "summer_sale_2023", "black_friday_2023", "spring_launch", "newsletter_q1",
    "newsletter_q2",    "retargeting_a",     "retargeting_b", "brand"};
constexpr std::array<const char*, 4> kActions = {"view", "click", "submit", "scroll"};
constexpr std::array<const char*, 4> kCategories = {"electronics", "home", "toys", "fashion"};
// Referrer by channel; website visits come from search engines or directly.
constexpr std::array<const char*, 7> kReferrers = {
    "google.com", "newsletter", "direct", "facebook.com", "bing.com", "", "direct"};

// What follows what, in percent; the missing rest ends the session.
constexpr std::array<std::array<uint8_t, 10>, 10> kNext = {{
    //           page prod srch cart chk  buy  open clk  ad   chat
    /*page*/ {{18, 34, 14, 2, 0, 0, 0, 0, 0, 2}},
    /*product*/ {{8, 24, 6, 32, 2, 0, 0, 0, 0, 2}},
    /*search*/ {{8, 50, 14, 4, 0, 0, 0, 0, 0, 1}},
    /*cart*/ {{6, 12, 2, 4, 56, 0, 0, 0, 0, 2}},
    /*checkout*/ {{2, 3, 0, 2, 3, 76, 0, 0, 0, 4}},
    /*purchase*/ {{12, 6, 2, 0, 0, 0, 0, 0, 0, 2}},
    /*open*/ {{2, 1, 0, 0, 0, 0, 2, 45, 0, 0}},
    /*click*/ {{26, 44, 4, 6, 0, 0, 0, 0, 0, 0}},
    /*ad*/ {{30, 48, 4, 3, 0, 0, 0, 0, 0, 0}},
    /*chat*/ {{18, 16, 6, 4, 6, 0, 0, 0, 0, 8}},
}};

struct Event {
  uint32_t time;  // seconds since the epoch
  uint32_t customer;
  uint32_t session;  // number within the whole run
  uint32_t number;   // touchpoint number within the whole run
  uint32_t item;
  uint32_t amount_cents;
  uint16_t time_spent;
  Kind kind;
  uint8_t channel, device, campaign;  // campaign 8: none
  uint8_t action, referrer;
};

template <size_t N>
uint8_t weighted(Random& random, const std::array<uint8_t, N>& weights) {
  uint32_t draw = random.below(100);
  for (size_t i = 0; i < N; ++i) {
    if (draw < weights[i]) return static_cast<uint8_t>(i);
    draw -= weights[i];
  }
  return static_cast<uint8_t>(N);
}

Kind first_kind(Random& random, uint8_t channel) {
  if (channel == 1) return random.below(10) < 8 ? kEmailOpen : kEmailClick;
  if (channel == 3 || channel == 4) return random.below(10) < 6 ? kAdClick : kPageView;
  if (channel == 6) return kSupportChat;
  return random.below(10) < 7 ? kPageView : random.below(2) ? kProductView : kSearch;
}

uint8_t campaign_of(Random& random, uint8_t channel) {
  if (channel == 1) return static_cast<uint8_t>(3 + random.below(2));
  if (channel == 3) return static_cast<uint8_t>(5 + random.below(3));
  if (channel == 4) return static_cast<uint8_t>(random.below(3) == 0 ? 7 : random.below(3));
  return random.below(10) < 7 ? 8 : static_cast<uint8_t>(random.below(8));
}

constexpr uint32_t kYearBegin = 1672531200, kYearEnd = 1704067199;  // 2023 in UTC

std::vector<Event> generate(uint64_t rows, uint64_t seed, uint32_t rows_per_customer) {
  std::vector<Event> events;
  events.reserve(rows);
  const auto customers = static_cast<uint32_t>(std::max<uint64_t>(1, rows / rows_per_customer));
  uint32_t session = 0;
  // Customers take turns until there are enough rows: each turn is one session, so frequent
  // customers come back.
  for (uint32_t turn = 0; events.size() < rows; ++turn) {
    for (uint32_t customer = 0; customer < customers && events.size() < rows; ++customer) {
      Random person(seed + 1 + customer);
      const uint8_t device = std::min<uint8_t>(weighted(person, kDeviceWeights), 3);
      const uint32_t eagerness = 1 + person.skewed(10);
      Random random((seed << 40) ^ (static_cast<uint64_t>(turn) << 32) ^ customer);
      if (turn > 0 && random.below(10) >= eagerness) continue;
      ++session;
      const uint8_t channel = std::min<uint8_t>(weighted(random, kChannelWeights), 6);
      const uint8_t campaign = campaign_of(random, channel);
      const uint8_t used_device =
          random.below(10) < 8 ? device : static_cast<uint8_t>(random.below(4));
      uint32_t time = kYearBegin + random.below(kYearEnd - kYearBegin - 86400);
      uint32_t item = random.skewed(5000);
      for (Kind kind = first_kind(random, channel); kind != kEnd && events.size() < rows;) {
        if (kind == kProductView || kind == kSearch) item = random.skewed(5000);
        Event event{};
        event.time = time;
        event.customer = customer;
        event.session = session;
        event.number = static_cast<uint32_t>(events.size());
        event.item = item;
        event.kind = kind;
        event.amount_cents = kind == kPurchase ? 500 + random.skewed(40000) : 0;
        event.time_spent = static_cast<uint16_t>(1 + random.skewed(600));
        event.channel = channel;
        event.device = used_device;
        event.campaign = campaign;
        event.action =
            static_cast<uint8_t>(kind == kPurchase || kind == kCheckout ? 2 : random.skewed(4));
        event.referrer = channel == 0 && random.below(3) == 0 ? 6 : channel;
        events.push_back(event);
        time += event.time_spent + random.skewed(120);
        const uint8_t next = weighted(random, kNext[kind]);
        kind = static_cast<Kind>(next);
      }
    }
  }
  return events;
}

void append_time(std::string& out, uint32_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  out.append(text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts));
}

void append_json(std::string& out, const Event& event) {
  char text[512];
  Random ids(event.number * 2654435761ULL + 77);
  Random session_ids(event.session * 40503ULL + 5);
  out += "{\"customer_id\":\"";
  std::snprintf(text, sizeof text, "cust_%07u\",\"session_id\":\"sess_%016llx\",\"timestamp\":\"",
                event.customer, static_cast<unsigned long long>(session_ids.next()));
  out += text;
  append_time(out, event.time);
  std::snprintf(
      text, sizeof text,
      "\",\"touchpoint_id\":\"tp_%016llx\",\"touchpoint_type\":\"%s\",\"channel\":\"%s\","
      "\"device\":\"%s\","
      "\"campaign_id\":\"%s\",\"conversion\":%d,\"transaction_amount\":%u.%02u,\"referrer\":\"%s\","
      "\"page_url\":\"https://example.com/%s%u\",\"time_spent\":%u,\"action\":\"%s\","
      "\"metadata\":\"{\\\"product_id\\\":\\\"item%u\\\",\\\"category\\\":\\\"%s\\\"}\"}\n",
      static_cast<unsigned long long>(ids.next()), kKinds[event.kind], kChannels[event.channel],
      kDevices[event.device], event.campaign < 8 ? kCampaigns[event.campaign] : "",
      event.kind == kPurchase, event.amount_cents / 100, event.amount_cents % 100,
      kReferrers[event.referrer],
      event.kind == kProductView || event.kind == kAddToCart ? "products/item" : "pages/p",
      event.item, event.time_spent, kActions[event.action], event.item,
      kCategories[event.item % 4]);
  out += text;
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t rows = 0, seed = 1;
  uint32_t rows_per_customer = 16;
  bool by_time = true;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto value = [&](std::string_view name) {
      return std::strtoull(argument.substr(name.size()).data(), nullptr, 10);
    };
    if (argument.starts_with("--seed="))
      seed = value("--seed=");
    else if (argument.starts_with("--rows-per-customer="))
      rows_per_customer = static_cast<uint32_t>(value("--rows-per-customer="));
    else if (argument == "--order=customer")
      by_time = false;
    else if (argument == "--order=time")
      by_time = true;
    else
      rows = value("");
  }
  if (rows == 0 || rows > 2000000000 || rows_per_customer == 0) {
    std::fputs(
        "usage: sp_generate ROWS [--order=time|customer] [--seed=N] [--rows-per-customer=16]\n",
        stderr);
    return 2;
  }
  std::vector<Event> events = generate(rows, seed, rows_per_customer);
  std::sort(events.begin(), events.end(), [by_time](const Event& a, const Event& b) {
    if (!by_time && a.customer != b.customer) return a.customer < b.customer;
    return a.time != b.time ? a.time < b.time : a.number < b.number;
  });
  std::string out;
  for (const Event& event : events) {
    append_json(out, event);
    if (out.size() > (1 << 20)) {
      std::fwrite(out.data(), 1, out.size(), stdout);
      out.clear();
    }
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
  return 0;
}
