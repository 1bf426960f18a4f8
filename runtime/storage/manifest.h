#pragma once
// Manifest: what a data directory holds: tables, their parts, and up to which commit the log is
// applied. Format: docs/formats.md. One file a generation, `manifest-<generation>`; the newest
// counts. The only file whose replacement makes anything appear or disappear.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/vfs.h"
#include "runtime/storage/table.h"

namespace sp {

struct ManifestPart {
  uint64_t id = 0;
  int64_t partition = 0;
  uint64_t rows = 0;
  uint64_t first_commit = 0;
};

struct ManifestTable {
  TableSchema schema;
  uint64_t applied_commit = 0;      ///< log records up to here are in parts (or dropped)
  std::vector<ManifestPart> parts;  ///< by partition, then first_commit
};

struct Manifest {
  uint64_t generation = 0;
  uint64_t next_table = 1;
  uint64_t next_part = 1;
  uint64_t last_commit = 0;
  std::vector<ManifestTable> tables;
  struct Key {
    std::string key;
    uint64_t commit = 0;
  };
  std::vector<Key> idempotency_keys;  ///< oldest first

  ManifestTable* find(uint64_t table_id);
};

std::string serialize_manifest(const Manifest& manifest);
Result<Manifest> deserialize_manifest(std::string_view bytes);

/// Reads the newest manifest; an empty one if there is none. Error: CHECKSUM_DOESNT_MATCH (40) if
/// it is damaged: then nothing is known for certain, and guessing would lose rows.
Result<Manifest> load_manifest(Vfs& vfs, const std::string& directory);
/// Writes `manifest` as the next generation and switches to it atomically; then removes the older
/// one.
Result<void> save_manifest(Vfs& vfs, const std::string& directory, Manifest& manifest);

}  // namespace sp
