// Cutting URLs: see url_parts.h.

#include "runtime/text/url_parts.h"

#include <algorithm>

namespace sp {
namespace {

constexpr size_t kNone = std::string_view::npos;

bool is_letter(char c) noexcept { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Where the host begins: behind "scheme://" or "//".
size_t host_begin(std::string_view url) noexcept {
  const size_t scheme = url_protocol(url).size();
  if (scheme != 0) return scheme + 3;
  return url.starts_with("//") ? 2 : 0;
}
// Where the authority (host, user, port) ends.
size_t authority_end(std::string_view url) noexcept {
  return std::min(url.find_first_of("/?#", host_begin(url)), url.size());
}

// Where the registrable part of a domain begins: one label before the public suffix.
size_t significant_begin(std::string_view domain) noexcept {
  static constexpr std::string_view kSecondLevels[] = {"ac",  "co", "com",  "edu", "gob", "gov",
                                                       "go",  "id", "info", "mil", "ne",  "net",
                                                       "nom", "or", "org",  "sch"};
  const size_t last = domain.rfind('.');
  if (last == kNone || last == 0) return 0;
  const size_t second = domain.rfind('.', last - 1);
  if (second == kNone) return 0;
  const std::string_view middle = domain.substr(second + 1, last - second - 1);
  if (middle.empty()) return domain.size();
  const bool country = domain.size() - last - 1 == 2;
  const bool suffix = country && std::find(std::begin(kSecondLevels), std::end(kSecondLevels),
                                           middle) != std::end(kSecondLevels);
  if (!suffix) return second + 1;
  const size_t third = second == 0 ? kNone : domain.rfind('.', second - 1);
  return third == kNone ? 0 : third + 1;
}

}  // namespace

std::string_view url_protocol(std::string_view url) noexcept {
  if (url.empty() || !is_letter(url[0])) return {};
  for (size_t i = 1; i < url.size(); ++i) {
    const char c = url[i];
    if (is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.') continue;
    return url.substr(i).starts_with("://") ? url.substr(0, i) : std::string_view();
  }
  return {};
}

std::string_view url_domain(std::string_view url) noexcept {
  if (url.empty() || url.back() == '.') return {};
  size_t begin = host_begin(url), at = begin, dot = kNone;
  for (; at < url.size(); ++at) {
    const char c = url[at];
    if (c == '.') {
      if (at + 1 == url.size()) return {};
      dot = at;
    } else if (c == '@') {
      begin = at + 1;
    } else if (c == ':' || c == '/' || c == '?' || c == '#') {
      break;
    } else if (std::string_view(" \t<>%{}|\\^~[];=&").find(c) != kNone) {
      return {};
    }
  }
  if (dot == kNone || begin >= at || dot + 1 == at) return {};
  return url.substr(begin, at - begin);
}

std::string_view url_domain_rfc(std::string_view url) noexcept {
  const size_t begin = host_begin(url);
  std::string_view host = url.substr(begin, authority_end(url) - begin);
  if (const size_t user = host.rfind('@'); user != kNone) host.remove_prefix(user + 1);
  const std::string_view before =
      url.substr(begin, static_cast<size_t>(host.data() - url.data()) - begin);
  if (before.find_first_of(" \t<>{}|\\^[]") != kNone) return {};
  if (host.starts_with('[') && before.empty())
    return host.substr(1, std::min(host.find(']'), host.size()) - 1);
  host = host.substr(0, std::min(host.find(':'), host.size()));
  if (host.find_first_of(" \t<>%{}|\\^~[];=&") != kNone) return {};
  const size_t dot = host.rfind('.');
  return dot == kNone || dot + 1 == host.size() ? std::string_view() : host;
}

std::string_view url_without_www(std::string_view domain) noexcept {
  return domain.size() > 4 && domain.starts_with("www.") ? domain.substr(4) : domain;
}

std::string_view domain_top_level(std::string_view domain) noexcept {
  const size_t dot = domain.rfind('.');
  if (dot == kNone || is_digit(domain[dot + 1])) return {};
  return domain.substr(dot + 1);
}

std::string_view domain_first_label(std::string_view domain) noexcept {
  return domain.substr(0, std::min(domain.find('.'), domain.size()));
}

std::string_view domain_cut_to_significant(std::string_view domain) noexcept {
  return domain.substr(significant_begin(domain));
}

uint16_t url_port(std::string_view url, std::string_view domain, uint16_t otherwise) noexcept {
  constexpr uint32_t kGreatest = 65535;
  if (domain.empty()) return otherwise;
  const char* at = domain.data() + domain.size();
  const char* const end = url.data() + url.size();
  if (at == end || *at != ':') return otherwise;
  uint32_t port = 0;
  bool any = false;
  for (++at; at != end && *at != '/'; ++at, any = true) {
    if (!is_digit(*at)) return otherwise;
    port = port * 10 + static_cast<uint32_t>(*at - '0');
    if (port > kGreatest) return otherwise;
  }
  return any ? static_cast<uint16_t>(port) : otherwise;
}

std::string_view url_netloc(std::string_view url) noexcept {
  const size_t begin = host_begin(url);
  return url.substr(begin, authority_end(url) - begin);
}

std::string_view url_path_full(std::string_view url) noexcept {
  const size_t slash = url.find('/', host_begin(url));
  return slash == kNone ? std::string_view() : url.substr(slash);
}
std::string_view url_path(std::string_view url) noexcept {
  const std::string_view full = url_path_full(url);
  return full.substr(0, std::min(full.find_first_of("?#"), full.size()));
}
std::string_view url_query(std::string_view url) noexcept {
  const size_t begin = url.find_first_of("?#");
  if (begin == kNone || url[begin] == '#') return {};
  return url.substr(begin + 1, std::min(url.find('#', begin), url.size()) - begin - 1);
}
std::string_view url_fragment(std::string_view url) noexcept {
  const size_t hash = url.find('#');
  return hash == kNone ? std::string_view() : url.substr(hash + 1);
}
std::string_view url_query_and_fragment(std::string_view url) noexcept {
  const size_t begin = url.find_first_of("?#");
  return begin == kNone ? std::string_view() : url.substr(begin + 1);
}

std::string_view url_parameter(std::string_view url, std::string_view name) noexcept {
  size_t at = url.find_first_of("?#");
  while (at != kNone) {
    const std::string_view rest = url.substr(at + 1);
    if (rest.size() > name.size() && rest.starts_with(name) && rest[name.size()] == '=') {
      const std::string_view value = rest.substr(name.size() + 1);
      return value.substr(0, std::min(value.find_first_of("&#"), value.size()));
    }
    at = url.find_first_of("?&#", at + 1);
  }
  return {};
}

std::string_view url_parameter_cut(std::string_view url, std::string_view name) noexcept {
  const std::string_view value = url_parameter(url, name);
  if (value.data() == nullptr) return {};
  size_t begin = static_cast<size_t>(value.data() - url.data()) - name.size() - 1;
  size_t end = begin + name.size() + 1 + value.size();
  if (end < url.size() && url[end] == '&')
    ++end;
  else if (url[begin - 1] == '&')
    --begin;
  return url.substr(begin, end - begin);
}

}  // namespace sp
