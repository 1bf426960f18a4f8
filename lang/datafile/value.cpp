// Quotes, blocks, lists and tokens of directive values.

#include "lang/datafile/value.h"

#include <algorithm>
#include <cctype>

#include "lang/datafile/cron.h"
#include "lang/source/trimmed.h"

namespace sp::datafile {
namespace {

constexpr std::string_view kTypographicQuotes[] = {"\u201C", "\u201D", "\u201E", "\u2018",
                                                   "\u2019"};

// Removes typographic quotes at both ends; true if there were any.
bool strip_typographic(std::string_view& value, uint32_t& removed_in_front) {
  bool any = false;
  for (const std::string_view quote : kTypographicQuotes) {
    if (value.starts_with(quote)) {
      value.remove_prefix(quote.size());
      removed_in_front = static_cast<uint32_t>(quote.size());
      any = true;
      break;
    }
  }
  for (const std::string_view quote : kTypographicQuotes) {
    if (value.ends_with(quote)) {
      value.remove_suffix(quote.size());
      any = true;
      break;
    }
  }
  return any;
}

}  // namespace

void Findings::error(std::string message, Span span, std::string hint) {
  errors.push_back(fail(ErrorCode::kDatafileError, std::move(message), span, std::move(hint)));
}

void Findings::warn(std::string message, Span span, std::string hint) {
  warnings.push_back({std::move(message), span, std::move(hint)});
}

void Findings::warn_once(std::string message, Span span, std::string hint) {
  for (const Warning& warning : warnings) {
    if (warning.message == message) return;
  }
  warn(std::move(message), span, std::move(hint));
}

void Findings::unknown_value(std::string_view directive, const std::string& value, Span span,
                             const std::vector<std::string_view>& allowed) {
  std::string hint = "allowed: ";
  for (size_t i = 0; i < allowed.size(); ++i) {
    if (i > 0) hint += ", ";
    hint += allowed[i];
  }
  if (const std::string near = did_you_mean(value, allowed); !near.empty()) hint += "; " + near;
  error("Unknown value for " + std::string(directive) + ": " + value, span, std::move(hint));
}

bool Findings::once(const Statement& statement, std::vector<std::string_view>& seen) {
  if (std::find(seen.begin(), seen.end(), statement.name) == seen.end()) {
    seen.push_back(statement.name);
    return true;
  }
  error("Directive is repeated: " + std::string(statement.name), statement.name_span,
        "keep one of them");
  return false;
}

Directive read_value(const Statement& statement, Findings& findings) {
  Directive out;
  out.name = statement.name;
  out.name_span = statement.name_span;
  out.value_span = statement.value_span;
  std::string_view value = findings.text.substr(
      statement.value_span.begin, statement.value_span.end - statement.value_span.begin);
  const bool prose = statement.name == "DESCRIPTION" || statement.name == "FORWARD_QUERY" ||
                     statement.name == "SQL";
  if (statement.block && value.find('\n') != std::string_view::npos) {
    out.value = dedent(value, prose);
    return out;
  }
  const std::string_view all = value;
  value = trimmed(value);
  const auto begin =
      static_cast<uint32_t>(statement.value_span.begin + (value.data() - all.data()));
  out.value_span = {begin, begin + static_cast<uint32_t>(value.size())};
  if (value.empty() || (prose && statement.name != "DESCRIPTION")) {
    out.value = value;
    return out;
  }
  if (uint32_t front = 0; !prose && strip_typographic(value, front)) {
    findings.warn("Typographic quotes around a value: " + std::string(statement.name),
                  out.value_span, "write plain quotes: \"" + std::string(value) + "\"");
    out.value_span = {begin + front, begin + front + static_cast<uint32_t>(value.size())};
    out.value = value;
    return out;
  }
  const char quote = value.front();
  if (quote == '"' || quote == '\'') {
    const size_t close = value.find(quote, 1);
    const std::string_view after =
        close == std::string_view::npos ? std::string_view() : trimmed(value.substr(close + 1));
    if (close != std::string_view::npos && (after.empty() || (!prose && after.front() == '#'))) {
      out.value = value.substr(1, close - 1);
      out.value_span = {begin + 1, begin + static_cast<uint32_t>(close)};
      return out;
    }
    if (close == std::string_view::npos && !prose) {
      findings.error(
          "Quote is not closed in " + std::string(statement.name) + ": " + std::string(value),
          out.value_span, std::string("end the value with ") + quote);
      out.value = value.substr(1);
      return out;
    }
  }
  out.value = value;
  return out;
}

std::string dedent(std::string_view block, bool keep_comments) {
  std::vector<std::string_view> lines;
  size_t indent = std::string_view::npos;
  while (true) {
    const size_t newline = block.find('\n');
    std::string_view line = block.substr(0, newline);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const bool comment = !line.empty() && line.front() == '#';
    if (keep_comments || !comment) {
      const size_t first = line.find_first_not_of(" \t");
      if (first == std::string_view::npos) {
        line = {};
      } else {
        indent = std::min(indent, first);
      }
      lines.push_back(line);
    }
    if (newline == std::string_view::npos) break;
    block.remove_prefix(newline + 1);
  }
  std::string out;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    if (!lines[i].empty()) out += lines[i].substr(indent);
  }
  return out;
}

std::vector<std::string> read_list(std::string_view value) {
  std::vector<std::string> items;
  while (true) {
    const size_t comma = value.find_first_of(",\n");
    std::string_view item = trimmed(value.substr(0, comma));
    if (item.size() >= 2 && (item.front() == '"' || item.front() == '\'') &&
        item.back() == item.front()) {
      item = item.substr(1, item.size() - 2);
    }
    if (!item.empty()) items.emplace_back(item);
    if (comma == std::string_view::npos) return items;
    value.remove_prefix(comma + 1);
  }
}

bool read_token(const Statement& statement, std::string_view scopes, Findings& findings,
                TokenGrant& grant) {
  std::string_view value = findings.text.substr(
      statement.value_span.begin, statement.value_span.end - statement.value_span.begin);
  std::string_view name;
  if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
    const size_t close = value.find(value.front(), 1);
    if (close == std::string_view::npos) {
      findings.error("Quote is not closed in TOKEN: " + std::string(value), statement.value_span,
                     std::string("end the name with ") + value.front());
      return false;
    }
    name = value.substr(1, close - 1);
    value = trimmed(value.substr(close + 1));
  } else {
    const size_t blank = value.find_first_of(" \t\n");
    name = value.substr(0, blank);
    value = blank == std::string_view::npos ? std::string_view() : trimmed(value.substr(blank));
  }
  if (const size_t comment = value.find('#'); comment != std::string_view::npos)
    value = trimmed(value.substr(0, comment));
  if (name.empty()) {
    findings.error("TOKEN has no name", statement.name_span,
                   "write TOKEN <name> " + std::string(scopes.substr(0, scopes.find('|'))));
    return false;
  }
  grant.name = name;
  grant.span = statement.value_span;
  DirectiveRule rule = *statement.rule;
  rule.values = scopes;
  if (value.empty() && scopes.find('|') == std::string_view::npos) {
    grant.scope = scopes;
    return true;
  }
  if (value.empty()) {
    findings.error("TOKEN has no scope: " + std::string(name), statement.value_span,
                   "allowed: " + listed_values(scopes));
    return false;
  }
  if (!allowed_value(rule, value, &grant.scope)) {
    const auto begin = static_cast<uint32_t>(value.data() - findings.text.data());
    findings.error("Unknown scope in TOKEN: " + std::string(value),
                   {begin, begin + static_cast<uint32_t>(value.size())},
                   "allowed: " + listed_values(scopes));
    return false;
  }
  return true;
}

bool is_identifier(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front()))) return false;
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

void check_allowed(const Statement& statement, Directive& directive, Findings& findings) {
  if (statement.rule->values.empty()) return;
  std::string canonical;
  if (allowed_value(*statement.rule, directive.value, &canonical)) {
    directive.value = canonical;
    return;
  }
  if (directive.value.find("{{") != std::string::npos) return;  // a secret or a variable decides
  std::vector<std::string_view> candidates;
  std::string_view rest = statement.rule->values;
  while (!rest.empty()) {
    const size_t bar = rest.find('|');
    candidates.push_back(rest.substr(0, bar));
    rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
  }
  findings.unknown_value(directive.name, directive.value,
                         directive.value.empty() ? directive.name_span : directive.value_span,
                         candidates);
}

namespace {
bool from_template(const Directive& directive) {
  return directive.value.find("{{") != std::string::npos;
}

Span value_or_name(const Directive& directive) {
  return directive.value.empty() ? directive.name_span : directive.value_span;
}
}  // namespace

void check_schedule(const Directive& directive, Findings& findings) {
  const std::string mistake = schedule_mistake(directive.value);
  if (mistake.empty() || from_template(directive)) return;
  findings.error("Unknown value for " + directive.name + ": " + directive.value,
                 value_or_name(directive), mistake);
}

void check_whole_number(const Directive& directive, Findings& findings) {
  const bool number =
      !directive.value.empty() && std::all_of(directive.value.begin(), directive.value.end(),
                                              [](unsigned char c) { return std::isdigit(c); });
  if (number || from_template(directive)) return;
  findings.error("Unknown value for " + directive.name + ": " + directive.value,
                 value_or_name(directive), "allowed: a whole number");
}

void warn_inert(const Statement& statement, Findings& findings) {
  if (statement.rule->role == Role::kInert) {
    findings.warn_once("Kept, but " + std::string(statement.rule->family) + " does not run here",
                       statement.name_span,
                       statement.name.starts_with("EXPORT_")
                           ? "read the rows over HTTP: make the node TYPE endpoint"
                           : "send events to /v0/events, or load files with /v0/datasources");
  } else if (statement.rule->role == Role::kIdle) {
    findings.warn_once("Kept, but it has no effect here: " + std::string(statement.name),
                       statement.name_span);
  } else if (statement.rule->role == Role::kClassic) {
    findings.warn_once(
        "Kept, but a Classic directive is not acted on: " + std::string(statement.name),
        statement.name_span);
  }
}

}  // namespace sp::datafile
