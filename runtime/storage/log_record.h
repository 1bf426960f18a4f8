#pragma once
// Log records: what one Commit looks like in the commit log. Format: docs/formats.md. Between
// RowBlock and commit_log.

#include <string>
#include <string_view>
#include <vector>

#include "runtime/storage/row_block.h"

namespace sp {

/// A record before its blocks are decoded: these need the tables' schemas.
struct LogRecord {
  enum class Kind : uint8_t {
    kRows = 1,   ///< blocks that became visible together
    kAbort = 2,  ///< commits whose fdatasync failed: their records do not count
  };
  Kind kind = Kind::kRows;
  std::string idempotency_key;
  struct TableRows {
    uint64_t table = 0;
    std::string_view bytes;  ///< points into the record
  };
  std::vector<TableRows> tables;
  std::vector<uint64_t> aborted;
};

/// What a block takes up in a record. Threads that build blocks make it themselves, ahead of the
/// commit.
std::string serialize_block(const RowBlock& block);
/// A record in pieces: what stands before the images of blocks, then these.
std::vector<std::string> serialize_rows_record(std::vector<std::string> images,
                                               std::string_view idempotency_key);
std::string serialize_abort_record(uint64_t commit);

/// Error: INCORRECT_DATA (117) if the bytes make no sense. The result refers to `bytes`.
Result<LogRecord> parse_log_record(std::string_view bytes);
/// Decodes the rows of one table into a block of its schema.
Result<RowBlockPointer> parse_logged_rows(std::string_view bytes,
                                          const std::shared_ptr<const TableSchema>& schema);

}  // namespace sp
