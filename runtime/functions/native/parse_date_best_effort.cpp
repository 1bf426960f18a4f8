// parseDateTimeBestEffort and its forms: 32 and 64 bits, European and American order, failing,
// OrNull, OrZero.

#include <chrono>
#include <cstring>

#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/native/value_cast.h"
#include "runtime/functions/signature.h"
#include "runtime/text/date_math.h"
#include "runtime/text/parse_datetime.h"

namespace sp {

namespace {

class BestEffortCast final : public ValueCast {
 public:
  BestEffortCast(Type to, bool us_order)
      : zone_(zone_of(to, TimeZone::utc())),
        us_order_(us_order),
        type_(to) {}
  bool convert(const void* from, void* to, Arena&, ParseError& error) const override {
    const std::string_view text = static_cast<const StringRef*>(from)->view();
    const bool wide = type_.is(TypeKind::kDateTime64);
    const char* at = text.data();
    const char* const end = at + text.size();
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::system_clock::now().time_since_epoch());
    ParsedTime time;
    if (!read_datetime_best_effort(at, end, zone_, us_order_, wide, now.count(), time, error))
      return false;
    if (at != end) {
      const auto position = static_cast<size_t>(at - text.data());
      return error.set(ErrorCode::kCannotParseText,
                       "Cannot parse string '" + std::string(text) + "' as " + type_.name() +
                           ": syntax error at position " + std::to_string(position) +
                           " (parsed just '" + std::string(text.substr(0, position)) + "')");
    }
    if (wide) {
      const int64_t ticks = time.ticks(type_.precision());
      std::memcpy(to, &ticks, sizeof(ticks));
    } else {
      const auto seconds = static_cast<uint32_t>(time.seconds < 0              ? 0
                                                 : time.seconds > 0xFFFFFFFFLL ? 0xFFFFFFFFLL
                                                                               : time.seconds);
      std::memcpy(to, &seconds, sizeof(seconds));
    }
    return true;
  }

 private:
  const TimeZone& zone_;
  bool us_order_;
  Type type_;
};

struct BestEffortForm {
  bool wide;
  bool us_order;
  OnFailure on_failure;
};

Result<ResolvedFunction> resolve_form(std::span<const Argument> arguments,
                                      const ResolveOptions& options, BestEffortForm form) {
  size_t next = 1;
  int64_t precision = 3;
  if (form.wide && arguments.size() > 1 && arguments[1].type.is_integer()) {
    SP_TRY(precision, constant_integer(arguments, 1, 0, 9));
    next = 2;
  }
  SP_TRY(const std::string zone, constant_zone(arguments, next));
  const Type to =
      form.wide ? Type::datetime64(static_cast<uint32_t>(precision), zone) : Type::datetime(zone);
  const Type given = arguments[0].type;
  const Type from = given.base();
  if (given == Type::null_type()) return resolve_cast(arguments[0], Type::nullable(to), options);
  if (!from.is(TypeKind::kString)) return illegal_argument(arguments, 0, "String");
  // The zone of a text without one is the query's, though the type does not name it.
  const Type read = zone.empty() ? (form.wide ? Type::datetime64(to.precision(), options.timezone)
                                              : Type::datetime(options.timezone))
                                 : to;
  std::unique_ptr<const ValueCast> cast = std::make_unique<BestEffortCast>(read, form.us_order);
  return conversion_call(arguments, to, std::move(cast), form.on_failure);
}

}  // namespace

SP_FUNCTIONS(parse_date_best_effort) {
  struct Name {
    const char* text;
    bool wide;
    bool us_order;
  };
  for (const Name& name : {Name{"parseDateTimeBestEffort", false, false},
                           Name{"parseDateTimeBestEffortUS", false, true},
                           Name{"parseDateTime32BestEffort", false, false},
                           Name{"parseDateTime64BestEffort", true, false},
                           Name{"parseDateTime64BestEffortUS", true, true}}) {
    for (const auto& [suffix, on_failure] : {std::pair{"", OnFailure::kError},
                                             {"OrNull", OnFailure::kNull},
                                             {"OrZero", OnFailure::kZero}}) {
      const BestEffortForm form{name.wide, name.us_order, on_failure};
      const std::string function = std::string(name.text) + suffix;
      const char* instead = on_failure == OnFailure::kNull   ? "; NULL if it cannot be read"
                            : on_failure == OnFailure::kZero ? "; 1970-01-01 if it cannot be read"
                                                             : "";
      rows.push_back(
          {.name = conversion_text(function),
           .min_arguments = 1,
           .max_arguments = static_cast<uint8_t>(name.wide ? 3 : 2),
           .nulls =
               on_failure == OnFailure::kNull ? NullPolicy::kSeesNulls : NullPolicy::kPropagate,
           .constant_arguments = 6,
           .resolve =
               [form](std::span<const Argument> arguments, const ResolveOptions& options) {
                 return resolve_form(arguments, options, form);
               },
           .doc = conversion_text(std::string("Reads a time in nearly any notation from `text`") +
                                  instead + "."),
           .example = conversion_text("SELECT " + function + "('" +
                                      (name.us_order ? "01/31/2024" : "31/01/2024") +
                                      " 10:11:12', " + (name.wide ? "3, " : "") + "'UTC')"),
           .example_result = name.wide ? "2024-01-31 10:11:12.000" : "2024-01-31 10:11:12"});
    }
  }
}

}  // namespace sp
