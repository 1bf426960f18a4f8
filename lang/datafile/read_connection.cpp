// Reads a .connection file. Connections are kept, not opened. Entry: parse_connection().

#include <cctype>

#include "lang/datafile/datafile.h"
#include "lang/datafile/located.h"
#include "lang/datafile/statements.h"
#include "lang/datafile/value.h"

namespace sp {
namespace {

constexpr std::string_view kConnectionTypes[] = {"kafka", "s3", "gcs", "dynamodb", "bigquery", "snowflake", "postgres"};

void read_type(const Directive& directive, datafile::Findings& findings, ConnectionFile& out) {
  std::string value = directive.value;
  for (char& c : value) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::vector<std::string_view> names;
  for (const std::string_view name : kConnectionTypes) {
    names.push_back(name);
    if (name == value) {
      out.type = value;
      return;
    }
  }
  std::string hint = "allowed: kafka, s3, gcs, dynamodb, bigquery, snowflake, postgres";
  if (const std::string near = did_you_mean(value, names); !near.empty()) hint += "; " + near;
  findings.error("Unknown value for TYPE: " + directive.value,
                 directive.value.empty() ? directive.name_span : directive.value_span, std::move(hint));
}

}  // namespace

ConnectionResult parse_connection(const std::string& name, const std::string& file, std::string text) {
  ConnectionResult result;
  datafile::Located located(file, std::move(text));
  if (!located.acceptable()) return {std::nullopt, located.finish()};
  ConnectionFile out;
  out.name = name;
  out.source = located.source;
  datafile::Findings& findings = located.findings;
  datafile::Statements statements = datafile::split_statements(findings.text, datafile::FileKind::kConnection);
  findings.errors = std::move(statements.errors);
  bool typed = false;
  for (const datafile::Statement& statement : statements.list) {
    Directive directive = datafile::read_value(statement, findings);
    if (directive.name == "TYPE") {
      typed = true;
      read_type(directive, findings, out);
    } else {
      datafile::check_allowed(statement, directive, findings);
      out.settings.push_back(std::move(directive));
    }
  }
  if (!typed) findings.error("TYPE directive is required.", {0, 0}, "write TYPE kafka, TYPE s3 or TYPE gcs");
  findings.warn_once("Kept, but connections are not opened here", {0, 0}, "send events to /v0/events");
  out.warnings = std::move(findings.warnings);
  result.errors = located.finish();
  if (result.errors.empty()) result.file = std::move(out);
  return result;
}

}  // namespace sp
