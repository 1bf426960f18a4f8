// PartImage: checksums and dictionaries, each done once, at a column's first use.

#include "runtime/storage/part_image.h"

#include <zstd.h>

#include <cstring>

#include "runtime/core/hash.h"
#include "runtime/core/varint.h"

namespace sp {

PartImage::PartImage(PartDirectory directory, std::vector<std::vector<uint8_t>> chunks)
    : directory_(std::move(directory)), chunks_(std::move(chunks)),
      lazy_(std::make_unique<Lazy[]>(directory_.columns.size())) {}

PartImage::PartImage(PartDirectory directory, std::unique_ptr<Mapping> mapping, std::string path, Vfs& vfs)
    : directory_(std::move(directory)), mapping_(std::move(mapping)), path_(std::move(path)), vfs_(&vfs),
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
    return fail(ErrorCode::kChecksumDoesntMatch, "Checksum doesn't match: column " + name + " of " + path_.substr(path_.rfind('/') + 1),
                std::nullopt, "the file is damaged: restore it from a backup");
  }
  bool good = true;
  if (encoded.dictionary.form == EncodedDictionary::Form::kPlain) good = load_plain_dictionary(column);
  if (encoded.dictionary.form == EncodedDictionary::Form::kZstd) good = load_packed_dictionary(column);
  if (good) return std::nullopt;
  return fail(ErrorCode::kChecksumDoesntMatch, "Dictionary is malformed: column " + name + " of " + path_.substr(path_.rfind('/') + 1));
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
  const size_t size = ZSTD_decompress(lazy.heap.data(), lazy.heap.size(), chunk(column) + dictionary.offset,
                                      dictionary.size);
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
