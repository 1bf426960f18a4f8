// Writing and reading part footers. Offsets are checked here once, so that views need no checks
// later.

#include "runtime/storage/part_directory.h"

#include <optional>

#include "runtime/storage/byte_codec.h"
#include "runtime/storage/text_filter.h"

namespace sp {

namespace {

void write_range(ByteWriter& out, const ColumnRange& range) {
  out.number((range.known ? 1U : 0U) | (range.has_null ? 2U : 0U) |
             (range.max_truncated ? 4U : 0U));
  if (!range.known) return;
  out.text(range.min_bytes);
  out.text(range.max_bytes);
}

ColumnRange read_range(ByteReader& in) {
  ColumnRange range;
  const uint64_t flags = in.number();
  range.known = (flags & 1) != 0;
  range.has_null = (flags & 2) != 0;
  range.max_truncated = (flags & 4) != 0;
  if (!range.known) return range;
  range.min_bytes = in.text();
  range.max_bytes = in.text();
  return range;
}

using Packing = EncodedSegment::Packing;

// Offsets are written plus one: 0 is "no buffer".
void write_segment(ByteWriter& out, const EncodedSegment& segment) {
  out.number(static_cast<uint64_t>(segment.encoding));
  out.number(segment.stride);
  out.word(segment.base);
  out.number(segment.data + 1);
  out.number(segment.heap + 1);
  out.number(segment.nulls + 1);
  write_range(out, segment.range);
  out.number(static_cast<uint64_t>(segment.packing));
  if (segment.packing == Packing::kPattern) segment.pattern.write(out);
  if (segment.packing == Packing::kDecimal) out.number(segment.decimals);
  if (segment.packing != Packing::kZstd && segment.packing != Packing::kRuns) return;
  out.number(segment.packed_size);
  if (segment.packing == Packing::kZstd) out.number(segment.raw_size);
}

bool read_pattern(ByteReader& in, TextPattern& pattern) {
  std::optional<TextPattern> read = TextPattern::read(in);
  if (read) pattern = std::move(*read);
  return read.has_value();
}

// False if it makes no sense.
bool read_packing(ByteReader& in, EncodedSegment& segment) {
  segment.packing = static_cast<Packing>(in.number());
  if (segment.packing == Packing::kPattern) return read_pattern(in, segment.pattern);
  if (segment.packing == Packing::kDecimal) segment.decimals = static_cast<uint8_t>(in.number());
  if (segment.packing < Packing::kZstd) return segment.decimals <= 4;
  segment.packed_size = in.number();
  if (segment.packing != Packing::kZstd) return segment.packing == Packing::kRuns;
  segment.raw_size = in.number();
  return segment.raw_size <= UINT32_MAX * 2ULL;
}

EncodedSegment read_segment(ByteReader& in) {
  EncodedSegment segment;
  segment.encoding = static_cast<Encoding>(in.number());
  segment.stride = static_cast<uint8_t>(in.number());
  segment.base = in.word();
  segment.data = in.number() - 1;
  segment.heap = in.number() - 1;
  segment.nulls = in.number() - 1;
  segment.range = read_range(in);
  return segment;
}

bool fits(uint64_t offset, uint64_t size, uint64_t chunk) {
  return offset == kNoBuffer || (offset <= chunk && size + 8 <= chunk - offset);
}

bool is_sound(const EncodedSegment& segment, uint64_t rows, uint64_t chunk) {
  const bool text =
      segment.encoding == Encoding::kString || segment.encoding == Encoding::kSerialized;
  if (segment.encoding > Encoding::kWide || segment.stride > 32) return false;
  if (segment.data == kNoBuffer && (segment.stride != 0 || text)) return false;
  if (segment.packing == Packing::kPattern || segment.packing == Packing::kZstd) {
    const uint64_t size = segment.packing == Packing::kZstd ? segment.packed_size
                                                            : rows * segment.pattern.packed_bytes();
    if (segment.packing == Packing::kZstd && segment.raw_size < rows * 4) return false;
    return text && fits(segment.data, size, chunk) && fits(segment.nulls, rows, chunk);
  }
  if (segment.packing == Packing::kRuns) {
    const bool words =
        segment.encoding == Encoding::kFixed || segment.encoding == Encoding::kDictionary;
    const bool width =
        segment.stride == 1 || segment.stride == 2 || segment.stride == 4 || segment.stride == 8;
    return words && width && fits(segment.data, segment.packed_size, chunk) &&
           fits(segment.nulls, rows, chunk);
  }
  if (segment.packing == Packing::kDecimal && segment.encoding != Encoding::kFixed) return false;
  if (text && segment.heap == kNoBuffer) return false;
  const uint64_t bytes = text ? (rows + 1) * 4 : rows * segment.stride;
  return fits(segment.data, bytes, chunk) && fits(segment.heap, 0, chunk) &&
         fits(segment.nulls, rows, chunk);
}

void write_column(ByteWriter& out, const TableColumn& column, const EncodedColumn& encoded) {
  out.text(column.name);
  out.text(column.type.name());
  out.number(encoded.offset);
  out.number(encoded.size);
  out.word(encoded.checksum);
  const EncodedDictionary& dictionary = encoded.dictionary;
  out.number(static_cast<uint64_t>(dictionary.form));
  if (dictionary.form != EncodedDictionary::Form::kNone) {
    out.flag(dictionary.sorted);
    out.number(dictionary.entries);
    out.number(dictionary.offset);
    out.number(dictionary.size);
    out.number(dictionary.raw_size);
    if (dictionary.form == EncodedDictionary::Form::kPattern) dictionary.pattern.write(out);
  }
  out.number(encoded.segments.size());
  for (const EncodedSegment& segment : encoded.segments) write_segment(out, segment);
  out.flag(!encoded.filters.blocks.empty());
  if (encoded.filters.blocks.empty()) return;
  out.number(encoded.filters.offset);
  out.number(encoded.filters.size);
  out.word(encoded.filters.checksum);
  for (const uint32_t blocks : encoded.filters.blocks) out.number(blocks);
}

void read_filters(ByteReader& in, size_t segments, EncodedFilters& filters) {
  if (!in.flag()) return;
  filters.offset = in.number();
  filters.size = in.number();
  filters.checksum = in.word();
  for (size_t i = 0; i < segments && in.ok(); ++i)
    filters.blocks.push_back(static_cast<uint32_t>(in.number()));
}

bool is_sound(const EncodedFilters& filters, uint64_t file_size) {
  if (filters.offset > file_size || filters.size > file_size - filters.offset) return false;
  uint64_t bytes = 0;
  for (const uint32_t blocks : filters.blocks) bytes += uint64_t{blocks} * kTextFilterBlockBytes;
  return bytes == filters.size;
}

bool read_column(ByteReader& in, PartVersion version, EncodedColumn& encoded) {
  encoded.offset = in.number();
  encoded.size = in.number();
  encoded.checksum = in.word();
  EncodedDictionary& dictionary = encoded.dictionary;
  dictionary.form = static_cast<EncodedDictionary::Form>(in.number());
  if (dictionary.form != EncodedDictionary::Form::kNone) {
    dictionary.sorted = in.flag();
    dictionary.entries = in.number();
    dictionary.offset = in.number();
    dictionary.size = in.number();
    dictionary.raw_size = in.number();
    if (dictionary.form == EncodedDictionary::Form::kPattern &&
        !read_pattern(in, dictionary.pattern))
      return false;
  }
  const uint64_t segments = in.count(14);
  for (uint64_t i = 0; i < segments && in.ok(); ++i) {
    encoded.segments.push_back(read_segment(in));
    if (version != PartVersion::kFirst && !read_packing(in, encoded.segments.back())) return false;
  }
  if (version >= PartVersion::kFiltered) read_filters(in, encoded.segments.size(), encoded.filters);
  return in.ok();
}

bool is_sound(const EncodedColumn& encoded, const PartDirectory& directory, uint64_t file_size) {
  if (encoded.offset > file_size || encoded.size > file_size - encoded.offset) return false;
  const EncodedDictionary& dictionary = encoded.dictionary;
  if (dictionary.form > EncodedDictionary::Form::kPattern) return false;
  if (dictionary.form == EncodedDictionary::Form::kPattern &&
      (dictionary.size != dictionary.entries * dictionary.pattern.packed_bytes() ||
       dictionary.raw_size != dictionary.entries * dictionary.pattern.length())) {
    return false;
  }
  if (dictionary.form != EncodedDictionary::Form::kNone &&
      !fits(dictionary.offset, dictionary.size, encoded.size)) {
    return false;
  }
  if (!is_sound(encoded.filters, file_size)) return false;
  const uint64_t segments = (directory.rows + directory.segment_rows - 1) / directory.segment_rows;
  if (encoded.segments.size() != segments) return false;
  for (uint64_t i = 0; i < segments; ++i) {
    const uint64_t rows =
        std::min<uint64_t>(directory.segment_rows, directory.rows - i * directory.segment_rows);
    const EncodedSegment& segment = encoded.segments[i];
    if (!is_sound(segment, rows, encoded.size)) return false;
    if (segment.encoding == Encoding::kDictionary && dictionary.entries == 0) return false;
  }
  return true;
}

}  // namespace

std::string serialize_directory(const PartDirectory& directory) {
  ByteWriter out;
  out.number(directory.rows);
  out.number(directory.segment_rows);
  out.signed_number(directory.partition);
  out.number(directory.first_commit);
  out.number(directory.last_commit);
  out.number(directory.columns.size());
  for (size_t i = 0; i < directory.columns.size(); ++i)
    write_column(out, directory.columns[i], directory.encoded[i]);
  return std::move(out.bytes());
}

Result<PartDirectory> deserialize_directory(std::string_view bytes, uint64_t file_size,
                                            PartVersion version) {
  const auto malformed = [] {
    return fail(ErrorCode::kChecksumDoesntMatch, "Footer of a part file is malformed");
  };
  ByteReader in(bytes);
  PartDirectory directory;
  directory.rows = in.number();
  directory.segment_rows = static_cast<uint32_t>(in.number());
  directory.partition = in.signed_number();
  directory.first_commit = in.number();
  directory.last_commit = in.number();
  if (directory.segment_rows == 0) return malformed();
  const uint64_t columns = in.count(16);
  for (uint64_t i = 0; i < columns && in.ok(); ++i) {
    const std::string name(in.text());
    SP_TRY(const Type type, parse_type(in.text()));
    directory.columns.push_back({name, type});
    if (!read_column(in, version, directory.encoded.emplace_back()) ||
        !is_sound(directory.encoded.back(), directory, file_size))
      return malformed();
  }
  if (!in.ok() || !in.at_end()) return malformed();
  return directory;
}

}  // namespace sp
