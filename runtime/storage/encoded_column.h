#pragma once
// EncodedColumn: where the pieces of one column of one part stand inside the column's chunk of
// bytes. The same in memory (head blocks) and on disk (part files); part_image turns it into
// ColumnViews. Made by encode_column().
//
// Chunk: for each segment its buffers (row data or codes or offsets, heap, null map), then the
// dictionary. Every buffer starts at a multiple of 8 and is followed by at least 8 readable bytes.

#include <cstdint>
#include <vector>

#include "runtime/core/type.h"
#include "runtime/storage/column_view.h"
#include "runtime/storage/table.h"
#include "runtime/storage/text_pattern.h"

namespace sp {

inline constexpr uint64_t kNoBuffer = ~0ULL;

/// One column of one segment. Offsets are from the start of the chunk.
struct EncodedSegment {
  Encoding encoding = Encoding::kFixed;
  uint8_t stride = 0;
  uint64_t base = 0;
  uint64_t data = kNoBuffer;
  uint64_t heap = kNoBuffer;
  uint64_t nulls = kNoBuffer;
  ColumnRange range;
  /// How the data are packed in files, for columns that would be large otherwise. Unpacked when a
  /// query first needs the column; generated code never sees it.
  enum class Packing : uint8_t {
    kNone = 0,
    kPattern = 1,  ///< strings: texts packed by `pattern`, no heap
    kDecimal = 2,  ///< floats: integers in a frame of reference; the value is integer / 10^decimals
    kZstd = 3,     ///< strings, serialized: one zstd frame of u32 lengths, then the bytes; no heap
    kRuns = 4,     ///< fixed, dictionary: runs of equal words (word_runs.h)
  };
  Packing packing = Packing::kNone;
  TextPattern pattern;       ///< kPattern
  uint8_t decimals = 0;      ///< kDecimal
  uint64_t packed_size = 0;  ///< kZstd: bytes of the frame; kRuns: of the runs
  uint64_t raw_size = 0;     ///< kZstd: bytes after unpacking
};

/// The part-wide dictionary of a string column.
struct EncodedDictionary {
  enum class Form : uint8_t {
    kNone = 0,
    kPlain = 1,    ///< u32 offsets[entries + 1], then the bytes: read in place
    kZstd = 2,     ///< one zstd frame holding varint lengths, then the bytes: unpacked by prepare()
    kPattern = 3,  ///< texts packed by `pattern`: unpacked by prepare()
  };
  Form form = Form::kNone;
  bool sorted = false;
  uint64_t entries = 0;
  uint64_t offset = 0;
  uint64_t size = 0;      ///< bytes in the chunk
  uint64_t raw_size = 0;  ///< kZstd, kPattern: bytes after unpacking
  TextPattern pattern;    ///< kPattern
};

/// Bloom filters over the texts of each segment (text_filter.h). They stand outside of the column's
/// chunk, so that a query that skips by them reads nothing else of it.
struct EncodedFilters {
  std::vector<uint32_t> blocks;  ///< of each segment, 0: none; empty: the column has no filters
  std::vector<uint8_t> bytes;    ///< while the file is written
  uint64_t offset = 0;           ///< in the file
  uint64_t size = 0;
  uint64_t checksum = 0;  ///< XXH3-64
};

struct EncodedColumn {
  std::vector<EncodedSegment> segments;
  EncodedDictionary dictionary;
  EncodedFilters filters;
  uint64_t offset = 0;    ///< of the chunk in its file; 0 in memory
  uint64_t size = 0;      ///< of the chunk
  uint64_t checksum = 0;  ///< XXH3-64 of the chunk; files only
};

/// How values of a type stand in columns.
struct ColumnShape {
  enum class Kind : uint8_t {
    kWord,        ///< 1, 2, 4 or 8 bytes
    kWide,        ///< 16 or 32 bytes
    kString,      ///< String, FixedString, JSON
    kSerialized,  ///< everything else, as a serialize_slot() image of the type without Nullable
  };
  Kind kind = Kind::kWord;
  Type value;  ///< LowCardinality, SimpleAggregateFunction and Nullable taken off
  bool nullable = false;
  uint32_t width = 0;      ///< slot bytes of `value`
  bool is_signed = false;  ///< kWord: sign-extended to 64 bits
  bool is_float = false;   ///< kWord: the bits of a float
};
ColumnShape column_shape(Type type);

}  // namespace sp
