// URL functions: parts, parameters, hierarchies, percent encoding. The cutting is in
// runtime/text/url_parts.h.

#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/hex_digit.h"
#include "runtime/text/url_parts.h"

namespace sp {
namespace {

// A part of the argument as a string that refers to it.
StringRef part(std::string_view text) noexcept { return StringRef(text.data(), text.size()); }

// The URL without a range of its bytes.
StringRef without(ExecState& exec, const StringRef& url, std::string_view cut) noexcept {
  if (cut.empty()) return url;
  const std::string_view source = url.view();
  const auto begin = static_cast<size_t>(cut.data() - source.data());
  const size_t size = source.size() - cut.size();
  char* bytes = new_bytes(exec, size);
  std::memcpy(bytes, source.data(), begin);
  std::memcpy(bytes + begin, cut.data() + cut.size(), size - begin);
  return StringRef(bytes, size);
}

}  // namespace

#define SP_URL_PART(name, expression)                                            \
  extern "C" void sp_url_##name(const StringRef& url, StringRef* out) noexcept { \
    const std::string_view text = url.view();                                    \
    *out = part(expression);                                                     \
  }
SP_URL_PART(protocol, url_protocol(text))
// What is cut from a domain, as ClickHouse finds it and as RFC 3986 has it.
#define SP_URL_DOMAIN(name, domain_of)                                                         \
  SP_URL_PART(domain##name, domain_of(text))                                                   \
  SP_URL_PART(domain_without_www##name, url_without_www(domain_of(text)))                      \
  SP_URL_PART(top_level_domain##name, domain_top_level(domain_of(text)))                       \
  SP_URL_PART(first_significant_subdomain##name,                                               \
              domain_first_label(domain_cut_to_significant(url_without_www(domain_of(text))))) \
  SP_URL_PART(cut_to_first_significant##name,                                                  \
              domain_cut_to_significant(url_without_www(domain_of(text))))                     \
  SP_URL_PART(cut_with_www##name, domain_cut_to_significant(domain_of(text)))
SP_URL_DOMAIN(, url_domain)
SP_URL_DOMAIN(_rfc, url_domain_rfc)
#undef SP_URL_DOMAIN
SP_URL_PART(netloc, url_netloc(text))
SP_URL_PART(path, url_path(text))
SP_URL_PART(path_full, url_path_full(text))
SP_URL_PART(query, url_query(text))
SP_URL_PART(fragment, url_fragment(text))
SP_URL_PART(query_and_fragment, url_query_and_fragment(text))
SP_URL_PART(cut_fragment, text.substr(0, std::min(text.find('#'), text.size())))
SP_URL_PART(cut_query_and_fragment, text.substr(0, std::min(text.find_first_of("?#"), text.size())))
#undef SP_URL_PART

extern "C" void sp_url_cut_www(ExecState& exec, const StringRef& url, StringRef* out) noexcept {
  const std::string_view netloc = url_netloc(url.view());
  *out = without(exec, url, netloc.starts_with("www.") ? netloc.substr(0, 4) : std::string_view());
}
extern "C" void sp_url_cut_query(ExecState& exec, const StringRef& url, StringRef* out) noexcept {
  const std::string_view text = url.view();
  const size_t begin = text.find_first_of("?#");
  const bool has_query = begin != std::string_view::npos && text[begin] == '?';
  *out = has_query
             ? without(exec, url,
                       text.substr(begin, std::min(text.find('#', begin), text.size()) - begin))
             : url;
}
#define SP_URL_PORT(name, domain_of)                                                            \
  extern "C" uint16_t sp_url_port_or##name(const StringRef& url, uint16_t otherwise) noexcept { \
    return url_port(url.view(), domain_of(url.view()), otherwise);                              \
  }                                                                                             \
  extern "C" uint16_t sp_url_port##name(const StringRef& url) noexcept {                        \
    return url_port(url.view(), domain_of(url.view()), 0);                                      \
  }
SP_URL_PORT(, url_domain)
SP_URL_PORT(_rfc, url_domain_rfc)
#undef SP_URL_PORT
extern "C" void sp_url_parameter(const StringRef& url, const StringRef& name,
                                 StringRef* out) noexcept {
  *out = part(url_parameter(url.view(), name.view()));
}
extern "C" void sp_url_cut_parameter(ExecState& exec, const StringRef& url, const StringRef& name,
                                     StringRef* out) noexcept {
  *out = without(exec, url, url_parameter_cut(url.view(), name.view()));
}
extern "C" void sp_url_cut_parameters(ExecState& exec, const StringRef& url, const ArrayRef& names,
                                      StringRef* out) noexcept {
  *out = url;
  for (uint64_t i = 0; i < names.size; ++i) {
    const StringRef before = *out;
    *out = without(
        exec, before,
        url_parameter_cut(before.view(), static_cast<const StringRef*>(names.data)[i].view()));
  }
}

namespace {

// The key=value pairs of query string and fragment.
void parameters(ExecState& exec, std::string_view url, bool names_only, ArrayRef* out) noexcept {
  StringArrayBuilder builder(exec);
  size_t at = url.find_first_of("?#");
  while (at != std::string_view::npos) {
    const size_t end = url.find_first_of("?&#", at + 1);
    const std::string_view pair =
        url.substr(at + 1, (end == std::string_view::npos ? url.size() : end) - at - 1);
    const size_t equals = pair.find('=');
    if (equals != std::string_view::npos)
      builder.add(part(names_only ? pair.substr(0, equals) : pair));
    at = end;
  }
  *out = builder.finish();
}

// Prefixes of the URL that end behind '/', '?' or '#'; paths leave the host out.
void hierarchy(ExecState& exec, std::string_view url, bool path_only, ArrayRef* out) noexcept {
  constexpr std::string_view kSeparators = "/?#";
  StringArrayBuilder builder(exec);
  const size_t protocol = url_protocol(url).size();
  size_t begin = 0, at = url.size();
  if (protocol != 0) at = std::min(url.find_first_of(kSeparators, protocol + 3), url.size());
  if (path_only) {
    begin = at;
  } else if (!url.empty()) {
    if (at < url.size()) ++at;
    builder.add(part(url.substr(0, at)));
  }
  while (at < url.size()) {
    at = std::min(url.find_first_not_of(kSeparators, at), url.size());
    if (at == url.size()) break;
    at = std::min(url.find_first_of(kSeparators, at), url.size());
    if (at < url.size()) ++at;
    builder.add(part(url.substr(begin, at - begin)));
  }
  *out = builder.finish();
}

void encode(ExecState& exec, const StringRef& text, bool form, StringRef* out) noexcept {
  constexpr char kDigits[] = "0123456789ABCDEF";
  char* bytes = new_bytes(exec, size_t{text.size} * 3);
  size_t size = 0;
  for (const char c : text.view()) {
    const auto byte = static_cast<uint8_t>(c);
    const bool plain = (byte >= '0' && byte <= '9') ||
                       ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z' && byte < 0x80) || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      bytes[size++] = c;
    } else if (form && c == ' ') {
      bytes[size++] = '+';
    } else {
      bytes[size++] = '%';
      bytes[size++] = kDigits[byte >> 4];
      bytes[size++] = kDigits[byte & 15];
    }
  }
  *out = StringRef(bytes, size);
}

void decode(ExecState& exec, const StringRef& text, bool form, StringRef* out) noexcept {
  const std::string_view source = text.view();
  char* bytes = new_bytes(exec, source.size());
  size_t size = 0;
  for (size_t i = 0; i < source.size(); ++i) {
    const bool coded = source[i] == '%' && i + 2 < source.size() && hex_digit(source[i + 1]) >= 0 &&
                       hex_digit(source[i + 2]) >= 0;
    if (coded) {
      bytes[size++] = static_cast<char>(hex_digit(source[i + 1]) * 16 + hex_digit(source[i + 2]));
      i += 2;
    } else {
      bytes[size++] = form && source[i] == '+' ? ' ' : source[i];
    }
  }
  *out = StringRef(bytes, size);
}

}  // namespace

extern "C" void sp_url_parameters(ExecState& exec, const StringRef& url, ArrayRef* out) noexcept {
  parameters(exec, url.view(), false, out);
}
extern "C" void sp_url_parameter_names(ExecState& exec, const StringRef& url,
                                       ArrayRef* out) noexcept {
  parameters(exec, url.view(), true, out);
}
extern "C" void sp_url_hierarchy(ExecState& exec, const StringRef& url, ArrayRef* out) noexcept {
  hierarchy(exec, url.view(), false, out);
}
extern "C" void sp_url_path_hierarchy(ExecState& exec, const StringRef& url,
                                      ArrayRef* out) noexcept {
  hierarchy(exec, url.view(), true, out);
}
extern "C" void sp_encode_url(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  encode(exec, text, false, out);
}
extern "C" void sp_encode_url_form(ExecState& exec, const StringRef& text,
                                   StringRef* out) noexcept {
  encode(exec, text, true, out);
}
extern "C" void sp_decode_url(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  decode(exec, text, false, out);
}
extern "C" void sp_decode_url_form(ExecState& exec, const StringRef& text,
                                   StringRef* out) noexcept {
  decode(exec, text, true, out);
}

SP_FUNCTIONS(url) {
  const Type string = string_type(), strings = string_array_type(),
             port = Type::of(TypeKind::kUInt16);
  const auto add = [&](const char* name, Resolver resolve, const char* doc, const char* example,
                       const char* result, uint8_t least = 1, uint8_t most = 1,
                       std::vector<const char*> aliases = {}) {
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .min_arguments = least,
                    .max_arguments = most,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  const auto cut = [&](const char* name, Symbol symbol, const char* doc, const char* example,
                       const char* result) {
    add(name, signature("s", string, std::move(symbol)), doc, example, result);
  };
  cut("protocol", SP_SYMBOL(sp_url_protocol), "Returns the protocol of `url`.",
      "SELECT protocol('https://a.com')", "https");
  cut("domain", SP_SYMBOL(sp_url_domain), "Returns the host name of `url`.",
      "SELECT domain('https://www.a.com:80/x')", "www.a.com");
  cut("domainWithoutWWW", SP_SYMBOL(sp_url_domain_without_www),
      "Returns the host name of `url` without leading www.",
      "SELECT domainWithoutWWW('https://www.a.com/x')", "a.com");
  cut("topLevelDomain", SP_SYMBOL(sp_url_top_level_domain),
      "Returns the last label of the host name of `url`.",
      "SELECT topLevelDomain('https://www.a.com/x')", "com");
  cut("firstSignificantSubdomain", SP_SYMBOL(sp_url_first_significant_subdomain),
      "Returns the label before the public suffix of `url`.",
      "SELECT firstSignificantSubdomain('https://news.example.co.uk/')", "example");
  cut("cutToFirstSignificantSubdomain", SP_SYMBOL(sp_url_cut_to_first_significant),
      "Returns the host name of `url` from its first significant label on.",
      "SELECT cutToFirstSignificantSubdomain('https://news.example.co.uk/')", "example.co.uk");
  cut("cutToFirstSignificantSubdomainWithWWW", SP_SYMBOL(sp_url_cut_with_www),
      "Returns the host name of `url` from its first significant label on; www may be one.",
      "SELECT cutToFirstSignificantSubdomainWithWWW('https://www.com/')", "www.com");
  cut("domainRFC", SP_SYMBOL(sp_url_domain_rfc), "Returns the host name of `url` by RFC 3986.",
      "SELECT domainRFC('http://user:password@a.com:80/x')", "a.com");
  cut("domainWithoutWWWRFC", SP_SYMBOL(sp_url_domain_without_www_rfc),
      "Returns the host name of `url` without leading www, by RFC 3986.",
      "SELECT domainWithoutWWWRFC('http://u:p@www.a.com/')", "a.com");
  cut("topLevelDomainRFC", SP_SYMBOL(sp_url_top_level_domain_rfc),
      "Returns the last label of the host name of `url`, by RFC 3986.",
      "SELECT topLevelDomainRFC('http://u:p@a.com/')", "com");
  cut("firstSignificantSubdomainRFC", SP_SYMBOL(sp_url_first_significant_subdomain_rfc),
      "Returns the label before the public suffix of `url`, by RFC 3986.",
      "SELECT firstSignificantSubdomainRFC('http://u:p@news.example.co.uk/')", "example");
  cut("cutToFirstSignificantSubdomainRFC", SP_SYMBOL(sp_url_cut_to_first_significant_rfc),
      "Returns the host name of `url` from its first significant label on, by RFC 3986.",
      "SELECT cutToFirstSignificantSubdomainRFC('http://u:p@news.example.co.uk/')",
      "example.co.uk");
  cut("cutToFirstSignificantSubdomainWithWWWRFC", SP_SYMBOL(sp_url_cut_with_www_rfc),
      "Returns the host name of `url` from its first significant label on, which may be www, by "
      "RFC 3986.",
      "SELECT cutToFirstSignificantSubdomainWithWWWRFC('http://u:p@www.com/')", "www.com");
  cut("netloc", SP_SYMBOL(sp_url_netloc), "Returns user, host and port of `url`.",
      "SELECT netloc('http://u@a.com:80/x')", "u@a.com:80");
  cut("path", SP_SYMBOL(sp_url_path), "Returns the path of `url`.",
      "SELECT path('https://a.com/b/c?x=1')", "/b/c");
  cut("pathFull", SP_SYMBOL(sp_url_path_full), "Returns path, query string and fragment of `url`.",
      "SELECT pathFull('https://a.com/b?x=1#f')", "/b?x=1#f");
  cut("queryString", SP_SYMBOL(sp_url_query), "Returns the query string of `url`.",
      "SELECT queryString('http://a.com/?x=1#f')", "x=1");
  cut("fragment", SP_SYMBOL(sp_url_fragment), "Returns the fragment of `url`.",
      "SELECT fragment('http://a.com/#f')", "f");
  cut("queryStringAndFragment", SP_SYMBOL(sp_url_query_and_fragment),
      "Returns query string and fragment of `url`.",
      "SELECT queryStringAndFragment('http://a.com/?x=1#f')", "x=1#f");
  cut("cutWWW", SP_SYMBOL(sp_url_cut_www), "Removes leading www. from the host of `url`.",
      "SELECT cutWWW('http://www.a.com/')", "http://a.com/");
  cut("cutQueryString", SP_SYMBOL(sp_url_cut_query), "Removes the query string of `url`.",
      "SELECT cutQueryString('http://a.com/?x=1#f')", "http://a.com/#f");
  cut("cutFragment", SP_SYMBOL(sp_url_cut_fragment), "Removes the fragment of `url`.",
      "SELECT cutFragment('http://a.com/#f')", "http://a.com/");
  cut("cutQueryStringAndFragment", SP_SYMBOL(sp_url_cut_query_and_fragment),
      "Removes query string and fragment of `url`.",
      "SELECT cutQueryStringAndFragment('http://a.com/?x=1#f')", "http://a.com/");
  cut("encodeURLComponent", SP_SYMBOL(sp_encode_url), "Encodes `s` for a part of a URL.",
      "SELECT encodeURLComponent('a b&c')", "a%20b%26c");
  cut("encodeURLFormComponent", SP_SYMBOL(sp_encode_url_form),
      "Encodes `s` for a form: spaces become +.", "SELECT encodeURLFormComponent('a b&c')",
      "a+b%26c");
  cut("decodeURLComponent", SP_SYMBOL(sp_decode_url), "Decodes percent encoding in `s`.",
      "SELECT decodeURLComponent('a%20b')", "a b");
  cut("decodeURLFormComponent", SP_SYMBOL(sp_decode_url_form),
      "Decodes percent encoding and + in `s`.", "SELECT decodeURLFormComponent('a+b%20c')",
      "a b c");
  const auto port_of = [&](const Symbol& plain, const Symbol& with_default) -> Resolver {
    return [=](std::span<const Argument> arguments,
               const ResolveOptions&) -> Result<ResolvedFunction> {
      if (!arguments[0].type.is_string_like()) return illegal_argument(arguments, 0, "String");
      if (arguments.size() == 1) return call(port, plain);
      if (!arguments[1].type.is_integer()) return illegal_argument(arguments, 1, "an integer");
      return call(port, with_default, {arguments[0].type, port});
    };
  };
  add("port", port_of(SP_SYMBOL(sp_url_port), SP_SYMBOL(sp_url_port_or)),
      "Returns the port of `url`, or `default` (0).", "SELECT port('http://a.com:81/')", "81", 1,
      2);
  add("portRFC", port_of(SP_SYMBOL(sp_url_port_rfc), SP_SYMBOL(sp_url_port_or_rfc)),
      "Returns the port of `url` by RFC 3986, or `default` (0).",
      "SELECT portRFC('http://u:p@a.com:81/')", "81", 1, 2);
  add("extractURLParameter", signature("ss", string, SP_SYMBOL(sp_url_parameter)),
      "Returns the value of parameter `name`.",
      "SELECT extractURLParameter('http://a.com/?x=1&y=2', 'y')", "2", 2, 2);
  add("extractURLParameters", signature("s", strings, SP_SYMBOL(sp_url_parameters)),
      "Returns the name=value parts of `url`.",
      "SELECT extractURLParameters('http://a.com/?x=1&y=2')", "['x=1','y=2']");
  add("extractURLParameterNames", signature("s", strings, SP_SYMBOL(sp_url_parameter_names)),
      "Returns the names of the parameters of `url`.",
      "SELECT extractURLParameterNames('http://a.com/?x=1&y=2')", "['x','y']");
  add(
      "cutURLParameter",
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        const bool many = arguments[1].type.is(TypeKind::kArray);
        return match_form(many ? Form{"sS", string, SP_SYMBOL(sp_url_cut_parameters)}
                               : Form{"ss", string, SP_SYMBOL(sp_url_cut_parameter)},
                          arguments);
      },
      "Removes parameter `name` (or each of an array of names).",
      "SELECT cutURLParameter('http://a.com/?x=1&y=2', 'x')", "http://a.com/?y=2", 2, 2);
  add("URLHierarchy", signature("s", strings, SP_SYMBOL(sp_url_hierarchy)),
      "Returns `url` and the URLs above it.", "SELECT URLHierarchy('https://a.com/b/c')",
      "['https://a.com/','https://a.com/b/','https://a.com/b/c']");
  add("URLPathHierarchy", signature("s", strings, SP_SYMBOL(sp_url_path_hierarchy)),
      "Returns the path of `url` and those above it.",
      "SELECT URLPathHierarchy('https://a.com/b/c')", "['/b/','/b/c']");
}

}  // namespace sp
