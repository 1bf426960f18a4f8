// Entry points of NumberSet for generated code; also in the bitcode, so that the bitmap test
// inlines.

#include "runtime/exec/number_set.h"

extern "C" void sp_number_set_add(sp::ExecState& exec, sp::NumberSet* set,
                                  uint32_t number) noexcept {
  if (!set->add_to_bitmap(number)) sp::add_number_slow(exec, *set, number);
}

extern "C" uint8_t sp_number_set_add_new(sp::ExecState& exec, sp::NumberSet* set,
                                         uint32_t number) noexcept {
  const uint64_t before = set->count;
  if (!set->add_to_bitmap(number)) sp::add_number_slow(exec, *set, number);
  return set->count != before;
}
