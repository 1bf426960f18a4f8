// Opening a store: manifest, part files, then the log's commits that are not in parts yet.
// Entry: Store::open().

#include "runtime/storage/log_record.h"
#include "runtime/storage/part_builder.h"
#include "runtime/storage/part_file.h"
#include "runtime/storage/store_impl.h"

namespace sp {

namespace {

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() &&
         std::string_view(text).substr(text.size() - end.size()) == end;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& directory, StoreOptions options,
                                           Vfs& vfs, Clock& clock, Rng&) {
  auto store = std::make_unique<StoreImpl>(directory, options, vfs, clock);
  SP_TRY_VOID(store->recover());
  store->start_background();
  return std::unique_ptr<Store>(std::move(store));
}

StoreImpl::StoreImpl(std::string directory, const StoreOptions& options, Vfs& vfs, Clock& clock)
    : directory_(std::move(directory)),
      parts_directory_(directory_ + "/parts"),
      log_directory_(directory_ + "/log"),
      options_(options),
      vfs_(vfs),
      clock_(clock),
      log_(vfs, log_directory_, options.log_segment_bytes) {}

std::string StoreImpl::part_name(uint64_t id) const { return "part-" + std::to_string(id); }

Result<void> StoreImpl::recover() {
  SP_TRY_VOID(vfs_.make_directory(parts_directory_));
  SP_TRY_VOID(vfs_.make_directory(log_directory_));
  SP_TRY(lock_, vfs_.lock(directory_ + "/lock"));
  SP_TRY(manifest_, load_manifest(vfs_, directory_));
  if (manifest_.generation == 0) SP_TRY_VOID(vfs_.sync_directory(directory_));
  next_part_ = manifest_.next_part;
  last_commit_ = manifest_.last_commit;
  saved_commit_ = manifest_.last_commit;
  for (const Manifest::Key& key : manifest_.idempotency_keys) remember_key(key.key, key.commit);
  for (ManifestTable& table : manifest_.tables) {
    Table state;
    state.schema = std::make_shared<const TableSchema>(table.schema);
    SP_TRY_VOID(open_parts(table, state));
    tables_[table.schema.name] = std::move(state);
  }
  SP_TRY_VOID(remove_strays());
  return replay_log();
}

Result<void> StoreImpl::open_parts(ManifestTable& table, Table& state) {
  std::vector<ManifestPart> good;
  for (const ManifestPart& part : table.parts) {
    SP_TRY(const bool opened, open_part(table, part, state));
    if (opened) good.push_back(part);
  }
  table.parts = std::move(good);
  sort_parts(state.parts);
  return {};
}

// A part that is not what was written is set aside under another name; other failures are failures
// to open.
Result<bool> StoreImpl::open_part(const ManifestTable& table, const ManifestPart& part,
                                  Table& state) {
  const std::string path = parts_directory_ + "/" + part_name(part.id);
  const std::string lost =
      " (" + std::to_string(part.rows) + " rows of table " + table.schema.name + ")";
  SP_TRY(const bool exists, vfs_.exists(path));
  if (!exists) {
    warn("Part file is missing: " + path + lost);
    return false;
  }
  auto image = open_part_file(vfs_, path);
  if (image.ok() && (*image)->directory().rows == part.rows) {
    state.parts.push_back(std::make_shared<EncodedPart>(part.id, *image, *state.schema));
    return true;
  }
  if (!image.ok() && image.error().code != ErrorCode::kChecksumDoesntMatch) return image.error();
  SP_TRY_VOID(vfs_.rename(path, path + ".damaged"));
  warn("Damaged part was set aside as " + path + ".damaged" + lost +
       (image.ok() ? "" : ": " + image.error().message));
  return false;
}

// Files of parts that no manifest names: left by a crash between writing and switching, or before
// removal.
Result<void> StoreImpl::remove_strays() {
  std::set<std::string> known;
  for (const ManifestTable& table : manifest_.tables) {
    for (const ManifestPart& part : table.parts) known.insert(part_name(part.id));
  }
  SP_TRY(const std::vector<std::string> names, vfs_.list(parts_directory_));
  for (const std::string& name : names) {
    if (known.count(name) == 0 && !ends_with(name, ".damaged"))
      SP_TRY_VOID(vfs_.remove(parts_directory_ + "/" + name));
  }
  SP_TRY(const std::vector<std::string> files, vfs_.list(directory_));
  const std::string current = "manifest-" + std::to_string(manifest_.generation);
  for (const std::string& name : files) {
    if (name.rfind("manifest-", 0) == 0 && name != current)
      SP_TRY_VOID(vfs_.remove(directory_ + "/" + name));
  }
  return {};
}

Result<void> StoreImpl::replay_log() {
  std::set<uint64_t> aborted;
  std::vector<std::string> damage;
  SP_TRY_VOID(log_.replay(
      [&](uint64_t commit, std::string_view payload) -> Result<void> {
        last_commit_ = std::max(last_commit_, commit);
        SP_TRY(const LogRecord record, parse_log_record(payload));
        aborted.insert(record.aborted.begin(), record.aborted.end());
        return {};
      },
      damage));
  for (const std::string& text : damage) warn(text);
  damage.clear();

  // One head for the blocks of a table, as when they were committed: a seal takes whole commits.
  const auto replay_rows = [&](uint64_t commit, const LogRecord& record) -> Result<void> {
    std::map<uint64_t, std::vector<RowBlockPointer>> by_table;
    for (const LogRecord::TableRows& rows : record.tables) {
      const ManifestTable* table = manifest_.find(rows.table);
      if (table == nullptr || commit <= table->applied_commit) continue;
      SP_TRY(RowBlockPointer block, parse_logged_rows(rows.bytes, find_state(rows.table)->schema));
      by_table[rows.table].push_back(std::move(block));
    }
    for (auto& [table, blocks] : by_table) {
      find_state(table)->heads.push_back(
          std::make_shared<HeadRows>(std::move(blocks), commit, commit, clock_.monotonic_ns()));
    }
    return {};
  };
  SP_TRY_VOID(log_.replay(
      [&](uint64_t commit, std::string_view payload) -> Result<void> {
        if (aborted.count(commit) != 0) return {};
        SP_TRY(const LogRecord record, parse_log_record(payload));
        if (!record.idempotency_key.empty()) remember_key(record.idempotency_key, commit);
        return replay_rows(commit, record);
      },
      damage));
  for (auto& [name, table] : tables_) table.changed();
  return log_.make_replayed_durable();
}

}  // namespace sp
