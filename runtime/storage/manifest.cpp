// Manifest files: magic, checksum of the rest, fields.

#include "runtime/storage/manifest.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "runtime/core/crash_point.h"
#include "runtime/core/hash.h"
#include "runtime/storage/byte_codec.h"

namespace sp {

SP_CRASH_POINT(manifest_before_write, "manifest.before_write");
SP_CRASH_POINT(manifest_after_switch, "manifest.after_switch");

namespace {

constexpr char kMagic[8] = {'S', 'P', 'M', 'A', 'N', 'I', '0', '3'};
// Still read: without sampling keys; without engines' columns too.
constexpr char kSecondMagic[8] = {'S', 'P', 'M', 'A', 'N', 'I', '0', '2'};
constexpr char kFirstMagic[8] = {'S', 'P', 'M', 'A', 'N', 'I', '0', '1'};

uint64_t generation_of(const std::string& name) {
  if (name.rfind("manifest-", 0) != 0 || name.find('.') != std::string::npos) return 0;
  return std::strtoull(name.c_str() + 9, nullptr, 10);
}

std::string path_of(const std::string& directory, uint64_t generation) {
  return directory + "/manifest-" + std::to_string(generation);
}

void write_schema(ByteWriter& out, const TableSchema& schema) {
  out.number(schema.id);
  out.text(schema.name);
  out.number(schema.columns.size());
  for (const TableColumn& column : schema.columns) {
    out.text(column.name);
    out.text(column.type.name());
  }
  out.number(schema.sorting_key.size());
  for (const uint32_t column : schema.sorting_key) out.number(column);
  out.number(static_cast<uint64_t>(schema.partition));
  out.number(schema.partition_column);
  out.text(schema.partition_timezone);
  out.number(static_cast<uint64_t>(schema.engine));
  out.signed_number(schema.version_column);
  out.flag(schema.whole_sorting_key);
  out.signed_number(schema.deleted_column);
  out.signed_number(schema.sign_column);
  out.number(schema.summed_columns.size());
  for (const uint32_t column : schema.summed_columns) out.number(column);
  out.text(schema.sampling_key);
}

Result<TableSchema> read_schema(ByteReader& in, int version) {
  TableSchema schema;
  schema.id = in.number();
  schema.name = in.text();
  const uint64_t columns = in.count(2);
  for (uint64_t i = 0; i < columns && in.ok(); ++i) {
    const std::string name(in.text());
    SP_TRY(const Type type, parse_type(in.text()));
    schema.columns.push_back({name, type});
  }
  const uint64_t keys = in.count();
  for (uint64_t i = 0; i < keys; ++i)
    schema.sorting_key.push_back(static_cast<uint32_t>(in.number()));
  schema.partition = static_cast<TableSchema::Partition>(in.number());
  schema.partition_column = static_cast<uint32_t>(in.number());
  schema.partition_timezone = in.text();
  schema.engine = static_cast<TableSchema::Engine>(in.number());
  schema.version_column = static_cast<int32_t>(in.signed_number());
  if (version < 2) return schema;
  schema.whole_sorting_key = in.flag();
  schema.deleted_column = static_cast<int32_t>(in.signed_number());
  schema.sign_column = static_cast<int32_t>(in.signed_number());
  const uint64_t summed = in.count();
  for (uint64_t i = 0; i < summed; ++i)
    schema.summed_columns.push_back(static_cast<uint32_t>(in.number()));
  if (version >= 3) schema.sampling_key = in.text();
  return schema;
}

Error damaged(const char* what) {
  return fail(ErrorCode::kChecksumDoesntMatch, std::string("Manifest is damaged: ") + what,
              std::nullopt, "restore the data directory from a backup");
}

}  // namespace

ManifestTable* Manifest::find(uint64_t table_id) {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const ManifestTable& table) {
    return table.schema.id == table_id;
  });
  return found == tables.end() ? nullptr : &*found;
}

std::string serialize_manifest(const Manifest& manifest) {
  ByteWriter out;
  out.number(manifest.generation);
  out.number(manifest.next_table);
  out.number(manifest.next_part);
  out.number(manifest.last_commit);
  out.number(manifest.tables.size());
  for (const ManifestTable& table : manifest.tables) {
    write_schema(out, table.schema);
    out.number(table.applied_commit);
    out.number(table.parts.size());
    for (const ManifestPart& part : table.parts) {
      out.number(part.id);
      out.signed_number(part.partition);
      out.number(part.rows);
      out.number(part.first_commit);
    }
  }
  out.number(manifest.idempotency_keys.size());
  for (const Manifest::Key& key : manifest.idempotency_keys) {
    out.text(key.key);
    out.number(key.commit);
  }
  const uint64_t checksum = hash_bytes(out.bytes().data(), out.bytes().size());
  std::string file(kMagic, sizeof(kMagic));
  file.append(reinterpret_cast<const char*>(&checksum), sizeof(checksum));
  return file + out.bytes();
}

Result<Manifest> deserialize_manifest(std::string_view bytes) {
  constexpr size_t kHeaderBytes = 16;
  const auto is_of = [&](const char* magic) {
    return bytes.size() >= kHeaderBytes && std::memcmp(bytes.data(), magic, sizeof(kMagic)) == 0;
  };
  const int version = is_of(kMagic) ? 3 : is_of(kSecondMagic) ? 2 : is_of(kFirstMagic) ? 1 : 0;
  if (version == 0) return damaged("not a manifest of this version");
  uint64_t checksum;
  std::memcpy(&checksum, bytes.data() + 8, sizeof(checksum));
  bytes.remove_prefix(kHeaderBytes);
  if (hash_bytes(bytes.data(), bytes.size()) != checksum) return damaged("wrong checksum");
  ByteReader in(bytes);
  Manifest manifest;
  manifest.generation = in.number();
  manifest.next_table = in.number();
  manifest.next_part = in.number();
  manifest.last_commit = in.number();
  const uint64_t tables = in.count(8);
  for (uint64_t i = 0; i < tables && in.ok(); ++i) {
    ManifestTable table;
    SP_TRY(table.schema, read_schema(in, version));
    table.applied_commit = in.number();
    const uint64_t parts = in.count(4);
    for (uint64_t j = 0; j < parts; ++j) {
      ManifestPart part;
      part.id = in.number();
      part.partition = in.signed_number();
      part.rows = in.number();
      part.first_commit = in.number();
      table.parts.push_back(part);
    }
    manifest.tables.push_back(std::move(table));
  }
  const uint64_t keys = in.count(2);
  for (uint64_t i = 0; i < keys; ++i) {
    const std::string key(in.text());
    manifest.idempotency_keys.push_back({key, in.number()});
  }
  if (!in.ok() || !in.at_end()) return damaged("malformed");
  return manifest;
}

Result<Manifest> load_manifest(Vfs& vfs, const std::string& directory) {
  SP_TRY(const std::vector<std::string> names, vfs.list(directory));
  uint64_t newest = 0;
  for (const std::string& name : names) newest = std::max(newest, generation_of(name));
  if (newest == 0) return Manifest{};
  SP_TRY(const std::string bytes, vfs.read_all(path_of(directory, newest)));
  return deserialize_manifest(bytes);
}

Result<void> save_manifest(Vfs& vfs, const std::string& directory, Manifest& manifest) {
  ++manifest.generation;
  manifest_before_write.pass();
  SP_TRY_VOID(vfs.write_atomically(directory, path_of(directory, manifest.generation),
                                   serialize_manifest(manifest)));
  manifest_after_switch.pass();
  const std::string older = path_of(directory, manifest.generation - 1);
  if (const auto exists = vfs.exists(older); exists.ok() && *exists) (void)vfs.remove(older);
  return {};
}

}  // namespace sp
