#pragma once
// EventKeys: which key of an event fills which column. Events of one source mostly have their keys
// in one order, so each key is first compared with the one that followed last time; keys that no
// column wants are learned as well. Keys are compared as they stand in the text, sixteen bytes at a
// time (SSE2, which every x86-64 has). Used by EventScanner.

#include <emmintrin.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/formats/json_columns.h"

namespace sp {

/// Not thread-safe: it learns.
class EventKeys {
 public:
  static constexpr size_t kNone = ~size_t{0};
  static constexpr size_t kEvent = 0;  ///< the outermost object
  static constexpr size_t kInlineKey = 32;

  /// A key of an object.
  struct Field {
    std::string key;  ///< with its closing quote
    char head[kInlineKey];
    uint32_t head_mask = 0;  ///< which bytes of head count
    size_t column = kNone;   ///< that it fills ...
    size_t object = kNone;   ///< ... or the object below
    bool difficult = false;  ///< it does both, or fills several columns
    size_t next = kNone;     ///< the key that came after it last time
  };
  /// Where in an object the reading is.
  struct Place {
    size_t object;
    size_t previous;
    size_t expected;
  };

  explicit EventKeys(const PathNode& root) { add_object(root); }
  /// True if a column wants the event as a whole, by the path `$`.
  bool whole_event() const { return whole_event_; }
  Place enter(size_t object) const { return {object, kNone, objects_[object].first}; }

  /// The field whose key stands at `at`, behind its opening quote; moves the place past it. Null:
  /// it has escapes, or there are too many keys to learn. Valid until the next key of this object.
  const Field* find(Place& place, const char* at) {
    Object& object = objects_[place.object];
    size_t found = place.expected;
    if (found == kNone || !stands_at(object.fields[found], at)) {
      found = search(object, at);
      if (found == kNone) return nullptr;
      (place.previous == kNone ? object.first : object.fields[place.previous].next) = found;
    }
    const Field& field = object.fields[found];
    place.previous = found;
    place.expected = field.next;
    return &field;
  }

 private:
  struct Object {
    std::vector<Field> fields;
    size_t first = kNone;
  };

  static bool stands_at(const Field& field, const char* at) {
    const auto same = [&](size_t offset) {
      const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + offset));
      const __m128i key = _mm_loadu_si128(reinterpret_cast<const __m128i*>(field.head + offset));
      return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(text, key)));
    };
    uint32_t equal = same(0);
    if (field.key.size() > 16) equal |= same(16) << 16;
    if ((equal & field.head_mask) != field.head_mask) return false;
    return field.key.size() <= kInlineKey || std::strncmp(at, field.key.data(), field.key.size()) ==
                                                 0;  // reads no further than it has to
  }
  static Field make_field(std::string_view key);
  // The field among those known, or a new one. kNone: it cannot be read here.
  static size_t search(Object& object, const char* at);
  size_t add_object(const PathNode& node);

  std::vector<Object> objects_;
  bool whole_event_ = false;
};

}  // namespace sp
