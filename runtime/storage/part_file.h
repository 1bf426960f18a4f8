#pragma once
// Part files: one file a part. Format: docs/formats.md. Written once under a temporary name,
// synced, renamed, directory synced; read through a mapping, column checksums verified at first
// use.

#include <memory>
#include <string>

#include "runtime/core/vfs.h"
#include "runtime/storage/byte_sink.h"
#include "runtime/storage/part_image.h"

namespace sp {

inline constexpr char kPartMagic[8] = {'S', 'P', 'P', 'A', 'R', 'T', '0', '3'};
/// Still read: of parts without filters and runs; of parts before segments could be packed.
inline constexpr char kSecondPartMagic[8] = {'S', 'P', 'P', 'A', 'R', 'T', '0', '2'};
inline constexpr char kFirstPartMagic[8] = {'S', 'P', 'P', 'A', 'R', 'T', '0', '1'};
inline constexpr uint64_t kPartAlignment = 64;  ///< of column chunks
inline constexpr uint64_t kPartTrailerBytes =
    32;  ///< footer offset, footer size, footer checksum, magic

/// Writes one part file, column after column. A writer destroyed before finish() removes its file.
class PartFileWriter {
 public:
  static Result<std::unique_ptr<PartFileWriter>> create(Vfs& vfs, const std::string& directory,
                                                        const std::string& name);
  virtual ~PartFileWriter() = default;
  virtual void begin_chunk() = 0;
  virtual ByteSink& sink() = 0;
  /// Completes offset, size and checksum of the chunk.
  virtual void end_chunk(EncodedColumn& column) = 0;
  /// Writes the columns' filters and the footer, and makes the file durable under its name. Reports
  /// the first error of any write.
  virtual Result<void> finish(PartDirectory& directory) = 0;
};

/// Maps a part file and reads its footer. Error: CHECKSUM_DOESNT_MATCH (40) if it is not a whole
/// part file.
Result<std::shared_ptr<PartImage>> open_part_file(Vfs& vfs, const std::string& path);

}  // namespace sp
