#pragma once
// Tokens: who may do what. The admin token comes from SANDPIPER_ADMIN_TOKEN or is made once and
// kept in the data directory; static tokens are named by TOKEN lines, their values made once and
// kept, their scopes read from the files.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"

namespace sp {

/// What one token may do. Admin may everything.
struct Grants {
  std::string token_name;
  bool admin = false;
  std::set<std::string, std::less<>> read_pipes, read_datasources, append_datasources;

  bool may_read_pipe(std::string_view pipe) const { return admin || read_pipes.contains(pipe); }
  /// Reading `x` includes reading `x_quarantine`.
  bool may_read_datasource(std::string_view datasource) const;
  bool may_append(std::string_view datasource) const {
    return admin || append_datasources.contains(datasource);
  }
};

/// The values of all tokens, kept in `<data directory>/tokens.json` (mode 0600). Not thread-safe:
/// the workspace changes it only while publishing and gives requests the immutable TokenTable.
class TokenKeys {
 public:
  /// Loads the file or makes a new admin token. `admin_override`: SANDPIPER_ADMIN_TOKEN, "" if
  /// unset.
  static Result<TokenKeys> open(const std::string& directory, const std::string& admin_override);
  const std::string& admin() const { return admin_; }
  const std::string& user() const { return user_; }
  /// The value of a static token, made and saved on first use.
  Result<std::string> value_of(const std::string& name);
  const std::map<std::string, std::string>& values() const { return values_; }

 private:
  Result<void> save() const;
  std::string path_;
  std::string admin_, user_;
  bool admin_overridden_ = false;
  std::map<std::string, std::string> values_;  // name -> value
};

/// Token values to grants, immutable.
class TokenTable {
 public:
  void add(std::string value, Grants grants) {
    entries_.emplace_back(std::move(value), std::move(grants));
  }
  /// Compares in constant time with every token; nullptr if none matches.
  const Grants* find(std::string_view value) const;
  const std::vector<std::pair<std::string, Grants>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, Grants>> entries_;
};

/// Makes an unguessable token: "p." and 64 hexadecimal digits from the system's generator.
std::string make_token();

}  // namespace sp
