// Token values on disk, and their comparison.

#include "server/workspace/tokens.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "server/workspace/quarantine.h"

namespace sp {

bool Grants::may_read_datasource(std::string_view datasource) const {
  if (admin || read_datasources.contains(datasource)) return true;
  const std::optional<std::string_view> source = quarantined(datasource);
  return source && read_datasources.contains(*source);
}

std::string make_token() {
  unsigned char bytes[32];
  SP_CHECK(RAND_bytes(bytes, sizeof bytes) == 1);
  std::string token = "p.";
  constexpr char kDigits[] = "0123456789abcdef";
  for (const unsigned char byte : bytes) {
    token += kDigits[byte >> 4];
    token += kDigits[byte & 15];
  }
  return token;
}

Result<TokenKeys> TokenKeys::open(const std::string& directory, const std::string& admin_override) {
  TokenKeys keys;
  keys.path_ = directory + "/tokens.json";
  if (std::ifstream file(keys.path_); file) {
    const auto json = nlohmann::json::parse(file, nullptr, false);
    if (!json.is_object())
      return fail(ErrorCode::kIncorrectData, "The token file is damaged: tokens.json", std::nullopt,
                  "remove it to have new tokens made");
    keys.admin_ = json.value("admin", "");
    keys.user_ = json.value("user", "");
    const auto named = json.value("static", nlohmann::json::object());
    for (const auto& [name, value] : named.items()) {
      if (value.is_string()) keys.values_[name] = value.get<std::string>();
    }
  }
  const bool complete = !keys.admin_.empty() && !keys.user_.empty();
  if (keys.admin_.empty()) keys.admin_ = make_token();
  if (keys.user_.empty()) keys.user_ = make_token();
  if (!complete) SP_TRY_VOID(keys.save());
  if (!admin_override.empty()) {
    keys.admin_ = admin_override;
    keys.admin_overridden_ = true;
  }
  return keys;
}

Result<std::string> TokenKeys::value_of(const std::string& name) {
  auto [it, made] = values_.try_emplace(name);
  if (made) {
    it->second = make_token();
    SP_TRY_VOID(save());
  }
  return it->second;
}

// Written beside and renamed, so that a crash leaves the old file or the new one. The overriding
// admin token is a secret of the environment and never written.
Result<void> TokenKeys::save() const {
  std::string admin = admin_;
  if (admin_overridden_) {
    std::ifstream file(path_);
    const auto old = nlohmann::json::parse(file, nullptr, false);
    admin = old.is_object() ? old.value("admin", make_token()) : make_token();
  }
  nlohmann::json json = {{"admin", admin}, {"user", user_}, {"static", values_}};
  const std::string text = json.dump(2) + "\n";
  const std::string temporary = path_ + ".new";
  const int descriptor = ::open(temporary.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return fail(ErrorCode::kCannotOpenFile, "Cannot write the token file in the data directory");
  const bool written =
      ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!written || ::rename(temporary.c_str(), path_.c_str()) != 0) {
    return fail(ErrorCode::kCannotWriteToFileDescriptor,
                "Cannot write the token file in the data directory");
  }
  return {};
}

const Grants* TokenTable::find(std::string_view value) const {
  const Grants* found = nullptr;
  for (const auto& [token, grants] : entries_) {
    if (token.size() == value.size() &&
        CRYPTO_memcmp(token.data(), value.data(), value.size()) == 0)
      found = &grants;
  }
  return found;
}

}  // namespace sp
