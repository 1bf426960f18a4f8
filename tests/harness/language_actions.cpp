// The actions of language goldens: each turns a case's inputs into the text that a person would
// see.

#include "tests/harness/language_actions.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "lang/format/format_file.h"
#include "lang/sql/parse.h"
#include "lang/sql/print.h"
#include "server/workspace/check.h"

namespace sp::tests {
namespace {

namespace fs = std::filesystem;

// The inputs of a case as a folder that is removed again.
class ProjectFolder {
 public:
  explicit ProjectFolder(const LanguageCase& one) {
    char name[] = "/tmp/sandpiper-language-XXXXXX";
    if (::mkdtemp(name) == nullptr) return;
    path_ = name;
    for (const LanguageInput& input : one.inputs) {
      const fs::path path = fs::path(path_) / input.name;
      fs::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << input.text;
    }
  }
  ~ProjectFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ProjectFolder(const ProjectFolder&) = delete;
  ProjectFolder& operator=(const ProjectFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Engine& shared_engine() {
  static const std::unique_ptr<Engine> engine = [] {
    EngineOptions options;
    options.threads = 1;
    return Engine::create(options);
  }();
  return *engine;
}

std::string decoded(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

RequestParams params_of(const std::vector<std::string>& words) {
  RequestParams params;
  for (const std::string& word : words) {
    if (const size_t equals = word.find('='); equals != std::string::npos)
      params.add(word.substr(0, equals), decoded(word.substr(equals + 1)));
  }
  return params;
}

TemplateContext context_of(const RequestParams& params) {
  TemplateContext context;
  context.params = &params;
  context.secret = [](std::string_view name) {
    return name == "password" ? std::optional<std::string>("s3cret") : std::nullopt;
  };
  return context;
}

std::string with_newline(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text + "\n";
}

// The name of a pipe among the words of an action: the first without an equals sign.
std::string pipe_argument(const LanguageAction& action) {
  for (const std::string& word : action.arguments) {
    if (word.find('=') == std::string::npos) return word;
  }
  return {};
}

std::string check(const LanguageCase& one, const LanguageAction& action) {
  const ProjectFolder folder(one);
  const CheckReport report = check_folder(folder.path(), shared_engine());
  const bool json = !action.arguments.empty() && action.arguments[0] == "json";
  return report.print(json) + fmt::format("exit {}\n", report.exit_status());
}

std::string render_template(const LanguageCase& one, const LanguageAction& action) {
  const std::string& text = one.find("template")->text;
  const SourceText source("template", text);
  auto compiled = Template::compile(text, 0);
  if (!compiled.ok()) return source.attach(std::move(compiled).error()).render() + "\n";
  const RequestParams params = params_of(action.arguments);
  auto rendered = (*compiled)->render(context_of(params), 0);
  if (!rendered.ok()) return source.attach(std::move(rendered).error()).render() + "\n";
  std::string out = with_newline(rendered->text);
  for (const HoleValue& hole : rendered->values)
    out += fmt::format("-- {} {} = {}\n", hole.name, hole.type, sql::quote_string(hole.text));
  return out;
}

// The project of a case, without checking it; null if the pipe is not there: `out` tells why.
std::shared_ptr<const Pipe> load(const LanguageCase& one, const std::string& name,
                                 std::shared_ptr<const Project>& project, std::string& out) {
  const ProjectFolder folder(one);
  project = load_project(folder.path(), nullptr);
  const auto pipe = project->pipes.find(name);
  if (pipe != project->pipes.end()) return pipe->second;
  for (const Problem& problem : project->problems) out += problem_to_text(problem) + "\n";
  out += "no pipe: " + name + "\n";
  return nullptr;
}

std::string render(const LanguageCase& one, const LanguageAction& action) {
  if (one.find("template") != nullptr) return render_template(one, action);
  std::string name = pipe_argument(action), out;
  const size_t dot = name.find('.');
  const std::string node_name = dot == std::string::npos ? "" : name.substr(dot + 1);
  std::shared_ptr<const Project> project;
  const auto pipe = load(one, name.substr(0, dot), project, out);
  if (pipe == nullptr) return out;
  PipeCatalog catalog(project, tables_of(project));
  const RequestParams params = params_of(action.arguments);
  const auto rendered = catalog.render(
      pipe, node_name.empty() ? pipe->output : pipe->find_node(node_name), context_of(params));
  return rendered.ok() ? with_newline(catalog.print_shape()) : rendered.error().render() + "\n";
}

std::string print_signature(const Signature& signature) {
  std::string out;
  for (const ParamSpec& param : signature.params) {
    out += param.name + " " + param.type + (param.required ? " required" : "");
    if (param.default_value) out += " default [" + *param.default_value + "]";
    if (!param.enum_values.empty())
      out += fmt::format(" enum [{}]", fmt::join(param.enum_values, "] ["));
    if (!param.format.empty()) out += " format [" + param.format + "]";
    if (!param.example.empty()) out += " example [" + param.example + "]";
    if (!param.description.empty()) out += " description [" + param.description + "]";
    out += "\n";
  }
  return out.empty() ? "no parameters\n" : out;
}

std::string signature(const LanguageCase& one, const LanguageAction& action) {
  if (const LanguageInput* input = one.find("template")) {
    const auto compiled = Template::compile(input->text, 0);
    if (!compiled.ok())
      return SourceText("template", input->text).attach(compiled.error()).render() + "\n";
    Signature merged;
    (*compiled)->collect_params(merged);
    return print_signature(merged);
  }
  std::shared_ptr<const Project> project;
  std::string out;
  const auto pipe = load(one, pipe_argument(action), project, out);
  return pipe == nullptr ? out : print_signature(pipe->signature);
}

std::string dump(const LanguageCase& one, const LanguageAction& action) {
  const LanguageInput* input =
      action.arguments.empty() ? &one.inputs[0] : one.find(action.arguments[0]);
  return input == nullptr ? "no such input\n" : dump_datafile(input->name, input->text);
}

// The input `sql` parsed, or the error in `out`.
std::optional<sql::Statement> parse(const LanguageCase& one, std::string& out) {
  std::string text = one.find("sql")->text;
  text.erase(text.find_last_not_of('\n') + 1);
  auto statement = sql::parse_statement(text);
  if (statement.ok()) return std::move(*statement);
  out = SourceText("sql", text).attach(std::move(statement).error()).render() + "\n";
  return std::nullopt;
}

std::string print(const LanguageCase& one, const LanguageAction&) {
  std::string out;
  const auto statement = parse(one, out);
  if (!statement) return out;
  const std::string text = sql::print(*statement);
  const auto again = sql::parse_statement(text);
  if (!again.ok())
    return text +
           "\nwhich does not parse: " + SourceText("printed", text).attach(again.error()).render() +
           "\n";
  if (sql::dump(*again->query) != sql::dump(*statement->query)) {
    return text + "\nwhich parses to another tree:\n" + sql::dump(*again->query) + "\nnot to:\n" +
           sql::dump(*statement->query) + "\n";
  }
  return text + "\n";
}

std::string ast(const LanguageCase& one, const LanguageAction&) {
  std::string out;
  const auto statement = parse(one, out);
  return statement ? with_newline(sql::dump(*statement->query)) : out;
}

std::string fmt(const LanguageCase& one, const LanguageAction& action) {
  const LanguageInput* input =
      action.arguments.empty() ? &one.inputs[0] : one.find(action.arguments[0]);
  if (input == nullptr) return "no such input\n";
  const auto kind =
      input->name == "sql" ? format::SourceKind::kSql : format::kind_of_path(input->name);
  if (!kind) return "no kind of file: " + input->name + "\n";
  const format::Formatted formatted =
      format::format_source(*kind, fs::path(input->name).stem(), input->name, input->text);
  std::string out;
  for (const Error& error : formatted.errors) out += error.render() + "\n";
  if (!formatted.ok()) return out;
  const format::Formatted again =
      format::format_source(*kind, fs::path(input->name).stem(), input->name, formatted.text);
  if (again.text != formatted.text) return formatted.text + "which formats to:\n" + again.text;
  return formatted.text;
}

struct ActionRow {
  std::string_view name;
  std::string_view input;  // the input it needs; "" any
  std::string (*run)(const LanguageCase&, const LanguageAction&);
};

constexpr ActionRow kActions[] = {
    {"check", "", check}, {"render", "", render},  {"signature", "", signature},
    {"dump", "", dump},   {"print", "sql", print}, {"ast", "sql", ast},
    {"fmt", "", fmt},
};

}  // namespace

std::string run_language_action(const LanguageCase& one, const LanguageAction& action) {
  if (one.inputs.empty()) return "the case has no input\n";
  for (const ActionRow& row : kActions) {
    if (row.name != action.name) continue;
    if (!row.input.empty() && one.find(std::string(row.input)) == nullptr)
      return fmt::format("the action needs an input `{}`\n", row.input);
    return row.run(one, action);
  }
  return "unknown action: " + action.name + "\n";
}

}  // namespace sp::tests
