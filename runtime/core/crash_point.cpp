// Crash points: the registry, and the environment variable read once.

#include "runtime/core/crash_point.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>

namespace sp {

namespace {

struct Request {
  std::string name;
  std::atomic<long> passages_left{1};

  Request() {
    if (const char* text = std::getenv("SANDPIPER_CRASHPOINT")) set(text);
  }
  void set(std::string_view text) {
    name = text;
    passages_left = 1;
    const size_t colon = name.find(':');
    if (colon == std::string::npos) return;
    passages_left = std::max(1L, std::strtol(name.c_str() + colon + 1, nullptr, 10));
    name.resize(colon);
  }
};

Request& request() {
  static Request only;
  return only;
}

}  // namespace

const CrashPoint* CrashPoint::first_ = nullptr;

CrashPoint::CrashPoint(const char* name) : name_(name), next_(first_) { first_ = this; }

void CrashPoint::pass() const {
  Request& wanted = request();
  if (__builtin_expect(wanted.name.empty(), 1) || wanted.name != name_) return;
  if (--wanted.passages_left == 0) ::_exit(137);
}

void arm_crash_point(std::string_view text) { request().set(text); }

std::vector<std::string_view> crash_points() {
  std::vector<std::string_view> names;
  for (const CrashPoint* point = CrashPoint::first_; point != nullptr; point = point->next_) {
    names.emplace_back(point->name_);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace sp
