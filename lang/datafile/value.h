#pragma once
// Values of directives: quoting, blocks, lists, tokens. Used by the readers of all three kinds of
// file.

#include <string>
#include <string_view>
#include <vector>

#include "lang/datafile/datafile.h"
#include "lang/datafile/statements.h"

namespace sp::datafile {

/// What the readers collect into while they go through a file.
struct Findings {
  static constexpr size_t kMaxErrors =
      100;  ///< a file that is something else entirely need not be explained line by line

  std::string_view text;  // the whole file
  std::vector<Error> errors;
  std::vector<Warning> warnings;

  /// True once there are as many errors as are ever shown: readers of long lists stop.
  bool full() const { return errors.size() >= kMaxErrors; }
  void error(std::string message, Span span, std::string hint = {});
  void warn(std::string message, Span span, std::string hint = {});
  /// Warns unless a warning with this message exists already.
  void warn_once(std::string message, Span span, std::string hint = {});
  /// Reports a value that is none of those allowed, with all of them and the nearest.
  void unknown_value(std::string_view directive, const std::string& value, Span span,
                     const std::vector<std::string_view>& allowed);
  /// Notes a directive in `seen`; reports it and returns false if it stood there already.
  bool once(const Statement& statement, std::vector<std::string_view>& seen);
};

/// Takes the quotes off a one-line value ("x", 'x', typographic quotes with a warning) or dedents a
/// block.
/// An opening quote without its partner is an error.
Directive read_value(const Statement& statement, Findings& findings);

/// The lines of a block without their common indentation; comment lines at the margin are left out.
std::string dedent(std::string_view block, bool keep_comments);

/// Splits `a, "b", c` into its trimmed, unquoted items; empty items are dropped.
std::vector<std::string> read_list(std::string_view value);

/// Reads `TOKEN name SCOPE` or `TOKEN "a name" SCOPE`. `scopes`: allowed values "READ|APPEND"; with
/// one allowed scope it may be omitted. Reports what is wrong and returns false then.
bool read_token(const Statement& statement, std::string_view scopes, Findings& findings,
                TokenGrant& grant);

/// True for `[A-Za-z_][A-Za-z0-9_]*`.
bool is_identifier(std::string_view name);

/// Checks a value against its rule's allowed values and spells it as the table does.
void check_allowed(const Statement& statement, Directive& directive, Findings& findings);

/// Checks values that are schedules (cron.h) and whole numbers.
void check_schedule(const Directive& directive, Findings& findings);
void check_whole_number(const Directive& directive, Findings& findings);

/// Warns once a family about directives that cannot act here or are Classic only.
void warn_inert(const Statement& statement, Findings& findings);

}  // namespace sp::datafile
