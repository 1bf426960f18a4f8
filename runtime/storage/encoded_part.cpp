// EncodedPart: an image under a schema. Columns that the image does not have are constant views of
// the type's default.

#include <cstring>

#include "runtime/core/slot.h"
#include "runtime/storage/part_image.h"

namespace sp {

EncodedPart::EncodedPart(uint64_t id, std::shared_ptr<PartImage> image, const TableSchema& schema,
                         uint64_t first_commit, uint64_t last_commit)
    : image_(std::move(image)),
      first_commit_(first_commit != 0 ? first_commit : image_->directory().first_commit),
      last_commit_(last_commit != 0 ? last_commit : image_->directory().last_commit),
      once_(std::make_unique<std::once_flag[]>(schema.columns.size())),
      ready_(std::make_unique<std::atomic<bool>[]>(schema.columns.size())) {
  const PartDirectory& directory = image_->directory();
  id_ = id;
  rows_ = directory.rows;
  partition_ = directory.partition;
  bytes_on_disk_ = image_->bytes_on_disk();
  for (uint64_t done = 0; done < rows_; done += directory.segment_rows) {
    Segment segment;
    segment.rows = static_cast<uint32_t>(std::min<uint64_t>(directory.segment_rows, rows_ - done));
    segment.columns.resize(schema.columns.size());
    segment.ranges.resize(schema.columns.size());
    segments_.push_back(std::move(segment));
  }
  for (uint32_t column = 0; column < schema.columns.size(); ++column) {
    int source = -1;
    for (size_t i = 0; i < directory.columns.size(); ++i) {
      if (directory.columns[i].name == schema.columns[column].name) source = static_cast<int>(i);
    }
    sources_.push_back(source);
    if (source >= 0)
      add_stored(column, static_cast<size_t>(source));
    else
      add_default(column, schema.columns[column].type);
  }
}

void EncodedPart::add_stored(uint32_t column, size_t source) {
  const EncodedColumn& encoded = image_->directory().encoded[source];
  for (size_t i = 0; i < segments_.size(); ++i) {
    segments_[i].columns[column] = image_->view(source, i);
    segments_[i].ranges[column] = encoded.segments[i].range;
  }
}

Result<void> EncodedPart::prepare(uint32_t column) const {
  if (ready_[column].load(std::memory_order_acquire)) return {};
  if (sources_[column] < 0) return {};
  const auto source = static_cast<size_t>(sources_[column]);
  SP_TRY_VOID(image_->prepare(source));
  std::call_once(once_[column], [&] {
    for (size_t i = 0; i < segments_.size(); ++i)
      segments_[i].columns[column] = image_->view(source, i);
  });
  ready_[column].store(true, std::memory_order_release);
  return {};
}

uint64_t EncodedPart::column_bytes(uint32_t column) const {
  return sources_[column] < 0
             ? 0
             : image_->directory().encoded[static_cast<size_t>(sources_[column])].size;
}

bool EncodedPart::may_have_text(uint32_t column, size_t segment, uint64_t hash) const {
  return sources_[column] < 0 ||
         image_->may_have_text(static_cast<size_t>(sources_[column]), segment, hash);
}

uint64_t EncodedPart::filter_bytes(uint32_t column) const {
  return sources_[column] < 0
             ? 0
             : image_->directory().encoded[static_cast<size_t>(sources_[column])].filters.size;
}

void EncodedPart::add_default(uint32_t column, Type type) {
  if (segments_.empty()) return;
  const ColumnShape shape = column_shape(type);
  const size_t rows = segments_.front().rows;
  const auto buffer = [&](size_t size) -> std::vector<uint8_t>& {
    return default_buffers_.emplace_back(size + 8);
  };
  const SlotLayout layout = slot_layout(shape.value);
  void* slot = defaults_.allocate(layout.size, layout.align);
  default_slot(shape.value, slot, defaults_);

  ColumnView view;
  view.data = buffer(0).data();
  if (shape.nullable) {
    std::vector<uint8_t>& nulls = buffer(rows);
    std::memset(nulls.data(), 1, rows);
    view.nulls = nulls.data();
  }
  switch (shape.kind) {
    case ColumnShape::Kind::kWord: {
      std::memcpy(&view.base, slot, shape.width);
      const uint32_t unused = 64 - shape.width * 8;
      if (shape.is_signed)
        view.base = static_cast<uint64_t>(static_cast<int64_t>(view.base << unused) >> unused);
      break;
    }
    case ColumnShape::Kind::kWide:
      view.encoding = Encoding::kWide;
      view.stride = shape.width;
      view.data = buffer(rows * shape.width).data();
      break;
    case ColumnShape::Kind::kString:
      view.encoding = Encoding::kDictionary;
      view.dictionary = static_cast<const StringRef*>(slot);
      view.dictionary_size = 1;
      view.dictionary_sorted = 1;
      break;
    case ColumnShape::Kind::kSerialized: {
      std::string image;
      serialize_slot(shape.value, slot, image);
      std::vector<uint8_t>& offsets = buffer((rows + 1) * sizeof(uint32_t));
      std::vector<uint8_t>& heap = buffer(rows * image.size());
      for (size_t i = 0; i <= rows; ++i) {
        const auto offset = static_cast<uint32_t>(i * image.size());
        std::memcpy(offsets.data() + i * sizeof(offset), &offset, sizeof(offset));
        if (i < rows) std::memcpy(heap.data() + offset, image.data(), image.size());
      }
      view.encoding = Encoding::kSerialized;
      view.stride = 4;
      view.data = offsets.data();
      view.heap = reinterpret_cast<const char*>(heap.data());
      break;
    }
  }
  for (Segment& segment : segments_) {
    segment.columns[column] = view;
    segment.ranges[column].has_null = shape.nullable;
  }
}

}  // namespace sp
