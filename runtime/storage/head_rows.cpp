// HeadRows: joining and encoding.

#include "runtime/storage/head_rows.h"

#include <algorithm>

#include "runtime/storage/part_builder.h"

namespace sp {

HeadRows::HeadRows(std::vector<RowBlockPointer> blocks, uint64_t first_commit, uint64_t last_commit,
                   int64_t born_ns)
    : first_commit_(first_commit),
      last_commit_(last_commit),
      born_ns_(born_ns),
      blocks_(std::move(blocks)) {
  for (const RowBlockPointer& block : blocks_) {
    rows_ += block->rows;
    bytes_ += block->bytes();
  }
}

HeadRows::HeadRows(std::vector<PartPointer> parts, uint64_t first_commit, uint64_t last_commit,
                   int64_t born_ns)
    : first_commit_(first_commit),
      last_commit_(last_commit),
      born_ns_(born_ns),
      encoded_(true),
      parts_(std::move(parts)) {
  for (const PartPointer& part : parts_) {
    rows_ += part->rows();
    for (const EncodedColumn& column : part->image().directory().encoded) bytes_ += column.size;
  }
}

std::shared_ptr<HeadRows> HeadRows::join(const std::vector<std::shared_ptr<HeadRows>>& heads) {
  std::vector<RowBlockPointer> blocks;
  uint64_t first = UINT64_MAX, last = 0;
  int64_t born = INT64_MAX;
  for (const auto& head : heads) {
    const std::vector<RowBlockPointer> more = head->blocks();
    blocks.insert(blocks.end(), more.begin(), more.end());
    first = std::min(first, head->first_commit());
    last = std::max(last, head->last_commit());
    born = std::min(born, head->born_ns());
  }
  return std::make_shared<HeadRows>(std::move(blocks), first, last, born);
}

std::vector<RowBlockPointer> HeadRows::blocks() const {
  const std::lock_guard lock(mutex_);
  return blocks_;
}

std::vector<HeadRows::PartPointer> HeadRows::parts(std::atomic<uint64_t>& next_part,
                                                   uint32_t segment_rows) {
  const std::lock_guard lock(mutex_);
  if (is_encoded()) return parts_;
  const TableSchema& schema = *blocks_.front()->schema;
  auto images = encode_blocks(blocks_, segment_rows);
  SP_CHECK(images.ok());  // encode_blocks makes segments smaller until their strings fit
  for (const auto& image : *images) {
    parts_.push_back(
        std::make_shared<EncodedPart>(next_part++, image, schema, first_commit_, last_commit_));
  }
  blocks_.clear();
  encoded_.store(true, std::memory_order_release);
  return parts_;
}

}  // namespace sp
