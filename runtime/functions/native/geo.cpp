// Geography: distances on the sphere and on the WGS84 ellipsoid, points in polygons and ellipses,
// geohashes.
// Sources: the haversine formula and FCC's flat-earth approximation with the tables of ClickHouse's
// greatCircleDistance, so that results agree to the last bit; Niemeyer's geohash.

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

struct PolygonContext : FunctionContext {
  std::vector<uint32_t> offsets;  // of the arguments: the point, then polygons
  std::vector<uint32_t> depths;   // arrays around the points: 1 ring, 2 polygon, 3 several
};

namespace {

enum class Earth { kAngle, kSphere, kEllipsoid };

constexpr double kPi = std::numbers::pi;
constexpr double kDiameter = 2 * 6371007.180918474;  // authalic radius of WGS84, in metres
constexpr size_t kCosines = 1024, kArcs = 512, kLatitudes = 1024;

double square(double x) { return x * x; }

// Tables that are read with linear interpolation; their errors are below 0.001 %.
template <class T>
struct Tables {
  std::array<T, kCosines + 1> cosine;
  std::array<T, kArcs + 1> arc;  // asin(sqrt(x))
  // Squared metres (or degrees) of one degree at a latitude.
  std::array<T, kLatitudes + 1> sphere, angle, north, east;

  Tables() {
    for (size_t i = 0; i <= kCosines; ++i)
      cosine[i] = static_cast<T>(std::cos(static_cast<double>(i) * 2 * kPi / kCosines));
    for (size_t i = 0; i <= kArcs; ++i)
      arc[i] = static_cast<T>(std::asin(std::sqrt(static_cast<double>(i) / kArcs)));
    for (size_t i = 0; i <= kLatitudes; ++i) {
      const double latitude = static_cast<double>(i) * (kPi / kLatitudes) - kPi * 0.5;
      north[i] = static_cast<T>(
          square(111132.09 - 566.05 * std::cos(2 * latitude) + 1.20 * std::cos(4 * latitude)));
      east[i] =
          static_cast<T>(square(111415.13 * std::cos(latitude) - 94.55 * std::cos(3 * latitude) +
                                0.12 * std::cos(5 * latitude)));
      sphere[i] = static_cast<T>(square(kDiameter * kPi / 360 * std::cos(latitude)));
      angle[i] = static_cast<T>(square(std::cos(latitude)));
    }
  }
};

template <class T>
const Tables<T>& tables() {
  static const Tables<T> one;
  return one;
}

template <class T, size_t size>
T between(const std::array<T, size>& table, size_t index, T fraction) noexcept {
  return table[index] + (table[index + 1] - table[index]) * fraction;
}

template <class T>
T cosine_of(T x, size_t shift) noexcept {
  T y = std::fabs(x) * static_cast<T>(kCosines / (kPi * 2));
  const auto index = static_cast<size_t>(y);
  y -= static_cast<T>(index);
  return between(tables<T>().cosine, (index - shift) & (kCosines - 1), y);
}
template <class T>
T fast_cosine(T x) noexcept {
  return cosine_of(x, 0);
}
template <class T>
T fast_sine(T x) noexcept {
  return cosine_of(x, kCosines / 4);
}

template <class T>
T arc_of(T x) noexcept {
  if (x < static_cast<T>(0.122)) {
    const T y = std::sqrt(x);
    return y + x * y * static_cast<T>(1.0 / 6) + x * x * y * static_cast<T>(3.0 / 40) +
           x * x * x * y * static_cast<T>(5.0 / 112);
  }
  if (x < static_cast<T>(0.948)) {
    x *= static_cast<T>(kArcs);
    const auto index = static_cast<size_t>(x);
    return between(tables<T>().arc, index, x - static_cast<T>(index));
  }
  return std::asin(std::sqrt(x));
}

template <class T>
T degrees_apart(T difference) noexcept {
  const T size = std::fabs(difference);
  return size > 180 ? 360 - size : size;
}

template <Earth earth, class T>
T distance(T lon1, T lat1, T lon2, T lat2) noexcept {
  const T lat = degrees_apart(lat1 - lat2), lon = degrees_apart(lon1 - lon2);
  if (lon < 13) {
    const T middle = ((lat1 + lat2) / 2 + 90) * static_cast<T>(kLatitudes) / 180;
    const size_t index = static_cast<size_t>(middle) & (kLatitudes - 1);
    const T fraction = middle - static_cast<T>(index);
    const Tables<T>& table = tables<T>();
    T north = 1, east;
    if constexpr (earth == Earth::kEllipsoid) {
      north = between(table.north, index, fraction);
      east = between(table.east, index, fraction);
    } else if constexpr (earth == Earth::kSphere) {
      north = static_cast<T>(square(kDiameter * kPi / 360));
      east = between(table.sphere, index, fraction);
    } else {
      east = between(table.angle, index, fraction);
    }
    return std::sqrt(north * lat * lat + east * lon * lon);
  }
  const auto radians = [](T degrees, double whole) {
    return degrees * static_cast<T>(kPi / whole);
  };
  const T a = fast_sine(radians(lat, 360)), b = fast_sine(radians(lon, 360));
  const T x = a * a + fast_cosine(radians(lat1, 180)) * fast_cosine(radians(lat2, 180)) * (b * b);
  return static_cast<T>(earth == Earth::kAngle ? 360 / kPi : kDiameter) * arc_of(x);
}

struct Point {
  double x, y;
};

enum class Side { kOutside, kInside, kBorder };

Side side_of(const Point& p, const ArrayRef& ring) noexcept {
  const auto* points = static_cast<const Point*>(ring.data);
  bool inside = false;
  for (uint64_t i = 0, j = ring.size == 0 ? 0 : ring.size - 1; i < ring.size; j = i++) {
    const Point &a = points[i], &b = points[j];
    const double turn = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
    const bool within = p.x >= std::min(a.x, b.x) && p.x <= std::max(a.x, b.x) &&
                        p.y >= std::min(a.y, b.y) && p.y <= std::max(a.y, b.y);
    if (turn == 0 && within) return Side::kBorder;
    if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x)
      inside = !inside;
  }
  return inside ? Side::kInside : Side::kOutside;
}

// The first ring is the border, the others are holes.
bool covers(const ArrayRef* rings, uint64_t count, const Point& p) noexcept {
  if (count == 0) return false;
  const Side outer = side_of(p, rings[0]);
  if (outer != Side::kInside) return outer == Side::kBorder;
  for (uint64_t i = 1; i < count; ++i) {
    if (side_of(p, rings[i]) == Side::kInside) return false;
  }
  return true;
}

constexpr std::string_view kGeohash = "0123456789bcdefghjkmnpqrstuvwxyz";

size_t geohash(double longitude, double latitude, size_t precision, char* out) noexcept {
  double low[2] = {-180, -90}, high[2] = {180, 90};
  const double value[2] = {longitude, latitude};
  for (size_t i = 0; i < precision; ++i) {
    size_t letter = 0;
    for (size_t bit = 0; bit < 5; ++bit) {
      const size_t axis = (i * 5 + bit) % 2;
      const double middle = (low[axis] + high[axis]) / 2;
      const bool upper = value[axis] >= middle;
      letter = letter << 1 | (upper ? 1 : 0);
      (upper ? low : high)[axis] = middle;
    }
    out[i] = kGeohash[letter];
  }
  return precision;
}

size_t geohash_precision(uint64_t wanted) noexcept {
  return wanted == 0 || wanted > 12 ? 12 : static_cast<size_t>(wanted);
}

}  // namespace

#define SP_DISTANCE(name, earth, suffix, T)                                    \
  extern "C" T sp_##name##_##suffix(T lon1, T lat1, T lon2, T lat2) noexcept { \
    return distance<Earth::earth>(lon1, lat1, lon2, lat2);                     \
  }
SP_DISTANCE(great_circle_distance, kSphere, f32, float)
SP_DISTANCE(great_circle_distance, kSphere, f64, double)
SP_DISTANCE(great_circle_angle, kAngle, f32, float)
SP_DISTANCE(great_circle_angle, kAngle, f64, double)
SP_DISTANCE(geo_distance, kEllipsoid, f32, float)
SP_DISTANCE(geo_distance, kEllipsoid, f64, double)
#undef SP_DISTANCE

extern "C" uint8_t sp_point_in_polygon(const PolygonContext* context, const void* tuple) noexcept {
  const auto* row = static_cast<const char*>(tuple);
  Point point;
  std::memcpy(&point, row + context->offsets[0], sizeof(point));
  const auto argument = [&](size_t i) {
    return reinterpret_cast<const ArrayRef*>(row + context->offsets[i]);
  };
  if (context->depths[1] == 1) {
    std::vector<ArrayRef> rings;
    for (size_t i = 1; i < context->offsets.size(); ++i) rings.push_back(*argument(i));
    return covers(rings.data(), rings.size(), point);
  }
  for (size_t i = 1; i < context->offsets.size(); ++i) {
    const ArrayRef& given = *argument(i);
    if (context->depths[i] == 2) {
      if (covers(static_cast<const ArrayRef*>(given.data), given.size, point)) return 1;
      continue;
    }
    for (uint64_t one = 0; one < given.size; ++one) {
      const ArrayRef& polygon = static_cast<const ArrayRef*>(given.data)[one];
      if (covers(static_cast<const ArrayRef*>(polygon.data), polygon.size, point)) return 1;
    }
  }
  return 0;
}

// x, y, then a centre and two half axes for each ellipse.
extern "C" uint8_t sp_point_in_ellipses(const PolygonContext* context, const void* tuple) noexcept {
  const auto* values = static_cast<const double*>(tuple);
  for (size_t i = 2; i + 3 < context->offsets.size(); i += 4) {
    const double x = (values[0] - values[i]) / values[i + 2];
    const double y = (values[1] - values[i + 1]) / values[i + 3];
    if (x * x + y * y <= 1) return 1;
  }
  return 0;
}

extern "C" void sp_geohash_encode(ExecState& exec, double longitude, double latitude,
                                  uint64_t precision, StringRef* out) noexcept {
  char text[12];
  *out = new_string(exec, {text, geohash(longitude, latitude, geohash_precision(precision), text)});
}
extern "C" void sp_geohash_encode_longest(ExecState& exec, double longitude, double latitude,
                                          StringRef* out) noexcept {
  sp_geohash_encode(exec, longitude, latitude, 12, out);
}
extern "C" void sp_geohash_decode(const StringRef& text, void* out) noexcept {
  double low[2] = {-180, -90}, high[2] = {180, 90};
  const std::string_view letters = text.view().substr(0, 12);
  for (size_t i = 0; i < letters.size(); ++i) {
    const size_t letter = kGeohash.find(letters[i]);
    for (size_t bit = 0; bit < 5; ++bit) {
      const size_t axis = (i * 5 + bit) % 2;
      const double middle = (low[axis] + high[axis]) / 2;
      const bool upper = letter != std::string_view::npos && (letter >> (4 - bit) & 1) != 0;
      (upper ? low : high)[axis] = middle;
    }
  }
  const double centre[2] = {(low[0] + high[0]) / 2, (low[1] + high[1]) / 2};
  std::memcpy(out, centre, sizeof(centre));
}

namespace {

Resolver of_coordinates(const Symbol& narrow, const Symbol& wide) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        bool is_wide = false;
        for (size_t i = 0; i < arguments.size(); ++i) {
          if (!is_number_like(arguments[i].type)) return illegal_argument(arguments, i, "a number");
          is_wide = is_wide || arguments[i].type.is(TypeKind::kFloat64);
        }
        const Type type = is_wide ? float64_type() : Type::of(TypeKind::kFloat32);
        return call(type, is_wide ? wide : narrow, repeated(type, 4));
      };
}

Result<ResolvedFunction> point_in_polygon(std::span<const Argument> arguments,
                                          const ResolveOptions&) {
  const Type point = Type::tuple({float64_type(), float64_type()});
  if (!arguments[0].type.is(TypeKind::kTuple) || arguments[0].type.inner().size() != 2)
    return illegal_argument(arguments, 0, "a tuple of two numbers");
  auto context = std::make_shared<PolygonContext>();
  std::vector<Type> types = {point};
  context->depths.push_back(0);
  for (size_t i = 1; i < arguments.size(); ++i) {
    uint32_t depth = 0;
    Type inner = arguments[i].type, wanted = point;
    for (; inner.is(TypeKind::kArray) && depth < 4; inner = inner.element()) {
      wanted = Type::array(wanted);
      ++depth;
    }
    const bool is_point = inner.is(TypeKind::kTuple) && inner.inner().size() == 2;
    if (!is_point || depth == 0 || depth > 3 || (i > 1 && depth != context->depths[1]))
      return illegal_argument(arguments, i, "an array of points");
    context->depths.push_back(depth);
    types.push_back(wanted);
  }
  context->offsets = row_layout(types).offsets;
  return packed_call(uint8_type(), SP_SYMBOL(sp_point_in_polygon), std::move(types), context);
}

Result<ResolvedFunction> point_in_ellipses(std::span<const Argument> arguments,
                                           const ResolveOptions&) {
  if (arguments.size() % 4 != 2) {
    return fail(ErrorCode::kBadArguments,
                "Incorrect number of arguments of function pointInEllipses: should be 2 for the "
                "point and 4 for each ellipse");
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!is_number_like(arguments[i].type)) return illegal_argument(arguments, i, "Float64");
  }
  auto context = std::make_shared<PolygonContext>();
  std::vector<Type> types = repeated(float64_type(), arguments.size());
  context->offsets = row_layout(types).offsets;
  return packed_call(uint8_type(), SP_SYMBOL(sp_point_in_ellipses), std::move(types), context);
}

}  // namespace

SP_FUNCTIONS(geo) {
  const RowAdder add(rows);
  add("greatCircleDistance", 4, 4,
      of_coordinates(SP_SYMBOL(sp_great_circle_distance_f32),
                     SP_SYMBOL(sp_great_circle_distance_f64)),
      "Returns the metres between two points (longitude, latitude) on a sphere like the Earth.",
      "SELECT greatCircleDistance(13.4, 52.5, 2.35, 48.85)", "878080.5034221348");
  add("geoDistance", 4, 4,
      of_coordinates(SP_SYMBOL(sp_geo_distance_f32), SP_SYMBOL(sp_geo_distance_f64)),
      "Returns the metres between two points (longitude, latitude) on the WGS84 ellipsoid.",
      "SELECT geoDistance(13.4, 52.5, 2.35, 48.85)", "880345.3889611068");
  add("greatCircleAngle", 4, 4,
      of_coordinates(SP_SYMBOL(sp_great_circle_angle_f32), SP_SYMBOL(sp_great_circle_angle_f64)),
      "Returns the angle in degrees between two points (longitude, latitude) of a sphere.",
      "SELECT greatCircleAngle(13.4, 52.5, 2.35, 48.85)", "7.896758783994652");
  add("pointInPolygon", 2, 255, point_in_polygon,
      "Returns 1 if the point lies in the polygon: a ring of points, and rings of holes.",
      "SELECT pointInPolygon((3., 3.), [(6, 0), (8, 4), (5, 8), (0, 2)])", "1");
  add("pointInEllipses", 6, 255, point_in_ellipses,
      "Returns 1 if `x`, `y` lies in one of the ellipses, each given by its centre and two half "
      "axes.",
      "SELECT pointInEllipses(10., 10., 10., 9.1, 1., 0.9999)", "1");
  add("geohashEncode", 2, 3,
      overloads({{"ff", string_type(), SP_SYMBOL(sp_geohash_encode_longest)},
                 {"ffu", string_type(), SP_SYMBOL(sp_geohash_encode)}}),
      "Returns the geohash of a longitude and a latitude, of `precision` letters (12).",
      "SELECT geohashEncode(-5.60302734375, 42.593994140625, 5)", "ezs42");
  add("geohashDecode", 1, 1,
      signature("s", Type::tuple({float64_type(), float64_type()}, {"longitude", "latitude"}),
                SP_SYMBOL(sp_geohash_decode)),
      "Returns the longitude and the latitude of the middle of a geohash's cell.",
      "SELECT geohashDecode('ezs42')", "(-5.60302734375,42.60498046875)");
}

}  // namespace sp
