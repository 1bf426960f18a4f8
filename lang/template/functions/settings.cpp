// Hints to Tinybird's backend: accepted, checked in form, and without effect on the SQL.

#include "lang/template/evaluate.h"
#include "lang/template/function.h"

namespace sp::tmpl {
namespace {

bool nothing(Evaluator& evaluator, const Expr& call, Value& out) {
  if (!evaluator.expect_count(call, 0, 4)) return false;
  out = Value::nothing();
  return true;
}

constexpr FunctionRule kFunctions[] = {
    {"max_threads", "Accepted; the number of threads is chosen by the engine.",
     "{{max_threads(2)}}", &nothing},
    {"cache_ttl", "Accepted; without effect.", "{{cache_ttl('1m')}}", &nothing},
    {"backend_hint", "Accepted; without effect.", "{{backend_hint('fast')}}", &nothing},
    {"activate", "Accepted; without effect.", "{{activate('feature')}}", &nothing},
};

}  // namespace

std::span<const FunctionRule> setting_functions() { return kFunctions; }

}  // namespace sp::tmpl
