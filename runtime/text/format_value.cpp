// ValueFormatter: walks a slot by its type and writes text. Scalars are written by
// append_scalar.cpp, append_float.cpp and json_string.cpp.

#include "runtime/text/format_value.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "runtime/core/unaligned.h"
#include "runtime/text/wide_integer.h"

namespace sp {

namespace {

bool is_wide_in_json(TypeKind kind) {
  return kind == TypeKind::kInt64 || kind == TypeKind::kUInt64 || kind == TypeKind::kInt128 ||
         kind == TypeKind::kUInt128 || kind == TypeKind::kInt256 || kind == TypeKind::kUInt256;
}

// Scalars that stand in quotes wherever strings do.
bool is_quoted_scalar(TypeKind kind) {
  switch (kind) {
    case TypeKind::kDate:
    case TypeKind::kDate32:
    case TypeKind::kDateTime:
    case TypeKind::kDateTime64:
    case TypeKind::kUuid:
    case TypeKind::kIpv4:
    case TypeKind::kIpv6: return true;
    default: return false;
  }
}

void append_string(std::string& out, std::string_view text, TextStyle style) {
  switch (style) {
    case TextStyle::kPlain: out += text; break;
    case TextStyle::kEscaped: append_escaped_string(out, text); break;
    case TextStyle::kQuoted: append_quoted_string(out, text); break;
    case TextStyle::kCsv: append_csv_string(out, text); break;
    case TextStyle::kJson: append_json_string(out, text); break;
  }
}

void append_null(std::string& out, TextStyle style) {
  switch (style) {
    case TextStyle::kPlain:
    case TextStyle::kQuoted: out += "NULL"; break;
    case TextStyle::kEscaped:
    case TextStyle::kCsv: out += "\\N"; break;
    case TextStyle::kJson: out += "null"; break;
  }
}

void append_json_float(std::string& out, double value, float narrow, bool is_narrow,
                       const TextOptions& options) {
  if (!std::isfinite(value)) {
    if (!options.json_quote_denormals) {
      out += "null";
      return;
    }
    out += '"';
    append_float(out, value);
    out += '"';
    return;
  }
  if (is_narrow)
    append_float(out, narrow);
  else
    append_float(out, value);
}

}  // namespace

ValueFormatter::ValueFormatter(Type type) : type_(type), nullable_(type.can_be_null()) {
  const Type base = type.base();
  kind_ = base.kind();
  value_size_ = slot_layout(base).size;
  switch (kind_) {
    case TypeKind::kDateTime:
    case TypeKind::kDateTime64:
      zone_ = TimeZone::find(base.timezone());
      if (zone_ == nullptr) zone_ = &TimeZone::utc();
      if (kind_ == TypeKind::kDateTime64) scale_ = base.precision();
      break;
    case TypeKind::kDecimal:
      precision_ = base.precision();
      scale_ = base.scale();
      break;
    case TypeKind::kArray:
      inner_.emplace_back(base.element());
      stride_ = slot_layout(base.element()).size;
      break;
    case TypeKind::kMap: {
      const RowLayout layout = row_layout(base.inner());
      for (const Type& part : base.inner()) inner_.emplace_back(part);
      offsets_ = layout.offsets;
      stride_ = slot_layout(Type::tuple(base.inner())).size;
      break;
    }
    case TypeKind::kTuple:
      for (const Type& part : base.inner()) inner_.emplace_back(part);
      offsets_ = row_layout(base.inner()).offsets;
      names_ = base.element_names();
      named_tuple_ = !names_.empty();
      break;
    case TypeKind::kEnum8:
    case TypeKind::kEnum16:
      for (const auto& [label, number] : base.enum_values()) labels_.emplace_back(number, label);
      std::sort(labels_.begin(), labels_.end());
      break;
    default: break;
  }
}

void ValueFormatter::write(const void* slot, TextStyle style, std::string& out,
                           const TextOptions& options) const {
  if (is_null(slot))
    append_null(out, style);
  else
    write_value(slot, style, out, options);
}

void ValueFormatter::write_decimal(const void* slot, std::string& out) const {
  Wide256 value;
  if (precision_ <= 9)
    value = Wide256::from(load<int32_t>(slot));
  else if (precision_ <= 18)
    value = Wide256::from(load<int64_t>(slot));
  else if (precision_ <= 38)
    value = Wide256::from(load<Int128>(slot));
  else
    value = load<Wide256>(slot);
  append_decimal(out, value, scale_);
}

void ValueFormatter::write_value(const void* slot, TextStyle style, std::string& out,
                                 const TextOptions& options) const {
  const bool json = style == TextStyle::kJson;
  const char quote = style == TextStyle::kQuoted ? '\'' : '"';
  const bool in_quotes =
      (style == TextStyle::kQuoted || style == TextStyle::kCsv || json) && is_quoted_scalar(kind_);
  const bool quoted_number =
      json && ((options.json_quote_64bit_integers && is_wide_in_json(kind_)) ||
               (options.json_quote_decimals && kind_ == TypeKind::kDecimal));
  if (in_quotes || quoted_number) out += quote;
  switch (kind_) {
    case TypeKind::kBool: out += load<uint8_t>(slot) != 0 ? "true" : "false"; break;
    case TypeKind::kUInt8: append_unsigned64(out, load<uint8_t>(slot)); break;
    case TypeKind::kUInt16: append_unsigned64(out, load<uint16_t>(slot)); break;
    case TypeKind::kUInt32: append_unsigned64(out, load<uint32_t>(slot)); break;
    case TypeKind::kUInt64: append_unsigned64(out, load<uint64_t>(slot)); break;
    case TypeKind::kUInt128: append_unsigned(out, load<UInt128>(slot)); break;
    case TypeKind::kUInt256: append_wide(out, load<Wide256>(slot), false); break;
    case TypeKind::kInt8: append_integer64(out, load<int8_t>(slot)); break;
    case TypeKind::kInt16: append_integer64(out, load<int16_t>(slot)); break;
    case TypeKind::kInt32: append_integer64(out, load<int32_t>(slot)); break;
    case TypeKind::kInt64:
    case TypeKind::kInterval: append_integer64(out, load<int64_t>(slot)); break;
    case TypeKind::kInt128: append_integer(out, load<Int128>(slot)); break;
    case TypeKind::kInt256: append_wide(out, load<Wide256>(slot), true); break;
    case TypeKind::kFloat32: {
      const auto value = load<float>(slot);
      if (json)
        append_json_float(out, value, value, true, options);
      else
        append_float(out, value);
      break;
    }
    case TypeKind::kFloat64: {
      const auto value = load<double>(slot);
      if (json)
        append_json_float(out, value, 0, false, options);
      else
        append_float(out, value);
      break;
    }
    case TypeKind::kDecimal: write_decimal(slot, out); break;
    case TypeKind::kDate: append_date(out, load<uint16_t>(slot)); break;
    case TypeKind::kDate32: append_date(out, load<int32_t>(slot)); break;
    case TypeKind::kDateTime: append_datetime(out, load<uint32_t>(slot), *zone_); break;
    case TypeKind::kDateTime64: append_datetime64(out, load<int64_t>(slot), scale_, *zone_); break;
    case TypeKind::kUuid: append_uuid(out, slot); break;
    case TypeKind::kIpv4: append_ipv4(out, load<uint32_t>(slot)); break;
    case TypeKind::kIpv6: append_ipv6(out, slot); break;
    case TypeKind::kEnum8:
    case TypeKind::kEnum16: {
      const int16_t number = kind_ == TypeKind::kEnum8 ? load<int8_t>(slot) : load<int16_t>(slot);
      const auto found =
          std::lower_bound(labels_.begin(), labels_.end(), number,
                           [](const auto& entry, int16_t n) { return entry.first < n; });
      if (found != labels_.end() && found->first == number)
        append_string(out, found->second, style);
      else
        append_string(out, std::to_string(number), style);
      break;
    }
    case TypeKind::kArray: write_array(load<ArrayRef>(slot), style, out, options); break;
    case TypeKind::kMap: write_map(load<ArrayRef>(slot), style, out, options); break;
    case TypeKind::kTuple: write_tuple(slot, style, out, options); break;
    case TypeKind::kJson: {
      const auto text = load<StringRef>(slot);
      if (json)
        out += text.view();
      else
        append_string(out, text.view(), style);
      break;
    }
    case TypeKind::kNothing: append_null(out, style); break;
    default: append_string(out, static_cast<const StringRef*>(slot)->view(), style); break;
  }
  if (in_quotes || quoted_number) out += quote;
}

void ValueFormatter::write_array(const ArrayRef& array, TextStyle style, std::string& out,
                                 const TextOptions& options) const {
  if (style == TextStyle::kCsv) {
    std::string text;
    write_array(array, TextStyle::kQuoted, text, options);
    append_csv_string(out, text);
    return;
  }
  const TextStyle element_style = style == TextStyle::kJson ? style : TextStyle::kQuoted;
  out += '[';
  const auto* at = static_cast<const uint8_t*>(array.data);
  for (uint64_t i = 0; i < array.size; ++i, at += stride_) {
    if (i > 0) out += ',';
    inner_[0].write(at, element_style, out, options);
  }
  out += ']';
}

void ValueFormatter::write_json_key(const void* slot, std::string& out,
                                    const TextOptions& options) const {
  std::string text;
  write(slot, TextStyle::kPlain, text, options);
  append_json_string(out, text);
}

void ValueFormatter::write_map(const ArrayRef& map, TextStyle style, std::string& out,
                               const TextOptions& options) const {
  if (style == TextStyle::kCsv) {
    std::string text;
    write_map(map, TextStyle::kQuoted, text, options);
    append_csv_string(out, text);
    return;
  }
  out += '{';
  const auto* at = static_cast<const uint8_t*>(map.data);
  for (uint64_t i = 0; i < map.size; ++i, at += stride_) {
    if (i > 0) out += ',';
    if (style == TextStyle::kJson) {
      inner_[0].write_json_key(at + offsets_[0], out, options);
      out += ':';
      inner_[1].write(at + offsets_[1], style, out, options);
    } else {
      inner_[0].write(at + offsets_[0], TextStyle::kQuoted, out, options);
      out += ':';
      inner_[1].write(at + offsets_[1], TextStyle::kQuoted, out, options);
    }
  }
  out += '}';
}

void ValueFormatter::write_tuple(const void* slot, TextStyle style, std::string& out,
                                 const TextOptions& options) const {
  const auto* bytes = static_cast<const uint8_t*>(slot);
  if (style == TextStyle::kCsv) {
    if (options.csv_tuple_as_columns) {
      for (size_t i = 0; i < inner_.size(); ++i) {
        if (i > 0) out += ',';
        inner_[i].write(bytes + offsets_[i], style, out, options);
      }
      return;
    }
    std::string text;
    write_tuple(slot, TextStyle::kQuoted, text, options);
    append_csv_string(out, text);
    return;
  }
  if (style == TextStyle::kJson) {
    const bool object = named_tuple_ && options.json_named_tuples_as_objects;
    out += object ? '{' : '[';
    for (size_t i = 0; i < inner_.size(); ++i) {
      if (i > 0) out += ',';
      if (object) {
        append_json_string(out, names_[i]);
        out += ':';
      }
      inner_[i].write(bytes + offsets_[i], style, out, options);
    }
    out += object ? '}' : ']';
    return;
  }
  out += '(';
  for (size_t i = 0; i < inner_.size(); ++i) {
    if (i > 0) out += ',';
    inner_[i].write(bytes + offsets_[i], TextStyle::kQuoted, out, options);
  }
  out += ')';
}

void ValueFormatter::write_pretty_json(const void* slot, uint32_t indent, std::string& out,
                                       const TextOptions& options) const {
  const bool composite =
      kind_ == TypeKind::kTuple || kind_ == TypeKind::kMap || kind_ == TypeKind::kArray;
  if (!composite || is_null(slot)) {
    write(slot, TextStyle::kJson, out, options);
    return;
  }
  const auto line = [&](uint32_t depth) {
    out += '\n';
    out.append(depth, '\t');
  };
  const auto* bytes = static_cast<const uint8_t*>(slot);
  if (kind_ == TypeKind::kTuple) {
    const bool object = named_tuple_ && options.json_named_tuples_as_objects;
    out += object ? '{' : '[';
    for (size_t i = 0; i < inner_.size(); ++i) {
      if (i > 0) out += ',';
      line(indent + 1);
      if (object) {
        append_json_string(out, names_[i]);
        out += ": ";
      }
      inner_[i].write_pretty_json(bytes + offsets_[i], indent + 1, out, options);
    }
    if (inner_.empty()) out += '\n';
    line(indent);
    out += object ? '}' : ']';
    return;
  }
  const auto array = load<ArrayRef>(slot);
  const auto* at = static_cast<const uint8_t*>(array.data);
  if (kind_ == TypeKind::kMap) {
    out += '{';
    for (uint64_t i = 0; i < array.size; ++i, at += stride_) {
      if (i > 0) out += ',';
      line(indent + 1);
      inner_[0].write_json_key(at + offsets_[0], out, options);
      out += ": ";
      inner_[1].write_pretty_json(at + offsets_[1], indent + 1, out, options);
    }
    if (array.size > 0) line(indent);
    out += '}';
    return;
  }
  // Arrays stay on one line unless their elements are laid out over several.
  const TypeKind element = inner_[0].kind_;
  if (element != TypeKind::kTuple && element != TypeKind::kMap && element != TypeKind::kArray) {
    write(slot, TextStyle::kJson, out, options);
    return;
  }
  out += '[';
  for (uint64_t i = 0; i < array.size; ++i, at += stride_) {
    if (i > 0) out += ',';
    line(indent + 1);
    inner_[0].write_pretty_json(at, indent + 1, out, options);
  }
  if (array.size > 0) line(indent);
  out += ']';
}

const ValueFormatter& value_formatter(Type type) {
  // Each thread remembers those that it met: all threads ask, for every column of every result.
  thread_local std::unordered_map<Type, const ValueFormatter*> known;
  const ValueFormatter*& mine = known[type];
  if (mine != nullptr) return *mine;
  static std::mutex mutex;
  static auto* table = new std::unordered_map<Type, std::unique_ptr<const ValueFormatter>>();
  const std::lock_guard lock(mutex);
  auto& entry = (*table)[type];
  if (!entry) entry = std::make_unique<const ValueFormatter>(type);
  mine = entry.get();
  return *mine;
}

}  // namespace sp
