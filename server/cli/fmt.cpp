// sandpiper fmt FILE...: datafiles and SQL to their canonical layout, in place. The style:
// docs/formatting.md; the work: lang/format.

#include "lang/format/format_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "lang/format/unified_diff.h"
#include "server/cli/command.h"

namespace sp {
namespace {

namespace fs = std::filesystem;

struct FmtOptions {
  std::vector<std::string> paths;
  bool check = false;
  bool diff = false;
  std::string kind;
};

struct FmtTotals {
  size_t files = 0, changed = 0, failed = 0;
};

std::optional<std::string> read_all(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return in.bad() ? std::nullopt : std::optional<std::string>(std::move(text).str());
}

// Writes beside the file and renames over it, so that a reader sees the old text or the new one;
// permissions stay.
bool replace_file(const fs::path& path, const std::string& text, std::string* why) {
  std::error_code error;
  const fs::path target = fs::is_symlink(path, error) ? fs::canonical(path, error) : path;
  const fs::perms permissions = fs::status(target, error).permissions();
  const fs::path temporary = target.string() + ".fmt-" + std::to_string(::getpid());
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    if (!out) {
      *why = "cannot write " + temporary.string();
      fs::remove(temporary, error);
      return false;
    }
  }
  fs::permissions(temporary, permissions, error);
  if (!error) fs::rename(temporary, target, error);
  if (!error) return true;
  *why = error.message();
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return false;
}

// All datafiles below a folder, in order of their paths; hidden folders and packages of other tools
// are left out.
void collect(const fs::path& folder, std::vector<fs::path>& out) {
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(
           folder, fs::directory_options::skip_permission_denied, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory()) {
      if (name.starts_with('.') || name == "node_modules") entry.disable_recursion_pending();
    } else if (format::kind_of_path(name)) {
      out.push_back(entry->path());
    }
  }
  std::sort(out.begin(), out.end());
}

void report(const std::vector<Error>& errors, FmtTotals& totals) {
  ++totals.failed;
  for (const Error& error : errors) fmt::print(stderr, "{}\n\n", error.render());
}

void fmt_file(const fs::path& path, const FmtOptions& options, FmtTotals& totals) {
  ++totals.files;
  const std::optional<std::string> text = read_all(path);
  const auto kind = options.kind.empty() ? format::kind_of_path(path.string())
                                         : format::kind_of_name(options.kind);
  if (!text || !kind) {
    ++totals.failed;
    fmt::print(
        stderr, "{}: {}\n", path.string(),
        text ? "not a .datasource, .pipe, .connection, .incl or .sql file; say which with --kind"
             : "cannot be read");
    return;
  }
  const format::Formatted formatted =
      format::format_source(*kind, path.stem().string(), path.string(), *text);
  if (!formatted.ok()) return report(formatted.errors, totals);
  if (formatted.text == *text) return;
  ++totals.changed;
  if (options.diff)
    fmt::print("{}", format::unified_diff(*text, formatted.text, path.string(),
                                          path.string() + " (formatted)"));
  else
    fmt::print("{}\n", path.string());
  std::string why;
  if (options.check || options.diff || replace_file(path, formatted.text, &why)) return;
  ++totals.failed;
  fmt::print(stderr, "{}: {}\n", path.string(), why);
}

// Standard input to standard output, for editors.
int fmt_stream(const FmtOptions& options) {
  const auto kind = format::kind_of_name(options.kind.empty() ? "pipe" : options.kind);
  std::ostringstream in;
  in << std::cin.rdbuf();
  const std::string text = std::move(in).str();
  const format::Formatted formatted = format::format_source(*kind, "stdin", "<stdin>", text);
  FmtTotals totals;
  if (!formatted.ok()) {
    report(formatted.errors, totals);
    return 2;
  }
  const bool changed = formatted.text != text;
  if (options.diff)
    fmt::print("{}", format::unified_diff(text, formatted.text, "<stdin>", "<stdin> (formatted)"));
  else if (!options.check)
    fmt::print("{}", formatted.text);
  return changed && (options.check || options.diff) ? 1 : 0;
}

int run_fmt(const FmtOptions& options) {
  if (options.paths.size() == 1 && options.paths[0] == "-") return fmt_stream(options);
  FmtTotals totals;
  for (const std::string& path : options.paths) {
    std::vector<fs::path> files;
    std::error_code error;
    if (fs::is_directory(path, error))
      collect(path, files);
    else
      files.emplace_back(path);
    for (const fs::path& file : files) fmt_file(file, options, totals);
  }
  const bool dry = options.check || options.diff;
  if (totals.changed > 0 || totals.failed > 0 || !dry) {
    fmt::print(stderr, "{} files: {} {}, {} with errors\n", totals.files, totals.changed,
               dry ? "would change" : "changed", totals.failed);
  }
  return totals.failed > 0 ? 2 : dry && totals.changed > 0 ? 1 : 0;
}

}  // namespace

void add_fmt_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<FmtOptions>();
  CLI::App* command =
      app.add_subcommand("fmt", "Format datafiles and SQL: one canonical layout, written in place");
  command->add_option("FILE", options->paths, "Files, folders of them, or - for standard input")
      ->required();
  command->add_flag("--check", options->check,
                    "Write nothing; list the files that would change and exit with 1");
  command->add_flag("--diff", options->diff,
                    "Write nothing; print a unified diff and exit with 1 if there is one");
  command->add_option("--kind", options->kind, "What the files are, whatever their names say")
      ->check(CLI::IsMember({"datasource", "pipe", "connection", "incl", "sql"}));
  command->footer(
      "Exit status: 0 all well, 1 something would change (--check, --diff), 2 a file has errors "
      "and was left as it is.");
  command->callback([=, &action] { action = [=] { return run_fmt(*options); }; });
}

}  // namespace sp
