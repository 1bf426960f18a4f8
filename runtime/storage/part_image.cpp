// PartImage: checksums and dictionaries, each done once, at a column's first use.

#include "runtime/storage/part_image.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "runtime/core/hash.h"
#include "runtime/core/varint.h"
#include "runtime/storage/text_filter.h"
#include "runtime/storage/unpack_segment.h"

namespace sp {

PartImage::PartImage(PartDirectory directory, std::vector<std::vector<uint8_t>> chunks)
    : directory_(std::move(directory)),
      chunks_(std::move(chunks)),
      lazy_(std::make_unique<Lazy[]>(directory_.columns.size())) {}

PartImage::PartImage(PartDirectory directory, std::unique_ptr<Mapping> mapping, std::string path,
                     Vfs& vfs)
    : directory_(std::move(directory)),
      mapping_(std::move(mapping)),
      path_(std::move(path)),
      vfs_(&vfs),
      lazy_(std::make_unique<Lazy[]>(directory_.columns.size())) {}

PartImage::~PartImage() {
  // A file that stays behind is not in the manifest: the next open removes it.
  if (remove_file_ && vfs_ != nullptr) (void)vfs_->remove(path_);
}

Result<void> PartImage::prepare(size_t column) {
  Lazy& lazy = lazy_[column];
  std::call_once(lazy.once, [&] { lazy.error = load(column); });
  if (lazy.error) return *lazy.error;
  return {};
}

std::optional<Error> PartImage::load(size_t column) {
  const EncodedColumn& encoded = directory_.encoded[column];
  const std::string name = directory_.columns[column].name;
  if (mapping_ && hash_bytes(chunk(column), encoded.size) != encoded.checksum) {
    return fail(
        ErrorCode::kChecksumDoesntMatch,
        "Checksum doesn't match: column " + name + " of " + path_.substr(path_.rfind('/') + 1),
        std::nullopt, "the file is damaged: restore it from a backup");
  }
  bool good = true;
  if (encoded.dictionary.form == EncodedDictionary::Form::kPlain)
    good = load_plain_dictionary(column);
  if (encoded.dictionary.form == EncodedDictionary::Form::kZstd)
    good = load_packed_dictionary(column);
  if (encoded.dictionary.form == EncodedDictionary::Form::kPattern)
    good = load_pattern_dictionary(column);
  if (good && unpack_segments(column)) return std::nullopt;
  return fail(ErrorCode::kChecksumDoesntMatch, "Packed data are malformed: column " + name +
                                                   " of " + path_.substr(path_.rfind('/') + 1));
}

bool PartImage::load_plain_dictionary(size_t column) {
  const EncodedDictionary& dictionary = directory_.encoded[column].dictionary;
  const uint64_t table_bytes = (dictionary.entries + 1) * sizeof(uint32_t);
  if (dictionary.size < table_bytes) return false;
  const uint8_t* table = chunk(column) + dictionary.offset;
  const char* heap = reinterpret_cast<const char*>(table + table_bytes);
  const uint64_t heap_bytes = dictionary.size - table_bytes;
  std::vector<StringRef>& out = lazy_[column].dictionary;
  out.reserve(dictionary.entries);
  for (uint64_t i = 0; i < dictionary.entries; ++i) {
    uint32_t ends[2];
    std::memcpy(ends, table + i * sizeof(uint32_t), sizeof(ends));
    if (ends[1] < ends[0] || ends[1] > heap_bytes) return false;
    out.emplace_back(heap + ends[0], ends[1] - ends[0]);
  }
  return true;
}

bool PartImage::load_packed_dictionary(size_t column) {
  const EncodedDictionary& dictionary = directory_.encoded[column].dictionary;
  Lazy& lazy = lazy_[column];
  lazy.heap.resize(dictionary.raw_size);
  const size_t size = ZSTD_decompress(lazy.heap.data(), lazy.heap.size(),
                                      chunk(column) + dictionary.offset, dictionary.size);
  if (ZSTD_isError(size) != 0U || size != dictionary.raw_size) return false;
  std::vector<uint32_t> lengths(dictionary.entries);
  size_t at = 0;
  for (uint32_t& length : lengths) {
    uint64_t value = 0;
    const size_t used = read_varint(lazy.heap.data() + at, size - at, value);
    if (used == 0 || value > UINT32_MAX) return false;
    at += used;
    length = static_cast<uint32_t>(value);
  }
  lazy.dictionary.reserve(lengths.size());
  for (const uint32_t length : lengths) {
    if (length > size - at) return false;
    lazy.dictionary.emplace_back(lazy.heap.data() + at, length);
    at += length;
  }
  return true;
}

bool PartImage::load_pattern_dictionary(size_t column) {
  const EncodedDictionary& dictionary = directory_.encoded[column].dictionary;
  Lazy& lazy = lazy_[column];
  const size_t length = dictionary.pattern.length();
  lazy.heap.resize(dictionary.raw_size + 16);
  dictionary.pattern.unpack(chunk(column) + dictionary.offset, dictionary.entries,
                            lazy.heap.data());
  lazy.dictionary.reserve(dictionary.entries);
  for (uint64_t i = 0; i < dictionary.entries; ++i)
    lazy.dictionary.emplace_back(lazy.heap.data() + i * length, length);
  return true;
}

uint64_t PartImage::rows_of_segment(size_t segment) const {
  return std::min<uint64_t>(directory_.segment_rows,
                            directory_.rows - segment * directory_.segment_rows);
}

bool PartImage::unpack_segments(size_t column) {
  const EncodedColumn& encoded = directory_.encoded[column];
  const auto packed = [](const EncodedSegment& segment) {
    return segment.packing != EncodedSegment::Packing::kNone;
  };
  if (std::none_of(encoded.segments.begin(), encoded.segments.end(), packed)) return true;
  const uint32_t width = column_shape(directory_.columns[column].type).width;
  std::vector<Lazy::Unpacked>& out = lazy_[column].segments;
  out.resize(encoded.segments.size());
  for (size_t i = 0; i < encoded.segments.size(); ++i) {
    if (packed(encoded.segments[i]) &&
        !unpack_segment(encoded.segments[i], chunk(column), rows_of_segment(i), width, out[i].data,
                        out[i].heap))
      return false;
  }
  return true;
}

// A filter that is damaged says nothing: the column's own checksum decides then.
bool PartImage::may_have_text(size_t column, size_t segment, uint64_t hash) const {
  const EncodedFilters& filters = directory_.encoded[column].filters;
  if (!mapping_ || segment >= filters.blocks.size() || filters.blocks[segment] == 0) return true;
  Lazy& lazy = lazy_[column];
  const uint8_t* const bytes = mapping_->data() + filters.offset;
  std::call_once(lazy.filters_once, [&] {
    lazy.filters_good = hash_bytes(bytes, filters.size) == filters.checksum;
    uint64_t offset = 0;
    for (const uint32_t blocks : filters.blocks) {
      lazy.filter_offsets.push_back(offset);
      offset += uint64_t{blocks} * kTextFilterBlockBytes;
    }
  });
  return !lazy.filters_good ||
         text_filter_has(bytes + lazy.filter_offsets[segment], filters.blocks[segment], hash);
}

ColumnView PartImage::view(size_t column, size_t segment) const {
  static constexpr uint64_t kMasks[9] = {0, 0xff, 0xffff, 0, 0xffffffff, 0, 0, 0, ~0ULL};
  const EncodedColumn& encoded = directory_.encoded[column];
  const EncodedSegment& source = encoded.segments[segment];
  const uint8_t* bytes = chunk(column);
  ColumnView view;
  view.encoding = source.encoding;
  view.stride = source.stride;
  view.mask = source.stride <= 8 ? kMasks[source.stride] : 0;
  view.base = source.base;
  view.data = bytes + (source.data == kNoBuffer ? 0 : source.data);
  if (source.packing != EncodedSegment::Packing::kNone && segment < lazy_[column].segments.size()) {
    const Lazy::Unpacked& unpacked = lazy_[column].segments[segment];
    view.data = unpacked.data.data();
    if (source.packing != EncodedSegment::Packing::kRuns) {  // these are words as described above
      view.base = 0;
      view.stride = source.packing == EncodedSegment::Packing::kDecimal
                        ? column_shape(directory_.columns[column].type).width
                        : 4;
      view.mask = kMasks[view.stride];
    }
    if (unpacked.heap != 0)
      view.heap = reinterpret_cast<const char*>(unpacked.data.data() + unpacked.heap);
  }
  if (source.heap != kNoBuffer) view.heap = reinterpret_cast<const char*>(bytes + source.heap);
  if (source.nulls != kNoBuffer) view.nulls = bytes + source.nulls;
  if (source.encoding == Encoding::kDictionary) {
    const std::vector<StringRef>& dictionary = lazy_[column].dictionary;
    view.dictionary = dictionary.empty() ? nullptr : dictionary.data();
    view.dictionary_size = encoded.dictionary.entries;
    view.dictionary_sorted = encoded.dictionary.sorted ? 1 : 0;
  }
  return view;
}

}  // namespace sp
