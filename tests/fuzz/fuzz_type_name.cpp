// Fuzzes the parser of type names: what it takes has a name that it takes again, as the same type.

#include "runtime/core/check.h"
#include "runtime/core/slot.h"
#include "runtime/core/type.h"
#include "tests/fuzz/fuzz_target.h"

SP_FUZZ_TARGET(type_name) {
  const auto type = sp::parse_type(input);
  if (!type.ok()) {
    SP_CHECK(!type.error().message.empty());
    return;
  }
  const auto again = sp::parse_type(type->name());
  SP_CHECK(again.ok());
  SP_CHECK(*again == *type);
}
