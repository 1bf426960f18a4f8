// Building the tree of keys, and keys that come out of order or for the first time.

#include "runtime/formats/event_keys.h"

#include <algorithm>
#include <bit>

#include "runtime/formats/json_tokens.h"

namespace sp {

EventKeys::Field EventKeys::make_field(std::string_view key) {
  Field field;
  field.key = key;
  field.key += '"';
  std::memset(field.head, 0, sizeof(field.head));
  std::memcpy(field.head, field.key.data(), std::min(field.key.size(), kInlineKey));
  field.head_mask = field.key.size() >= kInlineKey ? ~0U : (1U << field.key.size()) - 1;
  return field;
}

size_t EventKeys::add_object(const PathNode& node) {
  const size_t index = objects_.size();
  objects_.emplace_back();
  std::vector<Field> fields;
  for (const PathNode& child : node.children) {
    Field field = make_field(child.key);
    field.difficult =
        child.columns.size() > 1 || (!child.columns.empty() && !child.children.empty());
    if (child.columns.size() == 1) field.column = child.columns.front();
    if (!child.children.empty()) field.object = add_object(child);
    fields.push_back(std::move(field));
  }
  if (index == kEvent && !node.columns.empty()) whole_event_ = true;
  objects_[index].fields = std::move(fields);
  return index;
}

size_t EventKeys::search(Object& object, const char* at) {
  constexpr size_t kMostLearned = 256;
  for (size_t i = 0; i < object.fields.size(); ++i) {
    if (stands_at(object.fields[i], at)) return i;
  }
  if (object.fields.size() >= kMostLearned) return kNone;
  const char* end = at;
  uint32_t special;
  while ((special = JsonTokens::special_bytes(end)) == 0) end += 16;
  end += std::countr_zero(special);
  if (*end != '"') return kNone;
  object.fields.push_back(make_field({at, static_cast<size_t>(end - at)}));
  return object.fields.size() - 1;
}

}  // namespace sp
