#pragma once
// Crash points: named places around every durable step where a test may kill the process, as a
// power cut would:
//   SANDPIPER_CRASHPOINT=log.before_sync      at the first passage
//   SANDPIPER_CRASHPOINT=log.before_sync:3    at the third
// `crash_points()` lists all names, so that a test can sweep them. Idea: RocksDB's db_crashtest
// kill points.

#include <string_view>
#include <vector>

namespace sp {

/// Returns the names of all crash points compiled into the program, sorted.
std::vector<std::string_view> crash_points();

/// Does what the environment variable does ("name" or "name:count"), for tests that fork.
void arm_crash_point(std::string_view request);

/// One place in the code; registers its name before main().
class CrashPoint {
 public:
  explicit CrashPoint(const char* name);
  /// Exits with status 137 if the environment asks for this place now.
  void pass() const;
  const char* name() const { return name_; }

 private:
  friend std::vector<std::string_view> crash_points();
  const char* const name_;
  const CrashPoint* const next_;
  static const CrashPoint* first_;
};

}  // namespace sp

/// Declares a crash point at namespace scope of a .cpp file: SP_CRASH_POINT(log_before_sync,
/// "log.before_sync"); then `log_before_sync.pass();` where it stands.
#define SP_CRASH_POINT(variable, name) static const ::sp::CrashPoint variable(name)
