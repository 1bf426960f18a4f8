// The engine's options from the environment: SANDPIPER_*, mostly for tests (tests/harness).

#include <cstdlib>

#include "compiler/engine/engine.h"

namespace sp {

EngineOptions EngineOptions::from_environment() {
  EngineOptions options;
  const auto text = [](const char* name) { return std::getenv(name); };
  if (const char* value = text("SANDPIPER_TIER"))
    options.tier = *value == '0' ? Tier::kTier0 : Tier::kTier1;
  if (const char* value = text("SANDPIPER_HASH_ZERO")) options.hash_zero = *value != '0';
  if (const char* value = text("SANDPIPER_MORSEL_ROWS"))
    options.morsel_rows = static_cast<uint32_t>(std::strtoul(value, nullptr, 10));
  if (const char* value = text("SANDPIPER_OPTIMIZER")) options.optimizer = *value != '0';
  if (const char* value = text("SANDPIPER_ORDER")) options.use_order = *value != '0';
  if (const char* value = text("SANDPIPER_TIMEOUT_MS"))
    options.timeout_ms = std::strtoll(value, nullptr, 10);
  if (const char* value = text("SANDPIPER_MEMORY_LIMIT"))
    options.memory_limit_bytes = std::strtoll(value, nullptr, 10);
  if (const char* value = text("SANDPIPER_THREADS"))
    options.threads = static_cast<uint32_t>(std::strtoul(value, nullptr, 10));
  return options;
}

}  // namespace sp
