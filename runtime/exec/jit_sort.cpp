// Entry points of TopN for generated code; also compiled to bitcode.

#include "runtime/exec/sort.h"

extern "C" uint8_t sp_top_n_wants(sp::TopN* top, const void* image) noexcept {
  return top->wants(image) ? 1 : 0;
}

extern "C" void* sp_top_n_append(sp::TopN* top, uint64_t number) noexcept {
  return top->append(number);
}
