#pragma once
// Templates: a node's text with {{ }} and {% %} compiled once, then rendered per request into SQL
// with typed holes.
// A value never becomes SQL text: {{String(x)}} renders as the query parameter {p0:String} with the
// value beside it.
// Only branches and identifiers (column(), columns(), table(), symbol()) change the text. Equal
// texts share one compiled query. Contract: docs/language.md, "Templates".

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lang/source/source_text.h"
#include "runtime/core/error.h"

namespace sp {

/// What a request sends: names to values; a name may repeat (arrays). JSON bodies are flattened to
/// this by the server: arrays repeat the name, objects stay as JSON text.
class RequestParams {
 public:
  void add(std::string name, std::string value) {
    values_[std::move(name)].push_back(std::move(value));
  }
  /// Replaces all values (fixed_params of a token).
  void set(std::string name, std::string value) { values_[std::move(name)] = {std::move(value)}; }
  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  /// The values sent under a name; nullptr if none was sent.
  const std::vector<std::string>* find(std::string_view name) const {
    const auto it = values_.find(name);
    return it == values_.end() ? nullptr : &it->second;
  }
  const std::map<std::string, std::vector<std::string>, std::less<>>& all() const {
    return values_;
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// One declared parameter, merged over all its uses in the nodes of a pipe.
struct ParamSpec {
  std::string name;
  std::string type = "String";               // SQL type: "Int32", "DateTime", "Array(String)"
  std::optional<std::string> default_value;  // text form
  bool required =
      false;  // the request fails without it (no default anywhere, not guarded by defined())
  std::string description;
  std::vector<std::string> enum_values;
  std::string example;
  std::string format;
  Span span;              // first use, in its file
  bool needed = false;    // some use fails without it; `required` = needed and not optional
  bool optional = false;  // some use has a default or required=False
};

/// The parameters of a pipe in order of first use.
struct Signature {
  std::vector<ParamSpec> params;
  const ParamSpec* find(std::string_view name) const;
};

/// A typed value of a hole: the SQL type and the value's text form as ClickHouse would parse it
/// from a query parameter ("5", "2024-01-01 00:00:00", "['a','b']", "\\N" for NULL).
struct HoleValue {
  std::string name;  // "p0", "p1", ... in order of appearance
  std::string type;  // "String", "Array(Int32)"
  std::string text;  // checked against the type by the template already
};

/// A rendered node: SQL text in which holes stand as {p0:Type}.
struct RenderedSql {
  std::string text;  // the shape
  std::vector<HoleValue> values;
  SourceMap map;  // offsets of `text` to offsets in the pipe's file
};

/// Why a render stopped, for those who render on trial.
enum class TemplateStop : uint8_t {
  kNone,
  kMissing,  ///< a parameter was not sent
  kAuthor,   ///< error() or custom_error()
  kValue,    ///< something that may depend on what was sent
  kMistake,  ///< something that fails whatever is sent: an unknown function, a default that does
             ///< not fit
};

/// What templates may ask the world for.
struct TemplateContext {
  const RequestParams* params = nullptr;
  /// tb_secret(name): the secret's value; nullopt if there is none.
  std::function<std::optional<std::string>(std::string_view)> secret;
  /// Names that table()/column() may yield are checked by the binder, not here.
  uint64_t max_steps = 1000000;
  uint32_t max_output_bytes = 1 << 20;
  TemplateStop* stop = nullptr;  ///< set when a render fails, if given
};

/// The name that probes send for column() and table() without a default.
constexpr std::string_view kProbeIdentifier = "any_name";

/// What reading a template tells without rendering it.
struct TemplateFindings {
  struct Mistake {
    Error error;  ///< span in the file
    bool always;  ///< every request comes by, and fails
  };
  std::vector<Mistake> mistakes;  ///< what is wrong wherever it stands
  std::set<std::string, std::less<>>
      declared;  ///< parameters that are declared or tested with defined()
  std::map<std::string, Span, std::less<>>
      bare_names;  ///< names used as they are, with their first place
};

/// A compiled template. Immutable, thread-safe.
class Template {
 public:
  /// Compiles a node's text. `offset`: where it starts in its file (spans of errors are file
  /// offsets).
  /// A text without tags is a valid template. Errors: TEMPLATE_ERROR.
  static Result<std::shared_ptr<const Template>> compile(std::string_view text, uint32_t offset);
  /// Wraps a text that is not templated (no leading %): rendered as it stands.
  static std::shared_ptr<const Template> verbatim(std::string_view text, uint32_t offset);

  virtual ~Template() = default;
  /// Renders for one request. Holes are numbered from `first_hole` (nodes of one pipe share one
  /// numbering).
  /// Errors: TEMPLATE_ERROR (missing required parameter, value that does not parse, error()), all
  /// with spans in the file; TEMPLATE_CUSTOM_ERROR carries custom_error()'s JSON in `message` and
  /// its status in the first note.
  virtual Result<RenderedSql> render(const TemplateContext& context, uint32_t first_hole) const = 0;
  /// Adds this node's parameters to the pipe's signature (merge rules of reference: last explicit
  /// type wins; latest non-empty default/description wins; optional if any use has a default or
  /// required=False or stands under defined()).
  virtual void collect_params(Signature& signature) const = 0;
  /// Parameter sets that together reach every branch: defaults, then each flag toggled once
  /// (linear). Used by check.
  virtual std::vector<RequestParams> probes() const = 0;
  /// Adds what can be told about the template in all its branches, taken or not.
  virtual void inspect(TemplateFindings& findings) const = 0;
};

}  // namespace sp
