// Loading a folder: files to data sources and pipes, broken ones replaced by their last good
// version.

#include "server/workspace/project.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace sp {

size_t Pipe::find_node(std::string_view name) const {
  const auto it = std::find_if(nodes.begin(), nodes.end(),
                               [name](const CompiledNode& node) { return node.name == name; });
  return static_cast<size_t>(it - nodes.begin());
}

bool Project::has_errors() const {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& p) { return p.severity == Problem::Severity::kError; });
}

void add_warnings(const std::vector<Warning>& warnings, const SourceText& source,
                  std::vector<Problem>& problems) {
  for (const Warning& warning : warnings) {
    problems.push_back({Problem::Severity::kWarning,
                        source.attach(fail(ErrorCode::kDatafileError, warning.message, warning.span,
                                           warning.hint)),
                        source.file()});
  }
}

std::shared_ptr<const Pipe> load_pipe(const std::string& name, const std::string& file,
                                      std::string text, std::vector<Problem>& problems,
                                      const IncludeReader& includes) {
  PipeResult parsed = parse_pipe(name, file, std::move(text), includes);
  for (Error& error : parsed.errors)
    problems.push_back({Problem::Severity::kError, std::move(error), file});
  if (!parsed.file) return nullptr;
  auto pipe = std::make_shared<Pipe>();
  pipe->file = std::move(*parsed.file);
  const SourceText& source = *pipe->file.source;
  add_warnings(pipe->file.warnings, source, problems);
  bool good = parsed.errors.empty();
  for (const PipeNode& node : pipe->file.nodes) {
    CompiledNode compiled;
    compiled.name = node.name;
    compiled.type = node.type;
    if (node.templated) {
      auto sql = Template::compile(node.sql, node.sql_offset);
      if (!sql.ok()) {
        problems.push_back(
            {Problem::Severity::kError, source.attach(std::move(sql).error()), file});
        good = false;
        continue;
      }
      compiled.sql = std::move(*sql);
    } else {
      compiled.sql = Template::verbatim(node.sql, node.sql_offset);
    }
    compiled.sql->collect_params(pipe->signature);
    if (node.type != PipeNode::Type::kNone) pipe->output = pipe->nodes.size();
    pipe->nodes.push_back(std::move(compiled));
  }
  if (!good) return nullptr;
  if (pipe->nodes.empty()) {
    problems.push_back({Problem::Severity::kError,
                        source.attach(fail(ErrorCode::kDatafileError, "The pipe has no node",
                                           Span{0, 0}, "add `NODE name` and `SQL >`")),
                        file});
    return nullptr;
  }
  if (pipe->file.output_node() == nullptr) pipe->output = pipe->nodes.size() - 1;
  return pipe;
}

namespace {

namespace fs = std::filesystem;

// Words of a text that could be names: identifiers, in any quoting.
std::set<std::string, std::less<>> words_of(std::string_view text) {
  std::set<std::string, std::less<>> words;
  size_t i = 0;
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  while (i < text.size()) {
    size_t end = i;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end > i) words.emplace(text.substr(i, end - i));
    i = end + 1;
  }
  return words;
}

bool skipped_folder(const std::string& name) {
  return name.starts_with(".") || name == "node_modules" || name == "fixtures" || name == "tests" ||
         name == "vendor";
}

std::vector<fs::path> datafiles_below(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator it(directory, fs::directory_options::skip_permission_denied,
                                      error),
      end;
  for (; !error && it != end; it.increment(error)) {
    if (it->is_directory(error)) {
      if (skipped_folder(it->path().filename().string())) it.disable_recursion_pending();
    } else if (const auto extension = it->path().extension();
               extension == ".datasource" || extension == ".pipe" || extension == ".connection") {
      files.push_back(it->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// A second resource of the same name would silently win or lose: an error instead.
template <class Map, class Value>
void add_unique(Map& map, const std::string& name, Value value, const std::string& file,
                std::vector<Problem>& problems) {
  const auto twin = value;
  const auto [it, added] = map.emplace(name, std::move(value));
  if (added) return;
  Error error = fail(ErrorCode::kDatafileError,
                     "Two files have one name: " + file + " and " + it->second->file.source->file(),
                     Span{0, 0}, "rename one of the two");
  error = twin->file.source->attach(std::move(error));
  problems.push_back({Problem::Severity::kError, std::move(error), file});
}

}  // namespace

Mentions::List Mentions::find(const Pipe* pipe, size_t node) const {
  const std::lock_guard lock(mutex_);
  const auto found = lists_.find({pipe, node});
  return found == lists_.end() ? nullptr : found->second;
}

void Mentions::keep(const Pipe* pipe, size_t node, List list) {
  const std::lock_guard lock(mutex_);
  lists_.insert_or_assign({pipe, node}, std::move(list));
}

void Mentions::clear() {
  const std::lock_guard lock(mutex_);
  lists_.clear();
}

Mentions::List Project::mentioned_nodes(const std::shared_ptr<const Pipe>& pipe,
                                        size_t node) const {
  if (auto known = mentions.find(pipe.get(), node)) return known;
  std::vector<NodeReference> found{{pipe, node}};
  follow_mentions(found);
  auto list = std::make_shared<const std::vector<NodeReference>>(std::move(found));
  mentions.keep(pipe.get(), node, list);
  return list;
}

std::vector<NodeReference> Project::mentioned_nodes(std::string_view sql) const {
  std::vector<NodeReference> found;
  for (const std::string& word : words_of(sql)) {
    if (const auto pipe = pipes.find(word); pipe != pipes.end())
      found.push_back({pipe->second, pipe->second->output});
  }
  follow_mentions(found);
  return found;
}

void Project::follow_mentions(std::vector<NodeReference>& found) const {
  std::set<std::pair<const Pipe*, size_t>> seen;
  for (const NodeReference& reference : found) seen.emplace(reference.pipe.get(), reference.node);
  for (size_t next = 0; next < found.size(); ++next) {
    const NodeReference current = found[next];
    for (const std::string& word : words_of(current.pipe->file.nodes[current.node].sql)) {
      const size_t own = current.pipe->find_node(word);
      if (own < current.pipe->nodes.size()) {
        if (seen.emplace(current.pipe.get(), own).second) found.push_back({current.pipe, own});
      } else if (const auto other = pipes.find(word);
                 other != pipes.end() && other->second != current.pipe) {
        if (seen.emplace(other->second.get(), other->second->output).second)
          found.push_back({other->second, other->second->output});
      }
    }
  }
}

std::shared_ptr<const Project> load_project(const std::string& directory, const Project* previous) {
  auto project = std::make_shared<Project>();
  project->version = previous == nullptr ? 1 : previous->version + 1;
  const IncludeReader includes =
      [&directory](const std::string& path) -> std::optional<std::string> {
    std::error_code error;
    const fs::path whole = fs::path(directory) / path;
    if (!fs::is_regular_file(whole, error)) return std::nullopt;
    return read_file(whole);
  };
  for (const fs::path& path : datafiles_below(directory)) {
    const std::string name = path.stem().string();
    const std::string file = fs::relative(path, directory).string();
    if (path.extension() == ".datasource") {
      auto datasource = load_datasource(name, file, read_file(path), project->problems, includes);
      if (!datasource && previous != nullptr) {
        if (const auto old = previous->datasources.find(name); old != previous->datasources.end())
          datasource = old->second;
      }
      if (!datasource) project->broken_names.insert(name);
      if (datasource)
        add_unique(project->datasources, name, std::move(datasource), file, project->problems);
    } else if (path.extension() == ".pipe") {
      auto pipe = load_pipe(name, file, read_file(path), project->problems, includes);
      if (!pipe && previous != nullptr) {
        if (const auto old = previous->pipes.find(name); old != previous->pipes.end())
          pipe = old->second;
      }
      if (!pipe) project->broken_names.insert(name);
      if (pipe) add_unique(project->pipes, name, std::move(pipe), file, project->problems);
    } else {
      ConnectionResult connection = parse_connection(name, file, read_file(path), includes);
      for (Error& error : connection.errors)
        project->problems.push_back({Problem::Severity::kError, std::move(error), file});
      if (connection.file)
        add_warnings(connection.file->warnings, *connection.file->source, project->problems);
    }
  }
  sort_problems(project->problems);
  return project;
}

}  // namespace sp
