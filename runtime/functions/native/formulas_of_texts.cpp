// Formulas over texts and addresses: tokens, any-case comparisons, IPv4, IPv6 and MAC.
// Rows of formula_rows(); see runtime/functions/formula.h.

#include "runtime/functions/native/formula_families.h"

namespace sp {

void add_text_formulas(std::vector<FormulaRow>& rows) {
  rows.push_back({.name = "IPv4ToIPv6",
                  .forms = {"x: toIPv6(concat('::ffff:', IPv4NumToString(toUInt32(x))))"},
                  .doc = "Returns an IPv4 address as an IPv6 address.",
                  .example = "SELECT IPv4ToIPv6(toIPv4('1.2.3.4'))",
                  .example_result = "::ffff:1.2.3.4"});
  rows.push_back({.name = "IPv6StringToNumOrDefault",
                  .forms = {"s: if(isIPv6String(s) OR isIPv4String(s), IPv6StringToNum(s), "
                            "toFixedString('', 16))"},
                  .doc = "Reads an IPv6 address as 16 bytes; zeros if it is none.",
                  .example = "SELECT hex(IPv6StringToNumOrDefault('x'))",
                  .example_result = "00000000000000000000000000000000"});
  rows.push_back({.name = "IPv6StringToNumOrNull",
                  .forms = {"s: if(isIPv6String(s) OR isIPv4String(s), IPv6StringToNum(s), "
                            "NULL)"},
                  .doc = "Reads an IPv6 address as 16 bytes; NULL if it is none.",
                  .example = "SELECT IPv6StringToNumOrNull('x')",
                  .example_result = "\\N"});
  rows.push_back({.name = "INET6_ATON",
                  .case_insensitive = true,
                  .forms = {"s: IPv6StringToNum(s)"},
                  .doc = "Reads an IPv6 address as 16 bytes.",
                  .example = "SELECT hex(INET6_ATON('::1'))",
                  .example_result = "00000000000000000000000000000001"});
  rows.push_back({.name = "INET6_NTOA",
                  .case_insensitive = true,
                  .forms = {"x: IPv6NumToString(x)"},
                  .doc = "Writes 16 bytes as an IPv6 address.",
                  .example = "SELECT INET6_NTOA(INET6_ATON('::1'))",
                  .example_result = "::1"});
  rows.push_back({.name = "IPv4CIDRToRange",
                  .forms = {"ip, bits: tuple(toIPv4(bitAnd(toUInt32(ip), "
                            "toUInt32(bitShiftLeft(4294967295, 32 - bits) % 4294967296))), "
                            "toIPv4(bitOr(toUInt32(ip), bitNot(toUInt32(bitShiftLeft(4294967295, "
                            "32 - bits) % 4294967296)))))"},
                  .doc = "Returns the first and the last address of the network of `ip` "
                         "with a prefix of `bits`.",
                  .example = "SELECT IPv4CIDRToRange(toIPv4('192.168.5.2'), 16)",
                  .example_result = "('192.168.0.0','192.168.255.255')"});
  rows.push_back({.name = "MACNumToString",
                  .forms = {"n: arrayStringConcat(arrayMap(i -> "
                            "substring(leftPad(hex(bitAnd(toUInt64(n), 281474976710655)), 16, "
                            "'0'), 5 + i * 2, 2), range(6)), ':')"},
                  .doc = "Writes the low 48 bits of a number as a MAC address.",
                  .example = "SELECT MACNumToString(1108152157446)",
                  .example_result = "01:02:03:04:05:06"});
  rows.push_back({.name = "UUIDStringToNum",
                  .forms = {"s: toFixedString(unhex(replaceAll(s, '-', '')), 16)"},
                  .doc = "Returns the 16 bytes of a UUID in text form.",
                  .example = "SELECT "
                             "hex(UUIDStringToNum('612f3c40-5d3b-217e-707b-6a546a3d7b29'))",
                  .example_result = "612F3C405D3B217E707B6A546A3D7B29"});
  rows.push_back({.name = "UUIDToNum",
                  .forms = {"u: UUIDStringToNum(toString(u))"},
                  .doc = "Returns the 16 bytes of a UUID.",
                  .example = "SELECT "
                             "hex(UUIDToNum(toUUID('612f3c40-5d3b-217e-707b-6a546a3d7b29')))",
                  .example_result = "612F3C405D3B217E707B6A546A3D7B29"});
  rows.push_back({.name = "UUIDNumToString",
                  .forms = {"n: lower(concat(substring(hex(n), 1, 8), '-', substring(hex(n), "
                            "9, 4), '-', substring(hex(n), 13, 4), '-', substring(hex(n), 17, "
                            "4), '-', substring(hex(n), 21, 12)))"},
                  .doc = "Writes 16 bytes as a UUID.",
                  .example = "SELECT "
                             "UUIDNumToString(UUIDStringToNum('612f3c40-5d3b-217e-707b-6a546a3d7b"
                             "29'))",
                  .example_result = "612f3c40-5d3b-217e-707b-6a546a3d7b29"});
  rows.push_back({.name = "UUIDv7ToDateTime",
                  .forms = {"u: "
                            "fromUnixTimestamp64Milli(reinterpretAsInt64(reverse(unhex(substring("
                            "replaceAll(toString(u), '-', ''), 1, 12)))))",
                            "u, zone: "
                            "fromUnixTimestamp64Milli(reinterpretAsInt64(reverse(unhex(substring("
                            "replaceAll(toString(u), '-', ''), 1, 12)))), zone)"},
                  .doc = "Returns the time in a UUID of version 7.",
                  .example = "SELECT "
                             "UUIDv7ToDateTime(toUUID('018f05c9-4ab8-7b86-b64e-c9f03fbd45d1'))",
                  .example_result = "2024-04-22 12:30:29.048"});
  rows.push_back({.name = "MACStringToNum",
                  .forms = {"s: if(match(s, '^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$'), "
                            "reinterpretAsUInt64(reverse(unhex(replaceAll(s, ':', '')))), 0)"},
                  .doc = "Reads a MAC address as a number; 0 if it is none.",
                  .example = "SELECT MACStringToNum('01:02:03:04:05:06')",
                  .example_result = "1108152157446"});
  rows.push_back({.name = "MACStringToOUI",
                  .forms = {"s: if(match(s, '^([0-9A-Fa-f]{2}:){2}[0-9A-Fa-f]{2}'), "
                            "reinterpretAsUInt64(reverse(unhex(replaceAll(substring(s, 1, 8), "
                            "':', '')))), 0)"},
                  .doc = "Returns the maker's part of a MAC address; 0 if it is none.",
                  .example = "SELECT MACStringToOUI('01:02:03:04:05:06')",
                  .example_result = "66051"});
  rows.push_back({.name = "cutIPv6",
                  .forms = {"x, bytes, bytes_of_v4: "
                            "IPv6NumToString(toFixedString(concat(substring(x, 1, 16 - "
                            "if(startsWith(x, unhex('00000000000000000000FFFF')), bytes_of_v4, "
                            "bytes)), repeat(char(0), if(startsWith(x, "
                            "unhex('00000000000000000000FFFF')), bytes_of_v4, bytes))), 16))"},
                  .doc = "Writes an IPv6 address of 16 bytes with its last `bytes` as zeros.",
                  .example = "SELECT "
                             "cutIPv6(IPv6StringToNum('2001:0DB8:AC10:FE01:FEED:BABE:CAFE:F00D'),"
                             " 2, 0)",
                  .example_result = "2001:db8:ac10:fe01:feed:babe:cafe:0"});
  rows.push_back({.name = "IPv6CIDRToRange",
                  .forms = {"ip, bits: "
                            "(toIPv6(IPv6NumToString(toFixedString(reverse(reinterpretAsFixedStri"
                            "ng(bitAnd(reinterpretAsUInt128(reverse(IPv6StringToNum(toString(ip))"
                            ")), bitShiftLeft(bitNot(toUInt128(0)), 128 - bits)))), 16))), "
                            "toIPv6(IPv6NumToString(toFixedString(reverse(reinterpretAsFixedStrin"
                            "g(bitOr(reinterpretAsUInt128(reverse(IPv6StringToNum(toString(ip))))"
                            ", bitNot(bitShiftLeft(bitNot(toUInt128(0)), 128 - bits))))), 16))))"},
                  .doc = "Returns the first and the last address of the network of `ip` "
                         "with a prefix of `bits`.",
                  .example = "SELECT IPv6CIDRToRange(toIPv6('2001:db8::85a3:0:0:ac1f:8001'), "
                             "32)",
                  .example_result = "('2001:db8::','2001:db8:ffff:ffff:ffff:ffff:ffff:ffff')"});
  rows.push_back({.name = "substringIndexUTF8",
                  .forms = {"s, delimiter, count: substringIndex(s, delimiter, count)"},
                  .doc = "Returns `s` before `count` occurrences of `delimiter`, from the "
                         "left or, if negative, from the right.",
                  .example = "SELECT substringIndexUTF8('www.straßenfest.de', '.', 2)",
                  .example_result = "www.straßenfest"});
  rows.push_back({.name = "parseReadableSizeOrNull",
                  .forms = {"s: if(match(s, '^ *[0-9.]+ *(?i)([kmgtpe]i?)?b *$'), "
                            "toUInt64(ceil(toFloat64(extract(s, '[0-9.]+')) * "
                            "transform(lower(extract(s, '[a-zA-Z]+')), ['b', 'kib', 'kb', 'mib', "
                            "'mb', 'gib', 'gb', 'tib', 'tb', 'pib', 'pb', 'eib', 'eb'], [1, "
                            "1024, 1000, 1048576, 1000000, 1073741824, 1000000000, "
                            "1099511627776, 1000000000000, 1125899906842624, 1000000000000000, "
                            "1152921504606846976, 1000000000000000000], 0))), NULL)"},
                  .doc = "Reads a size such as '1.5 MiB'; NULL if it is none.",
                  .example = "SELECT parseReadableSizeOrNull('1.5 MiB')",
                  .example_result = "1572864"});
  rows.push_back({.name = "parseReadableSizeOrZero",
                  .forms = {"s: ifNull(parseReadableSizeOrNull(s), 0)"},
                  .doc = "Reads a size such as '1.5 MiB'; 0 if it is none.",
                  .example = "SELECT parseReadableSizeOrZero('x')",
                  .example_result = "0"});
  rows.push_back({.name = "parseReadableSize",
                  .forms = {"s: assumeNotNull(if(throwIf(isNull(parseReadableSizeOrNull(s)), "
                            "'Invalid expression for function parseReadableSize') = 0, "
                            "parseReadableSizeOrNull(s), 0))"},
                  .doc = "Reads a size such as '1.5 MiB'.",
                  .example = "SELECT parseReadableSize('3 MB')",
                  .example_result = "3000000"});
  rows.push_back({.name = "parseTimeDelta",
                  .forms = {"s: arraySum(g -> toFloat64(g[1]) * transform(lower(g[2]), "
                            "['years', 'year', 'yr', 'y', 'months', 'month', 'mo', 'weeks', "
                            "'week', 'w', 'days', 'day', 'd', 'hours', 'hour', 'hr', 'h', "
                            "'minutes', 'minute', 'min', 'm', 'seconds', 'second', 'sec', 's', "
                            "'milliseconds', 'millisecond', 'millisec', 'ms', 'microseconds', "
                            "'microsecond', 'microsec', 'us', 'nanoseconds', 'nanosecond', "
                            "'nanosec', 'ns'], [31536000., 31536000., 31536000., 31536000., "
                            "2635200., 2635200., 2635200., 604800., 604800., 604800., 86400., "
                            "86400., 86400., 3600., 3600., 3600., 3600., 60., 60., 60., 60., 1., "
                            "1., 1., 1., 0.001, 0.001, 0.001, 0.001, 0.000001, 0.000001, "
                            "0.000001, 0.000001, 0.000000001, 0.000000001, 0.000000001, "
                            "0.000000001], 0.), extractAllGroupsVertical(s, '([0-9.]+) "
                            "*([a-zA-Z]+)'))"},
                  .doc = "Returns the seconds that a text such as '1d2h' names.",
                  .example = "SELECT parseTimeDelta('1d2h')",
                  .example_result = "93600"});
  rows.push_back({.name = "compareSubstrings",
                  .forms = {"a, b, a_offset, b_offset, size: CAST(multiIf(substring(a, "
                            "a_offset + 1, size) < substring(b, b_offset + 1, size), -1, "
                            "substring(a, a_offset + 1, size) > substring(b, b_offset + 1, "
                            "size), 1, 0) AS Int8)"},
                  .doc = "Compares `size` bytes of `a` and `b`, from their offsets on: -1, "
                         "0 or 1.",
                  .example = "SELECT compareSubstrings('Saxony', 'Anglo-Saxon', 0, 6, 5)",
                  .example_result = "0"});
  rows.push_back({.name = "hasTokenOrNull",
                  .forms = {"s, token: if(tokens(token) = [token], hasToken(s, token), NULL)"},
                  .doc = "Returns 1 if `token` stands in `s` between characters that are no "
                         "letters or digits; NULL if it is no token itself.",
                  .example = "SELECT hasTokenOrNull('a b', 'a b')",
                  .example_result = "\\N"});
  rows.push_back({.name = "hasTokenCaseInsensitiveOrNull",
                  .forms = {"s, token: if(tokens(token) = [token], hasTokenCaseInsensitive(s, "
                            "token), NULL)"},
                  .doc = "Returns 1 if `token` stands in `s` in any case; NULL if it is no "
                         "token itself.",
                  .example = "SELECT hasTokenCaseInsensitiveOrNull('A b', 'a')",
                  .example_result = "1"});
  rows.push_back({.name = "startsWithCaseInsensitiveUTF8",
                  .forms = {"s, prefix: startsWith(lowerUTF8(s), lowerUTF8(prefix))"},
                  .doc = "Returns 1 if `s` begins with `prefix` in any case.",
                  .example = "SELECT startsWithCaseInsensitiveUTF8('ÄB', 'ä')",
                  .example_result = "1"});
  rows.push_back({.name = "endsWithCaseInsensitiveUTF8",
                  .forms = {"s, suffix: endsWith(lowerUTF8(s), lowerUTF8(suffix))"},
                  .doc = "Returns 1 if `s` ends with `suffix` in any case.",
                  .example = "SELECT endsWithCaseInsensitiveUTF8('aÄ', 'ä')",
                  .example_result = "1"});
  rows.push_back({.name = "hasSubsequenceCaseInsensitive",
                  .forms = {"s, part: hasSubsequence(lower(s), lower(part))"},
                  .doc = "Returns 1 if the characters of `part` stand in `s` in this order, "
                         "in any case.",
                  .example = "SELECT hasSubsequenceCaseInsensitive('GARBAGE', 'arg')",
                  .example_result = "1"});
  rows.push_back({.name = "reverseBySeparator",
                  .forms = {"s: arrayStringConcat(arrayReverse(splitByString('.', s)), '.')",
                            "s, separator: "
                            "arrayStringConcat(arrayReverse(splitByString(separator, s)), "
                            "separator)"},
                  .doc = "Turns the order of the parts of `s` between separators around.",
                  .example = "SELECT reverseBySeparator('www.google.com')",
                  .example_result = "com.google.www"});
  rows.push_back({.name = "hasAnyTokens",
                  .aliases = {"hasAnyToken"},
                  .forms = {"s, needles array: hasAny(tokens(s), needles)",
                            "s, needles: hasAny(tokens(s), tokens(needles))"},
                  .doc = "Returns 1 if one of the tokens of `needles` stands in `s`.",
                  .example = "SELECT hasAnyTokens('a quick fox', 'fox dog')",
                  .example_result = "1"});
  rows.push_back({.name = "hasAllTokens",
                  .aliases = {"hasAllToken"},
                  .forms = {"s, needles array: hasAll(tokens(s), needles)",
                            "s, needles: hasAll(tokens(s), tokens(needles))"},
                  .doc = "Returns 1 if all tokens of `needles` stand in `s`.",
                  .example = "SELECT hasAllTokens('a quick fox', 'fox dog')",
                  .example_result = "0"});
  rows.push_back({.name = "hasPhrase",
                  .aliases = {"matchPhrase"},
                  .forms = {"s, phrase: hasSubstr(tokens(s), tokens(phrase))"},
                  .doc = "Returns 1 if the tokens of `phrase` stand in `s`, one behind the "
                         "other.",
                  .example = "SELECT hasPhrase('the quick brown fox', 'quick brown')",
                  .example_result = "1"});
}

}  // namespace sp
