// The parts of Vfs that are the same on every disk.

#include "runtime/core/vfs.h"

namespace sp {

Result<std::string> Vfs::read_all(const std::string& path) {
  SP_TRY(const std::unique_ptr<File> file, open(path, OpenMode::kRead));
  SP_TRY(const uint64_t size, file->size());
  std::string bytes(size, '\0');
  SP_TRY(const size_t got, file->read_at(0, bytes.data(), size));
  bytes.resize(got);
  return bytes;
}

Result<void> Vfs::write_atomically(const std::string& directory, const std::string& path,
                                   std::string_view bytes) {
  const std::string temporary = path + ".tmp";
  {
    SP_TRY(const std::unique_ptr<File> file, open(temporary, OpenMode::kCreate));
    SP_TRY_VOID(file->write_at(0, bytes));
    SP_TRY_VOID(file->sync_data());
  }
  SP_TRY_VOID(rename(temporary, path));
  return sync_directory(directory);
}

}  // namespace sp
