#pragma once
// The footer of a part file: a PartDirectory as bytes. Format: docs/formats.md.

#include <string>
#include <string_view>

#include "runtime/storage/part_image.h"

namespace sp {

enum class PartVersion : uint8_t { kFirst, kPacked, kFiltered };

std::string serialize_directory(const PartDirectory& directory);
/// `file_size` bounds every offset. Error: CHECKSUM_DOESNT_MATCH (40) if the bytes make no sense.
Result<PartDirectory> deserialize_directory(std::string_view bytes, uint64_t file_size,
                                            PartVersion version);

}  // namespace sp
