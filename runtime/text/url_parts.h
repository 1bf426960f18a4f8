#pragma once
// Parts of URLs, cut the way ClickHouse does (src/Functions/URL): forgiving, without checking the
// whole text. All results refer into the argument.

#include <cstdint>
#include <string_view>

namespace sp {

std::string_view url_protocol(std::string_view url) noexcept;
/// The host name without user and port; empty if there is no dot in it.
std::string_view url_domain(std::string_view url) noexcept;
/// The same by RFC 3986: a user may have a password and special characters, a host may be an IPv6
/// address in brackets.
std::string_view url_domain_rfc(std::string_view url) noexcept;
std::string_view url_without_www(std::string_view domain) noexcept;
/// "uk" of news.example.co.uk; empty for addresses.
std::string_view domain_top_level(std::string_view domain) noexcept;
/// "example.co.uk" of news.example.co.uk; second levels such as co, com, org below a country count
/// as part of the suffix.
std::string_view domain_cut_to_significant(std::string_view domain) noexcept;
/// "example" of example.co.uk.
std::string_view domain_first_label(std::string_view domain) noexcept;
/// The port behind `domain`, a part of `url`; `otherwise` if there is none or it is no port.
uint16_t url_port(std::string_view url, std::string_view domain, uint16_t otherwise) noexcept;
/// user:password@host:port
std::string_view url_netloc(std::string_view url) noexcept;
std::string_view url_path(std::string_view url) noexcept;
std::string_view url_path_full(std::string_view url) noexcept;
std::string_view url_query(std::string_view url) noexcept;
std::string_view url_fragment(std::string_view url) noexcept;
std::string_view url_query_and_fragment(std::string_view url) noexcept;
/// The value of a parameter of the query string or the fragment.
std::string_view url_parameter(std::string_view url, std::string_view name) noexcept;
/// The bytes to remove so that the parameter disappears: an empty view if it is not there.
std::string_view url_parameter_cut(std::string_view url, std::string_view name) noexcept;

}  // namespace sp
