// Reads a .connection file. Connections are kept, not opened. Entry: parse_connection().

#include <algorithm>
#include <cctype>

#include "lang/datafile/datafile.h"
#include "lang/datafile/located.h"

namespace sp {
namespace {

using datafile::Findings;

constexpr std::string_view kConnectionTypes[] = {"kafka",    "s3",        "gcs",     "dynamodb",
                                                 "bigquery", "snowflake", "postgres"};

class ConnectionReader {
 public:
  ConnectionReader(ConnectionFile& file, Findings& findings) : file_(file), findings_(findings) {}

  void read(const std::vector<datafile::Statement>& statements) {
    for (const datafile::Statement& statement : statements) {
      if (statement.name != "INCLUDE" && !findings_.once(statement, seen_)) continue;
      Directive directive = datafile::read_value(statement, findings_);
      if (directive.name == "TYPE") {
        type_span_ = directive.value.empty() ? directive.name_span : directive.value_span;
        read_type(directive);
      } else {
        datafile::check_allowed(statement, directive, findings_);
        file_.settings.push_back(std::move(directive));
      }
    }
    check_whole();
  }

 private:
  void read_type(const Directive& directive) {
    std::string value = directive.value;
    for (char& c : value) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (std::find(std::begin(kConnectionTypes), std::end(kConnectionTypes), value) !=
        std::end(kConnectionTypes)) {
      file_.type = value;
      return;
    }
    findings_.unknown_value("TYPE", directive.value, type_span_,
                            {std::begin(kConnectionTypes), std::end(kConnectionTypes)});
  }

  bool has(std::string_view name) const {
    return std::any_of(file_.settings.begin(), file_.settings.end(),
                       [name](const Directive& one) { return one.name == name; });
  }

  void require(std::string_view name, std::string_view example) {
    if (!has(name))
      findings_.error(std::string(name) + " is required for TYPE " + file_.type, type_span_,
                      "add " + std::string(example));
  }

  // One of two ways to sign in: a single setting, or a pair.
  void require_credentials(std::string_view single, std::string_view first,
                           std::string_view second) {
    if (has(single) || (has(first) && has(second))) return;
    findings_.error("TYPE " + file_.type + " needs " + std::string(single) + ", or " +
                        std::string(first) + " and " + std::string(second),
                    type_span_,
                    "values may be secrets: {{ tb_secret(\"" + std::string(single) + "\") }}");
  }

  void check_whole() {
    if (!seen("TYPE"))
      findings_.error("TYPE directive is required.", {0, 0},
                      "write TYPE kafka, TYPE s3 or TYPE gcs");
    if (file_.type == "kafka")
      require("KAFKA_BOOTSTRAP_SERVERS", "KAFKA_BOOTSTRAP_SERVERS host:9092");
    if (file_.type == "s3") {
      require("S3_REGION", "S3_REGION us-east-1");
      require_credentials("S3_ARN", "S3_ACCESS_KEY", "S3_SECRET");
    }
    if (file_.type == "gcs")
      require_credentials("GCS_SERVICE_ACCOUNT_CREDENTIALS_JSON", "GCS_HMAC_ACCESS_ID",
                          "GCS_HMAC_SECRET");
    findings_.warn_once("Kept, but connections are not opened here", type_span_,
                        "send events to /v0/events");
  }

  bool seen(std::string_view name) const {
    return std::find(seen_.begin(), seen_.end(), name) != seen_.end();
  }

  ConnectionFile& file_;
  Findings& findings_;
  std::vector<std::string_view> seen_;
  Span type_span_;
};

}  // namespace

ConnectionResult parse_connection(const std::string& name, const std::string& file,
                                  std::string text, const IncludeReader& includes) {
  return datafile::read_datafile<ConnectionResult>(
      name, file, std::move(text), datafile::FileKind::kConnection, includes,
      [](ConnectionFile& out, datafile::Located& located) {
        ConnectionReader(out, located.findings).read(located.statements);
      });
}

}  // namespace sp
