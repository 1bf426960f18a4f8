// The table of directives. Source: Tinybird's public documentation and the MIT-licensed SDKs;
// Classic rows are those that public projects still carry.

#include "lang/datafile/directives.h"

#include <algorithm>
#include <cctype>

namespace sp::datafile {
namespace {

constexpr uint8_t kD = 1, kP = 2, kC = 4;
constexpr std::string_view kBoolean = "true|false|1|0";
constexpr std::string_view kKafka = "a Kafka connector";
constexpr std::string_view kImport = "an import connector";
constexpr std::string_view kExport = "a sink";

constexpr DirectiveRule kRules[] = {
    {"DESCRIPTION", kD | kP | kC, Shape::kEither, Role::kActed, "", ""},
    {"TAGS", kD | kP, Shape::kEither, Role::kActed, "", ""},
    {"TOKEN", kD | kP, Shape::kLine, Role::kActed, "", ""},
    {"VERSION", kD | kP, Shape::kLine, Role::kKept, "", ""},
    {"INCLUDE", kD | kP | kC, Shape::kLine, Role::kClassic, "", ""},
    {"SHARED_WITH", kD, Shape::kEither, Role::kIdle, "", ""},
    {"TYPE", kP | kC, Shape::kLine, Role::kActed, "", ""},

    {"SCHEMA", kD, Shape::kEither, Role::kActed, "", ""},
    {"INDEXES", kD, Shape::kEither, Role::kActed, "", ""},
    {"FORWARD_QUERY", kD, Shape::kEither, Role::kActed, "", ""},
    {"BACKFILL", kD, Shape::kLine, Role::kKept, "skip", ""},

    {"ENGINE", kD | kP, Shape::kLine, Role::kActed, "", ""},
    {"ENGINE_SORTING_KEY", kD | kP, Shape::kEither, Role::kActed, "", ""},
    {"ENGINE_PARTITION_KEY", kD | kP, Shape::kEither, Role::kActed, "", ""},
    {"ENGINE_PRIMARY_KEY", kD | kP, Shape::kEither, Role::kActed, "", ""},
    {"ENGINE_TTL", kD | kP, Shape::kEither, Role::kActed, "", ""},
    {"ENGINE_VER", kD | kP, Shape::kLine, Role::kActed, "", ""},
    {"ENGINE_VERSION", kD | kP, Shape::kLine, Role::kActed, "", ""},
    {"ENGINE_IS_DELETED", kD | kP, Shape::kLine, Role::kActed, "", ""},
    {"ENGINE_SIGN", kD | kP, Shape::kLine, Role::kActed, "", ""},
    {"ENGINE_SUMMING_COLUMNS", kD | kP, Shape::kLine, Role::kActed, "", ""},
    {"ENGINE_SAMPLING_KEY", kD | kP, Shape::kLine, Role::kActed, "", ""},
    {"ENGINE_SETTINGS", kD | kP, Shape::kLine, Role::kIdle, "", ""},
    {"ENGINE_JOIN_STRICTNESS", kD | kP, Shape::kLine, Role::kInert, "ANY|ALL|SEMI|ANTI",
     "a Join engine"},
    {"ENGINE_JOIN_TYPE", kD | kP, Shape::kLine, Role::kInert, "INNER|LEFT|RIGHT|FULL|CROSS",
     "a Join engine"},
    {"ENGINE_KEY_COLUMNS", kD | kP, Shape::kLine, Role::kInert, "", "a Join engine"},

    {"KAFKA_CONNECTION_NAME", kD, Shape::kLine, Role::kInert, "", kKafka},
    {"KAFKA_TOPIC", kD, Shape::kLine, Role::kInert, "", kKafka},
    {"KAFKA_GROUP_ID", kD, Shape::kLine, Role::kInert, "", kKafka},
    {"KAFKA_AUTO_OFFSET_RESET", kD, Shape::kLine, Role::kInert, "earliest|latest|error", kKafka},
    {"KAFKA_STORE_RAW_VALUE", kD, Shape::kLine, Role::kInert, kBoolean, kKafka},
    {"KAFKA_STORE_HEADERS", kD, Shape::kLine, Role::kInert, kBoolean, kKafka},
    {"KAFKA_STORE_BINARY_HEADERS", kD, Shape::kLine, Role::kInert, kBoolean, kKafka},
    {"KAFKA_TARGET_PARTITIONS", kD, Shape::kLine, Role::kInert, "", kKafka},
    {"KAFKA_KEY_AVRO_DESERIALIZATION", kD, Shape::kLine, Role::kInert, "", kKafka},

    {"IMPORT_CONNECTION_NAME", kD, Shape::kLine, Role::kInert, "", kImport},
    {"IMPORT_BUCKET_URI", kD, Shape::kLine, Role::kInert, "", kImport},
    {"IMPORT_SCHEDULE", kD, Shape::kLine, Role::kInert, "", kImport},
    {"IMPORT_FROM_TIMESTAMP", kD, Shape::kLine, Role::kInert, "", kImport},
    {"IMPORT_SERVICE", kD, Shape::kLine, Role::kInert, "", kImport},
    {"IMPORT_STRATEGY", kD, Shape::kLine, Role::kInert, "", kImport},
    {"IMPORT_EXTERNAL_DATASOURCE", kD, Shape::kLine, Role::kInert, "", kImport},
    {"IMPORT_QUERY", kD, Shape::kEither, Role::kInert, "", kImport},
    {"IMPORT_TABLE_ARN", kD, Shape::kLine, Role::kInert, "", kImport},
    {"IMPORT_EXPORT_BUCKET", kD, Shape::kLine, Role::kInert, "", kImport},

    {"NODE", kP, Shape::kLine, Role::kActed, "", ""},
    {"SQL", kP, Shape::kEither, Role::kActed, "", ""},
    {"CACHE", kP, Shape::kLine, Role::kActed, "", ""},
    {"DATASOURCE", kP, Shape::kLine, Role::kActed, "", ""},
    {"DEPLOYMENT_METHOD", kP, Shape::kLine, Role::kKept, "alter", ""},
    {"TARGET_DATASOURCE", kP, Shape::kLine, Role::kActed, "", ""},
    {"COPY_SCHEDULE", kP, Shape::kLine, Role::kActed, "", ""},
    {"COPY_MODE", kP, Shape::kLine, Role::kActed, "append|replace", ""},
    {"MATERIALIZATION", kP, Shape::kLine, Role::kClassic, "", ""},
    {"TARGET_TABLE", kP, Shape::kLine, Role::kClassic, "", ""},

    {"EXPORT_CONNECTION_NAME", kP, Shape::kLine, Role::kInert, "", kExport},
    {"EXPORT_SERVICE", kP, Shape::kLine, Role::kInert,
     "kafka|s3|s3_iamrole|gcs|gcs_service_account", kExport},
    {"EXPORT_KAFKA_TOPIC", kP, Shape::kLine, Role::kInert, "", kExport},
    {"EXPORT_SCHEDULE", kP, Shape::kLine, Role::kInert, "", kExport},
    {"EXPORT_BUCKET_URI", kP, Shape::kLine, Role::kInert, "", kExport},
    {"EXPORT_FILE_TEMPLATE", kP, Shape::kLine, Role::kInert, "", kExport},
    {"EXPORT_FORMAT", kP, Shape::kLine, Role::kInert, "csv|ndjson|parquet|json", kExport},
    {"EXPORT_COMPRESSION", kP, Shape::kLine, Role::kInert,
     "none|gz|gzip|snappy|zstd|br|xz|bz2|lz4|deflate", kExport},
    {"EXPORT_STRATEGY", kP, Shape::kLine, Role::kInert, "create_new|replace|new|truncate|append",
     kExport},
    {"EXPORT_WRITE_STRATEGY", kP, Shape::kLine, Role::kInert,
     "create_new|replace|new|truncate|append", kExport},

    {"KAFKA_BOOTSTRAP_SERVERS", kC, Shape::kLine, Role::kKept, "", ""},
    {"KAFKA_SECURITY_PROTOCOL", kC, Shape::kLine, Role::kKept,
     "SASL_SSL|PLAINTEXT|SASL_PLAINTEXT|SSL", ""},
    {"KAFKA_SASL_MECHANISM", kC, Shape::kLine, Role::kKept,
     "PLAIN|SCRAM-SHA-256|SCRAM-SHA-512|OAUTHBEARER", ""},
    {"KAFKA_SASL_OAUTHBEARER_METHOD", kC, Shape::kLine, Role::kKept, "AWS", ""},
    {"KAFKA_SASL_OAUTHBEARER_AWS_REGION", kC, Shape::kLine, Role::kKept, "", ""},
    {"KAFKA_SASL_OAUTHBEARER_AWS_ROLE_ARN", kC, Shape::kLine, Role::kKept, "", ""},
    {"KAFKA_SASL_OAUTHBEARER_AWS_EXTERNAL_ID", kC, Shape::kLine, Role::kKept, "", ""},
    {"KAFKA_KEY", kC, Shape::kLine, Role::kKept, "", ""},
    {"KAFKA_SECRET", kC, Shape::kLine, Role::kKept, "", ""},
    {"KAFKA_SCHEMA_REGISTRY_URL", kC, Shape::kLine, Role::kKept, "", ""},
    {"KAFKA_SSL_CA_PEM", kC, Shape::kEither, Role::kKept, "", ""},
    {"S3_REGION", kC, Shape::kLine, Role::kKept, "", ""},
    {"S3_ARN", kC, Shape::kLine, Role::kKept, "", ""},
    {"S3_ACCESS_KEY", kC, Shape::kLine, Role::kKept, "", ""},
    {"S3_SECRET", kC, Shape::kLine, Role::kKept, "", ""},
    {"GCS_SERVICE_ACCOUNT_CREDENTIALS_JSON", kC, Shape::kEither, Role::kKept, "", ""},
    {"GCS_HMAC_ACCESS_ID", kC, Shape::kLine, Role::kKept, "", ""},
    {"GCS_HMAC_SECRET", kC, Shape::kLine, Role::kKept, "", ""},
};

// Settings of the families below are known by their prefix: connectors grow settings faster than
// this table.
constexpr DirectiveRule kFamilies[] = {
    {"KAFKA_", kD | kC, Shape::kEither, Role::kInert, "", kKafka},
    {"IMPORT_", kD, Shape::kEither, Role::kInert, "", kImport},
    {"EXPORT_", kP, Shape::kEither, Role::kInert, "", kExport},
    {"ENGINE_KAFKA_", kD, Shape::kLine, Role::kInert, "", kKafka},
    {"ENGINE_POSTGRES_", kD, Shape::kLine, Role::kInert, "", "a PostgreSQL engine"},
    {"ENGINE_S3_", kD, Shape::kLine, Role::kInert, "", "an S3 engine"},
    {"S3_", kC, Shape::kEither, Role::kKept, "", ""},
    {"GCS_", kC, Shape::kEither, Role::kKept, "", ""},
    {"DYNAMODB_", kC, Shape::kEither, Role::kKept, "", ""},
};

uint8_t bit(FileKind kind) { return static_cast<uint8_t>(1u << static_cast<unsigned>(kind)); }

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
           return std::tolower(x) == std::tolower(y);
         });
}

}  // namespace

const DirectiveRule* find_directive(std::string_view name, FileKind kind) {
  for (const DirectiveRule& rule : kRules) {
    if (rule.name == name && (rule.files & bit(kind)) != 0) return &rule;
  }
  for (const DirectiveRule& family : kFamilies) {
    if (name.size() > family.name.size() && name.starts_with(family.name) &&
        (family.files & bit(kind)) != 0) {
      return &family;
    }
  }
  return nullptr;
}

std::vector<std::string_view> directive_names(FileKind kind) {
  std::vector<std::string_view> names;
  for (const DirectiveRule& rule : kRules) {
    if ((rule.files & bit(kind)) != 0) names.push_back(rule.name);
  }
  return names;
}

std::string files_with(std::string_view name) {
  static constexpr std::pair<FileKind, std::string_view> kKinds[] = {
      {FileKind::kDataSource, ".datasource"},
      {FileKind::kPipe, ".pipe"},
      {FileKind::kConnection, ".connection"}};
  std::string out;
  for (const auto& [kind, extension] : kKinds) {
    if (find_directive(name, kind) == nullptr) continue;
    if (!out.empty()) out += " or ";
    out += extension;
  }
  return out;
}

bool allowed_value(const DirectiveRule& rule, std::string_view value, std::string* canonical) {
  std::string_view values = rule.values;
  while (!values.empty()) {
    const size_t bar = values.find('|');
    const std::string_view one = values.substr(0, bar);
    if (same_ignoring_case(one, value)) {
      if (canonical != nullptr) *canonical = one;
      return true;
    }
    values = bar == std::string_view::npos ? std::string_view() : values.substr(bar + 1);
  }
  return false;
}

std::string listed_values(std::string_view values) {
  std::string out;
  for (const char c : values) {
    if (c == '|') {
      out += ", ";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace sp::datafile
