// Reads a .datasource file: statements to DataSourceFile. Entry: parse_datasource().

#include <algorithm>

#include "lang/datafile/datafile.h"
#include "lang/datafile/engine.h"
#include "lang/datafile/located.h"
#include "lang/datafile/schema.h"
#include "lang/datafile/statements.h"
#include "lang/datafile/value.h"

namespace sp {
namespace {

using datafile::Findings;
using datafile::Statement;

class DataSourceReader {
 public:
  DataSourceReader(DataSourceFile& file, Findings& findings) : file_(file), findings_(findings) {}

  void read(const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
      if (once(statement)) read_one(statement);
    }
    check_whole();
  }

 private:
  // Directives other than TOKEN, INCLUDE and TAGS may stand once.
  bool once(const Statement& statement) {
    return statement.name == "TOKEN" || statement.name == "INCLUDE" || statement.name == "TAGS" ||
           findings_.once(statement, seen_);
  }

  bool has(std::string_view name) const {
    return std::find(seen_.begin(), seen_.end(), name) != seen_.end();
  }

  void read_one(const Statement& statement) {
    const std::string_view name = statement.name;
    if (name == "SCHEMA") return read_schema(statement);
    if (name == "INDEXES") {
      file_.indexes = datafile::read_indexes(statement.value_span, findings_);
      return;
    }
    if (name == "TOKEN") {
      TokenGrant grant;
      if (datafile::read_token(statement, "READ|APPEND", findings_, grant))
        file_.tokens.push_back(std::move(grant));
      return;
    }
    Directive directive = datafile::read_value(statement, findings_);
    if (name == "DESCRIPTION") {
      file_.description = std::move(directive.value);
    } else if (name == "TAGS") {
      for (std::string& tag : datafile::read_list(directive.value))
        file_.tags.push_back(std::move(tag));
    } else if (name == "FORWARD_QUERY") {
      file_.forward_query = std::move(directive.value);
      file_.forward_query_span = directive.value_span;
    } else if (name == "ENGINE") {
      engine_span_ = directive.value.empty() ? directive.name_span : directive.value_span;
      file_.engine = datafile::read_engine(directive, findings_);
    } else if (!read_key(directive)) {
      datafile::check_allowed(statement, directive, findings_);
      datafile::warn_inert(statement, findings_);
      if (name == "VERSION") datafile::check_whole_number(directive, findings_);
      if (name == "IMPORT_SCHEDULE") datafile::check_schedule(directive, findings_);
      if (name == "ENGINE_SETTINGS") datafile::check_engine_settings(directive, findings_);
      file_.other.push_back(std::move(directive));
    }
  }

  // Engine options that are expressions or column names; an empty value says nothing.
  bool read_key(Directive& directive) {
    static constexpr std::pair<std::string_view, std::optional<Directive> DataSourceFile::*>
        kKeys[] = {
            {"ENGINE_SORTING_KEY", &DataSourceFile::sorting_key},
            {"ENGINE_PARTITION_KEY", &DataSourceFile::partition_key},
            {"ENGINE_PRIMARY_KEY", &DataSourceFile::primary_key},
            {"ENGINE_TTL", &DataSourceFile::ttl},
            {"ENGINE_VER", &DataSourceFile::version_column},
            {"ENGINE_VERSION", &DataSourceFile::version_column},
            {"ENGINE_SIGN", &DataSourceFile::sign},
            {"ENGINE_IS_DELETED", &DataSourceFile::is_deleted},
            {"ENGINE_SUMMING_COLUMNS", &DataSourceFile::summing_columns},
            {"ENGINE_SAMPLING_KEY", &DataSourceFile::sampling_key},
        };
    for (const auto& [name, member] : kKeys) {
      if (directive.name != name) continue;
      if (directive.value.empty()) {
        if (name == "ENGINE_SORTING_KEY") {
          findings_.error("ENGINE_SORTING_KEY is empty", directive.name_span,
                          "name the columns to sort by, or write \"tuple()\"");
        }
        return true;
      }
      file_.*member = std::move(directive);
      return true;
    }
    return false;
  }

  void read_schema(const Statement& statement) {
    const size_t before = findings_.errors.size();
    file_.columns = datafile::read_schema(statement.value_span, findings_);
    if (file_.columns.empty() && findings_.errors.size() == before) {
      findings_.error("SCHEMA block is empty.", statement.name_span,
                      "give at least one column: `id` String `json:$.id`");
    }
  }

  void check_whole() {
    if (!has("SCHEMA")) {
      findings_.error("SCHEMA block is required.", {0, 0}, "begin the columns with SCHEMA >");
    }
    if (!has("ENGINE_SORTING_KEY") && datafile::engine_needs_sorting_key(file_.engine)) {
      if (has("ENGINE")) {
        findings_.error("ENGINE_SORTING_KEY directive is required.", engine_span_,
                        "add ENGINE_SORTING_KEY \"column, column\"");
      } else {
        findings_.warn(
            "Neither ENGINE nor ENGINE_SORTING_KEY is given: rows are kept in order of arrival",
            {0, 0}, "add ENGINE \"MergeTree\" and ENGINE_SORTING_KEY \"column, column\"");
      }
    }
    check_options();
    check_connectors();
  }

  void check_options() {
    for (const auto* option :
         {&file_.version_column, &file_.sign, &file_.is_deleted, &file_.summing_columns}) {
      std::string needed;
      if (!option->has_value() ||
          !datafile::option_of_other_engine((*option)->name, file_.engine, &needed))
        continue;
      findings_.warn((*option)->name + " does nothing for ENGINE " + file_.engine,
                     (*option)->name_span, "it belongs to " + needed);
    }
    if (file_.engine == "CollapsingMergeTree" || file_.engine == "VersionedCollapsingMergeTree") {
      if (!file_.sign) {
        findings_.error("ENGINE_SIGN directive is required for ENGINE " + file_.engine,
                        engine_span_, "name the Int8 column that holds 1 or -1");
      }
      if (!file_.version_column && file_.engine == "VersionedCollapsingMergeTree") {
        findings_.error("ENGINE_VERSION directive is required for ENGINE " + file_.engine,
                        engine_span_, "name the column that holds the version");
      }
    }
    for (const auto* option : {&file_.version_column, &file_.sign, &file_.is_deleted}) {
      if (option->has_value()) check_column(**option);
    }
  }

  void check_column(const Directive& option) {
    if (file_.columns.empty() || !findings_.errors.empty()) return;
    std::vector<std::string_view> names;
    for (const ColumnDefinition& column : file_.columns) {
      if (column.name == option.value) return;
      names.push_back(column.name);
    }
    findings_.error("Unknown column in " + option.name + ": " + option.value, option.value_span,
                    did_you_mean(option.value, names));
  }

  void check_connectors() {
    const Directive* kafka = nullptr;
    const Directive* import = nullptr;
    for (const Directive& directive : file_.other) {
      if (kafka == nullptr && directive.name.starts_with("KAFKA_")) kafka = &directive;
      if (import == nullptr && directive.name.starts_with("IMPORT_")) import = &directive;
    }
    if (kafka != nullptr && import != nullptr) {
      findings_.error("KAFKA_* and IMPORT_* directives cannot be mixed: " + import->name,
                      import->name_span, "a data source has one connector");
    }
    if (import != nullptr && kafka == nullptr) check_imports(*import);
    if (kafka != nullptr) {
      require_beside(*kafka, "KAFKA_CONNECTION_NAME");
      require_beside(*kafka, "KAFKA_TOPIC");
    }
  }

  void check_imports(const Directive& import) {
    const auto bucket =
        std::find_if(file_.other.begin(), file_.other.end(),
                     [](const Directive& one) { return one.name == "IMPORT_BUCKET_URI"; });
    if (bucket != file_.other.end()) require_beside(*bucket, "IMPORT_CONNECTION_NAME");
    if (!has("IMPORT_SERVICE") && bucket == file_.other.end())
      require_beside(import, "IMPORT_BUCKET_URI");
  }

  void require_beside(const Directive& first, std::string_view name) {
    if (!has(name)) {
      findings_.error(std::string(name) + " directive is required beside " + first.name,
                      first.name_span, "add " + std::string(name));
    }
  }

  DataSourceFile& file_;
  Findings& findings_;
  std::vector<std::string_view> seen_;
  Span engine_span_;
};

}  // namespace

DataSourceResult parse_datasource(const std::string& name, const std::string& file,
                                  std::string text, const IncludeReader& includes) {
  return datafile::read_datafile<DataSourceResult>(
      name, file, std::move(text), datafile::FileKind::kDataSource, includes,
      [](DataSourceFile& out, datafile::Located& located) {
        DataSourceReader(out, located.findings).read(located.statements);
      });
}

}  // namespace sp
