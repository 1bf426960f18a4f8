#pragma once
// OrderedBits: numbers as unsigned keys of the same size and order. Floats order like their bits
// once negative ones are inverted: -0.0 stands right before 0.0, NaN at the ends.

#include <bit>
#include <cstdint>
#include <type_traits>

namespace sp {

template <class T>
struct OrderedBits {
  using Key =
      std::conditional_t<sizeof(T) == 8, uint64_t,
                         std::conditional_t<sizeof(T) == 4, uint32_t,
                                            std::conditional_t<sizeof(T) == 2, uint16_t, uint8_t>>>;
  static constexpr Key kSign = static_cast<Key>(Key{1} << (8 * sizeof(T) - 1));

  static Key of(T value) noexcept {
    const Key bits = std::bit_cast<Key>(value);
    if constexpr (std::is_floating_point_v<T>) {
      return static_cast<Key>(bits ^ ((bits & kSign) != 0 ? static_cast<Key>(~Key{0}) : kSign));
    } else {
      return static_cast<Key>(bits ^ (std::is_signed_v<T> ? kSign : Key{0}));
    }
  }
  static T value(Key key) noexcept {
    if constexpr (std::is_floating_point_v<T>) {
      return std::bit_cast<T>(
          static_cast<Key>(key ^ ((key & kSign) != 0 ? kSign : static_cast<Key>(~Key{0}))));
    } else {
      return std::bit_cast<T>(static_cast<Key>(key ^ (std::is_signed_v<T> ? kSign : Key{0})));
    }
  }
};

}  // namespace sp
