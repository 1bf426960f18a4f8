#pragma once
// RowBlock: rows of one table in columns, as they are logged and kept in the head before anybody
// reads them: in order of arrival, unsorted, cheap to build. Made by BlockBuilder; written to the
// log by log_record; sorted and encoded, many blocks at once, by sort_blocks and block_source.

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/storage/encoded_column.h"
#include "runtime/storage/table.h"

namespace sp {

/// Leaves new elements uninitialised: buffers that are written right after they grow.
template <class T>
struct UninitializedAllocator : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = UninitializedAllocator<U>;
  };
  template <class U>
  void construct(U* at) noexcept {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class First, class... Rest>
  void construct(U* at, First&& first, Rest&&... rest) {
    ::new (static_cast<void*>(at)) U(std::forward<First>(first), std::forward<Rest>(rest)...);
  }
};
template <class T>
using Buffer = std::vector<T, UninitializedAllocator<T>>;

/// The values of one column of a block. Nullable stands apart from the values; the value at a NULL
/// row is a default.
struct BlockColumn {
  enum class Form : uint8_t {
    kSlots,  ///< fixed width: the bytes of each row's slot
    kTexts,  ///< strings, or images of serialized values: row i ends at ends[i] of the heap
    kCodes,  ///< strings: codes of code_width bytes; entry c ends at ends[c] of the heap. At least
             ///< one entry
  };
  Form form = Form::kSlots;
  uint8_t code_width = 0;
  std::vector<uint8_t> nulls;  ///< one byte a row, 1 for NULL; empty: no row is NULL
  Buffer<uint8_t> data;        ///< kSlots, kCodes; eight readable bytes follow the last value
  Buffer<uint32_t> ends;
  Buffer<char> heap;

  bool is_null(size_t row) const { return !nulls.empty() && nulls[row] != 0; }
  /// Text `index`: a row of kTexts, an entry of kCodes.
  std::string_view text(size_t index) const {
    const uint32_t begin = index == 0 ? 0 : ends[index - 1];
    return {heap.data() + begin, ends[index] - begin};
  }
  uint32_t code(size_t row) const {
    uint32_t code;
    std::memcpy(&code, data.data() + row * code_width, sizeof(code));
    return code_width == 4 ? code : code & ((1U << (code_width * 8)) - 1);
  }
  std::string_view row_text(size_t row) const {
    return text(form == Form::kCodes ? code(row) : row);
  }
  size_t bytes() const {
    return nulls.size() + data.size() + ends.size() * sizeof(uint32_t) + heap.size();
  }
};

/// Immutable once built; shared by the log writer and the head.
struct RowBlock {
  std::shared_ptr<const TableSchema> schema;
  size_t rows = 0;
  std::vector<BlockColumn> columns;  ///< parallel to the schema's
  size_t bytes() const;
};
using RowBlockPointer = std::shared_ptr<const RowBlock>;

/// Joins the rows of blocks of one schema, in order; their dictionaries become one. Calls
/// `each(columns, join)` to have join(column) called for each column, by one thread or several.
/// Error: TOO_LARGE_STRING_SIZE (131).
using EachColumn = std::function<void(size_t columns, const std::function<void(size_t)>& join)>;
Result<RowBlockPointer> join_blocks(const std::vector<RowBlockPointer>& blocks,
                                    const EachColumn& each);

/// Gives a block built under an older schema of a table the columns and types of its present one.
/// Error: INCOMPATIBLE_COLUMNS (122).
Result<RowBlockPointer> adapt_block(const RowBlockPointer& block,
                                    const std::shared_ptr<const TableSchema>& schema);

}  // namespace sp
