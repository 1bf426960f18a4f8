// Strings: dictionary or plain. A first pass numbers the distinct strings (and gives up early when
// nearly all differ); the smaller form wins. Dictionaries of up to 65,536 entries and of the
// leading key are sorted; larger ones keep the order of first appearance, which follows the part's
// order: the codes of a segment then lie close together and take two bytes instead of four (session
// ids in a table sorted by customer).

#include "runtime/storage/encode_strings.h"

#include <zstd.h>

#include <algorithm>
#include <optional>
#include <string>

#include "runtime/core/hash.h"
#include "runtime/core/varint.h"
#include "runtime/storage/text_filter.h"

namespace sp {

namespace {

constexpr uint32_t kBlockRows = 65536;
constexpr uint32_t kFirstLookRows = 256;
constexpr uint64_t kSortLimit = 65536;
constexpr uint64_t kCompressFrom = 64 << 10;
constexpr uint64_t kPackFrom = 4 << 10;
constexpr size_t kRangeBytes = 64;

// Cuts bounds to 64 bytes: a prefix is a lower bound; the upper bound's last byte is raised.
void keep_range(ColumnRange& range, std::string_view low, std::string_view high) {
  range.known = true;
  range.min_bytes = low.substr(0, kRangeBytes);
  range.max_bytes = high.substr(0, kRangeBytes);
  if (high.size() <= kRangeBytes) return;
  range.max_truncated = true;
  while (!range.max_bytes.empty() && static_cast<uint8_t>(range.max_bytes.back()) == 0xff)
    range.max_bytes.pop_back();
  if (range.max_bytes.empty())
    range.known = false;
  else
    range.max_bytes.back() = static_cast<char>(static_cast<uint8_t>(range.max_bytes.back()) + 1);
}

// Follows the smallest and largest string of a segment.
class Bounds {
 public:
  void add(const StringRef& text) {
    if (!any_) {
      low_ = high_ = text;
      any_ = true;
    } else if (compare(text, low_) < 0) {
      low_ = text;
    } else if (compare(text, high_) > 0) {
      high_ = text;
    }
  }
  void keep(ColumnRange& range) const {
    if (any_) keep_range(range, low_.view(), high_.view());
  }

 private:
  StringRef low_, high_;
  bool any_ = false;
};

// The first pass: codes and null flags of all rows.
struct CodedRows {
  std::vector<uint32_t> codes;
  std::vector<uint8_t> nulls;
  bool any_null = false;
  uint64_t plain_bytes = 0;
};

bool worth_a_dictionary(const DictionaryBuilder& dictionary, const CodedRows& rows) {
  const uint64_t code_width = dictionary.size() <= 256 ? 1 : dictionary.size() <= 65536 ? 2 : 4;
  const uint64_t coded =
      rows.codes.size() * code_width + dictionary.bytes() + dictionary.size() * 4;
  return coded < rows.plain_bytes + rows.codes.size() * 4;
}

// Returns false when a dictionary does not pay. Head blocks give up when their first rows are all
// different; files after a block of rows that nearly all are.
bool number_rows(ColumnSource& source, uint64_t count, const EncodeOptions& options,
                 DictionaryBuilder& dictionary, CodedRows& rows) {
  rows.codes.resize(count);
  rows.nulls.resize(count);
  for (uint64_t done = 0; done < count;) {
    const uint32_t block = done == 0 && !options.file ? kFirstLookRows : kBlockRows;
    const auto size = static_cast<uint32_t>(std::min<uint64_t>(block, count - done));
    const bool any_null =
        source.codes(size, dictionary, rows.codes.data() + done, rows.nulls.data() + done);
    rows.any_null |= any_null;
    // NULLs before the first value took code 0, which need not exist.
    if (any_null && dictionary.size() == 0) dictionary.code_of(StringRef());
    done += size;
    if (options.leading_key || done < kFirstLookRows) continue;
    const bool first_look = done == kFirstLookRows && dictionary.size() == done;
    if (first_look || (done == kBlockRows && dictionary.size() * 100 > done * 99)) return false;
  }
  for (uint64_t i = 0; i < count; ++i) {
    if (rows.nulls[i] == 0) rows.plain_bytes += dictionary.entries()[rows.codes[i]].size;
  }
  return options.leading_key || worth_a_dictionary(dictionary, rows);
}

// Texts one after another, if all have one length; else empty.
std::string of_one_length(const std::vector<StringRef>& texts) {
  std::string bytes;
  const size_t length = texts.empty() ? 0 : texts.front().size;
  if (length == 0 || length > TextPattern::kLongest) return bytes;
  for (const StringRef& text : texts) {
    if (text.size != length) return {};
  }
  bytes.reserve(texts.size() * length);
  for (const StringRef& text : texts) bytes.append(text.begin(), text.size);
  return bytes;
}

// A pattern that takes less than `limit` bytes for all texts.
std::optional<TextPattern> pattern_of(const std::string& bytes, size_t count, size_t limit) {
  if (bytes.empty()) return std::nullopt;
  std::optional<TextPattern> pattern = TextPattern::find(bytes.data(), count, bytes.size() / count);
  if (pattern && pattern->packed_bytes() * count >= limit) return std::nullopt;
  return pattern;
}

uint64_t write_pattern(const TextPattern& pattern, const std::string& bytes, size_t count,
                       ByteSink& sink) {
  std::vector<uint8_t> packed(pattern.packed_bytes() * count + 8);
  pattern.pack(bytes.data(), count, packed.data());
  return sink.write_buffer(packed.data(), packed.size() - 8);
}

void write_dictionary(const std::vector<StringRef>& entries, bool compress, EncodedColumn& column,
                      ByteSink& sink) {
  EncodedDictionary& out = column.dictionary;
  out.entries = entries.size();
  const std::string equal = compress ? of_one_length(entries) : std::string();
  const std::optional<TextPattern> pattern =
      pattern_of(equal, entries.size(), equal.size() * 3 / 4);
  const auto take_pattern = [&] {
    out.form = EncodedDictionary::Form::kPattern;
    out.pattern = *pattern;
    out.offset = write_pattern(*pattern, equal, entries.size(), sink);
    out.size = pattern->packed_bytes() * entries.size();
    out.raw_size = equal.size();
  };
  if (pattern && !out.sorted) return take_pattern();  // in sorted entries zstd finds more
  out.offset = sink.begin_buffer();
  std::string bytes;
  if (compress) {
    for (const StringRef& entry : entries) append_varint(bytes, entry.size);
    for (const StringRef& entry : entries) bytes.append(entry.begin(), entry.size);
    std::string packed(ZSTD_compressBound(bytes.size()), '\0');
    const size_t size = ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), 1);
    if (pattern && (ZSTD_isError(size) != 0U || pattern->packed_bytes() * entries.size() < size))
      return take_pattern();
    if (ZSTD_isError(size) == 0U && size * 4 < bytes.size() * 3) {
      out.form = EncodedDictionary::Form::kZstd;
      out.raw_size = bytes.size();
      out.size = size;
      sink.append(packed.data(), size);
      sink.end_buffer();
      return;
    }
  }
  out.form = EncodedDictionary::Form::kPlain;
  std::vector<uint32_t> offsets;
  offsets.reserve(entries.size() + 1);
  bytes.clear();
  for (const StringRef& entry : entries) {
    offsets.push_back(static_cast<uint32_t>(bytes.size()));
    bytes.append(entry.begin(), entry.size);
  }
  offsets.push_back(static_cast<uint32_t>(bytes.size()));
  sink.append(offsets.data(), offsets.size() * sizeof(uint32_t));
  sink.append(bytes.data(), bytes.size());
  out.size = sink.position() - out.offset;
  sink.end_buffer();
}

void code_bounds(const uint32_t* codes, const uint8_t* nulls, uint32_t count,
                 const DictionaryBuilder& dictionary, bool sorted, ColumnRange& range) {
  if (sorted) {
    uint32_t low = UINT32_MAX, high = 0;
    for (uint32_t i = 0; i < count; ++i) {
      if (nulls[i] != 0) continue;
      low = std::min(low, codes[i]);
      high = std::max(high, codes[i]);
    }
    if (low <= high)
      keep_range(range, dictionary.entries()[low].view(), dictionary.entries()[high].view());
    return;
  }
  Bounds bounds;
  uint32_t last = UINT32_MAX;
  for (uint32_t i = 0; i < count; ++i) {
    if (nulls[i] != 0 || codes[i] == last) continue;
    last = codes[i];
    bounds.add(dictionary.entries()[last]);
  }
  bounds.keep(range);
}

void add_filter(const std::vector<uint64_t>& hashes, EncodedFilters& filters) {
  filters.blocks.push_back(hashes.empty() ? 0 : append_text_filter(hashes, filters.bytes));
}

// Of the distinct texts of a segment; its codes are in [low, high].
std::vector<uint64_t> hashes_of(const uint32_t* codes, const uint8_t* nulls, uint32_t count,
                                uint32_t low, uint32_t high, const DictionaryBuilder& dictionary) {
  std::vector<bool> seen(high - low + 1);
  std::vector<uint64_t> hashes;
  for (uint32_t i = 0; i < count; ++i) {
    if (nulls[i] != 0 || seen[codes[i] - low]) continue;
    seen[codes[i] - low] = true;
    const StringRef& text = dictionary.entries()[codes[i]];
    hashes.push_back(hash_bytes(text.begin(), text.size));
  }
  return hashes;
}

// Where the texts ascend from segment to segment the ranges tell as much.
void drop_needless_filters(EncodedColumn& column) {
  const std::vector<EncodedSegment>& segments = column.segments;
  for (size_t i = 1; i < segments.size(); ++i) {
    const ColumnRange &before = segments[i - 1].range, &range = segments[i].range;
    if (!before.known || !range.known || range.min_bytes <= before.max_bytes) return;
  }
  if (segments.size() > 1) column.filters = {};
}

EncodedColumn encode_coded(CodedRows& rows, DictionaryBuilder& dictionary, const ColumnShape& shape,
                           const EncodeOptions& options, ByteSink& sink) {
  EncodedColumn column;
  const bool sorted = options.leading_key || (options.file && dictionary.size() <= kSortLimit);
  if (sorted) {
    const std::vector<uint32_t> new_code = dictionary.sort();
    if (!new_code.empty()) {
      for (uint32_t& code : rows.codes) code = new_code[code];
    }
  }
  const bool filtered =
      options.file && !sorted &&
      shape.value.is(TypeKind::kString);  // few values: most segments have them all
  std::vector<uint64_t> words(std::min<uint64_t>(options.segment_rows, rows.codes.size()));
  for (uint64_t done = 0; done < rows.codes.size(); done += options.segment_rows) {
    const auto count =
        static_cast<uint32_t>(std::min<uint64_t>(options.segment_rows, rows.codes.size() - done));
    const uint32_t* codes = rows.codes.data() + done;
    const uint8_t* nulls = rows.nulls.data() + done;
    EncodedSegment segment;
    segment.encoding = Encoding::kDictionary;
    if (sorted || options.file) code_bounds(codes, nulls, count, dictionary, sorted, segment.range);
    const auto [low, high] = std::minmax_element(codes, codes + count);
    std::copy(codes, codes + count, words.begin());
    const auto pack = options.file && options.leading_key ? pack_runs_or_words : pack_words;
    pack(words.data(), count, *low, *high - *low, segment, sink);
    if (filtered)
      add_filter(hashes_of(codes, nulls, count, *low, *high, dictionary), column.filters);
    segment.range.has_null = rows.any_null && std::find(nulls, nulls + count, 1) != nulls + count;
    if (segment.range.has_null) segment.nulls = sink.write_buffer(nulls, count);
    column.segments.push_back(std::move(segment));
  }
  drop_needless_filters(column);
  const bool compress = options.file && dictionary.bytes() >= kCompressFrom;
  column.dictionary.sorted = sorted;
  write_dictionary(dictionary.entries(), compress, column, sink);
  column.size = sink.position();
  return column;
}

// Tries a pattern, then zstd; false if neither saves enough to be worth unpacking.
bool pack_texts(const std::vector<StringRef>& texts, const std::vector<uint8_t>& nulls,
                uint64_t total, EncodedSegment& segment, ByteSink& sink) {
  const uint64_t plain = total + (texts.size() + 1) * sizeof(uint32_t);
  if (!segment.range.has_null && segment.encoding == Encoding::kString) {
    const std::string equal = of_one_length(texts);
    if (const auto pattern = pattern_of(equal, texts.size(), plain * 3 / 4)) {
      segment.packing = EncodedSegment::Packing::kPattern;
      segment.pattern = *pattern;
      segment.data = write_pattern(*pattern, equal, texts.size(), sink);
      return true;
    }
  }
  std::string bytes;
  bytes.reserve(plain);
  for (size_t i = 0; i < texts.size(); ++i) {
    const uint32_t length = nulls[i] != 0 ? 0 : texts[i].size;
    bytes.append(reinterpret_cast<const char*>(&length), sizeof(length));
  }
  for (size_t i = 0; i < texts.size(); ++i) {
    if (nulls[i] == 0) bytes.append(texts[i].begin(), texts[i].size);
  }
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  const size_t size = ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), 1);
  if (ZSTD_isError(size) != 0U || size * 3 > plain * 2) return false;
  segment.packing = EncodedSegment::Packing::kZstd;
  segment.packed_size = size;
  segment.raw_size = bytes.size();
  segment.data = sink.write_buffer(packed.data(), size);
  if (segment.range.has_null) segment.nulls = sink.write_buffer(nulls.data(), nulls.size());
  return true;
}

Result<EncodedSegment> encode_plain(ColumnSource& source, bool serialized, uint32_t count,
                                    const EncodeOptions& options, EncodedFilters* filters,
                                    ByteSink& sink) {
  EncodedSegment segment;
  segment.encoding = serialized ? Encoding::kSerialized : Encoding::kString;
  segment.stride = 4;
  std::vector<StringRef> texts(count);
  std::vector<uint8_t> nulls(count);
  segment.range.has_null = source.strings(count, texts.data(), nulls.data());
  std::vector<uint32_t> offsets(count + 1);
  uint64_t total = 0;
  Bounds bounds;
  for (uint32_t i = 0; i < count; ++i) {
    offsets[i] = static_cast<uint32_t>(total);
    if (nulls[i] != 0) continue;
    total += texts[i].size;
    if (!serialized && options.file) bounds.add(texts[i]);
  }
  offsets[count] = static_cast<uint32_t>(total);
  if (total > UINT32_MAX) {
    return fail(ErrorCode::kTooLargeStringSize,
                "Strings of one segment exceed 4 GiB: " + std::to_string(total));
  }
  bounds.keep(segment.range);
  if (filters != nullptr) {
    std::vector<uint64_t> hashes;  // nearly all texts differ, or there were a dictionary
    for (uint32_t i = 0; i < count; ++i) {
      if (nulls[i] == 0) hashes.push_back(hash_bytes(texts[i].begin(), texts[i].size));
    }
    add_filter(hashes, *filters);
  }
  if (options.file && total >= kPackFrom && pack_texts(texts, nulls, total, segment, sink))
    return segment;
  segment.data = sink.write_buffer(offsets.data(), offsets.size() * sizeof(uint32_t));
  std::string heap;
  heap.reserve(total);
  for (uint32_t i = 0; i < count; ++i) {
    if (nulls[i] == 0) heap.append(texts[i].begin(), texts[i].size);
  }
  segment.heap = sink.write_buffer(heap.data(), heap.size());
  if (segment.range.has_null) segment.nulls = sink.write_buffer(nulls.data(), count);
  return segment;
}

}  // namespace

Result<EncodedColumn> encode_strings(ColumnSource& source, const ColumnShape& shape, uint64_t rows,
                                     const EncodeOptions& options, ByteSink& sink) {
  const bool serialized = shape.kind == ColumnShape::Kind::kSerialized;
  if (!serialized) {
    DictionaryBuilder dictionary(options.leading_key);
    CodedRows coded;
    if (number_rows(source, rows, options, dictionary, coded) && dictionary.bytes() <= UINT32_MAX) {
      return encode_coded(coded, dictionary, shape, options, sink);
    }
    source.rewind();
  }
  EncodedColumn column;
  EncodedFilters* const filters =
      options.file && shape.value.is(TypeKind::kString) ? &column.filters : nullptr;
  for (uint64_t done = 0; done < rows; done += options.segment_rows) {
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(options.segment_rows, rows - done));
    SP_TRY(EncodedSegment segment, encode_plain(source, serialized, count, options, filters, sink));
    column.segments.push_back(std::move(segment));
  }
  drop_needless_filters(column);
  sink.end_buffer();
  column.size = sink.position();
  return column;
}

}  // namespace sp
