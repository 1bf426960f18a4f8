// JSONMergePatch: objects merged into one, member by member; of other values the last one stays.
// As in ClickHouse null is a value like others: it removes nothing.

#include <vector>

#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/json_scan.h"

namespace sp {

struct MergeContext : FunctionContext {
  std::vector<uint32_t> offsets;
};

namespace {

// Checked documents nest no deeper than their reader allows, so recursion is bounded.
struct Member;
using Members = std::vector<Member>;

// An object to be merged, or any value as it stands in its text.
struct Node {
  JsonValue value;
  bool is_object = false;
  Members members;
};
struct Member {
  std::string key;  // without escapes
  JsonValue written_key;
  Node node;
};

Node node_of(const JsonValue& value) {
  Node node{value, value.kind == JsonKind::kObject, {}};
  if (!node.is_object) return node;
  JsonIterator items(value);
  while (items.next()) {
    Member member{{}, items.key(), node_of(items.value())};
    json_unescape(items.key(), member.key);
    node.members.push_back(std::move(member));
  }
  return node;
}

void merge(Node& into, Node&& patch) {
  if (!into.is_object || !patch.is_object) {
    into = std::move(patch);
    return;
  }
  for (Member& member : patch.members) {
    Member* same = nullptr;
    for (Member& known : into.members) {
      if (same == nullptr && known.key == member.key) same = &known;
    }
    if (same != nullptr)
      merge(same->node, std::move(member.node));
    else
      into.members.push_back(std::move(member));
  }
}

// A string with the escapes that it needs, and no others.
void write_string(const JsonValue& string, std::string& out) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  constexpr std::string_view kNamed = "\b\f\n\r\t\"\\", kNames = "bfnrt\"\\";
  std::string text;
  json_unescape(string, text);
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (const size_t named = kNamed.find(c); named != std::string_view::npos) {
      out += '\\';
      out += kNames[named];
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void write(const JsonValue& value, std::string& out);

void write(const Node& node, std::string& out) {
  if (!node.is_object) {
    write(node.value, out);
    return;
  }
  out += '{';
  for (const Member& member : node.members) {
    if (out.back() != '{') out += ',';
    write_string(member.written_key, out);
    out += ':';
    write(member.node, out);
  }
  out += '}';
}

// Doubles keep a point; all else is as json_minify writes it.
void write(const JsonValue& value, std::string& out) {
  if (value.kind == JsonKind::kObject) {
    write(node_of(value), out);
  } else if (value.kind == JsonKind::kArray) {
    out += '[';
    JsonIterator items(value);
    for (bool first = true; items.next(); first = false) {
      if (!first) out += ',';
      write(items.value(), out);
    }
    out += ']';
  } else if (value.kind == JsonKind::kString) {
    write_string(value, out);
  } else {
    const size_t begin = out.size();
    json_minify(value, out);
    const bool whole = value.kind == JsonKind::kDouble &&
                       out.find_first_not_of("-0123456789", begin) == std::string::npos;
    if (whole) out += ".0";
  }
}

}  // namespace

extern "C" void sp_json_merge_patch(ExecState& exec, const MergeContext* context, const void* tuple,
                                    StringRef* out) noexcept {
  *out = StringRef();
  Node merged;
  for (size_t i = 0; i < context->offsets.size(); ++i) {
    const auto* slot = static_cast<const char*>(tuple) + context->offsets[i];
    const auto document = json_document(reinterpret_cast<const StringRef*>(slot)->view());
    if (!document || document->kind != JsonKind::kObject) {
      exec.fail(ErrorCode::kBadArguments, "Wrong JSON string to merge. Expected JSON object");
      return;
    }
    if (i == 0)
      merged = node_of(*document);
    else
      merge(merged, node_of(*document));
  }
  std::string text;
  write(merged, text);
  *out = new_string(exec, text);
}

namespace {

Result<ResolvedFunction> resolve_merge(std::span<const Argument> arguments, const ResolveOptions&) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].type.is(TypeKind::kString)) return illegal_argument(arguments, i, "String");
  }
  auto context = std::make_shared<MergeContext>();
  std::vector<Type> types = argument_types(arguments);
  context->offsets = row_layout(types).offsets;
  ResolvedFunction resolved =
      packed_call(string_type(), SP_SYMBOL(sp_json_merge_patch), std::move(types), context);
  resolved.total = false;
  return resolved;
}

}  // namespace

SP_FUNCTIONS(json_merge_patch) {
  const RowAdder add(rows);
  add("JSONMergePatch", 1, 255, resolve_merge, "Merges objects in JSON, member by member.",
      "SELECT JSONMergePatch('{\"a\":1}', '{\"b\":{\"c\":2}}')", "{\"a\":1,\"b\":{\"c\":2}}",
      {"jsonMergePatch"});
}

}  // namespace sp
