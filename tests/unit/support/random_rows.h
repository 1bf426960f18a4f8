#pragma once
// Random rows of any type for storage tests.

#include "runtime/core/rng.h"
#include "runtime/storage/row_batch.h"

namespace sp {

/// Writes a random value: small domains now and then, so that keys repeat; NULLs, long and short
/// strings, NaN, extremes.
void random_slot(Type type, void* slot, Arena& arena, Rng& rng);
void append_random_rows(RowBatch& batch, size_t rows, Rng& rng);

}  // namespace sp
