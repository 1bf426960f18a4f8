// Formulas over dates: parts replaced, digits read, windows of time (tumble and hop).
// Rows of formula_rows(); see runtime/functions/formula.h.

#include "runtime/functions/native/formula_families.h"

namespace sp {

void add_date_formulas(std::vector<FormulaRow>& rows) {
  rows.push_back({.name = "toMicrosecond",
                  .aliases = {"MICROSECOND"},
                  .case_insensitive = true,
                  .forms = {"t: toUInt32(positiveModulo(toUnixTimestamp64Micro(toDateTime64(t, "
                            "6)), 1000000))"},
                  .doc = "Returns the microseconds of the second of `t`.",
                  .example = "SELECT toMicrosecond(toDateTime64('2024-01-01 00:00:00.25', 3))",
                  .example_result = "250000"});
  rows.push_back({.name = "toNanosecond",
                  .aliases = {"NANOSECOND"},
                  .case_insensitive = true,
                  .forms = {"t: toUInt32(positiveModulo(toUnixTimestamp64Nano(toDateTime64(t, "
                            "9)), 1000000000))"},
                  .doc = "Returns the nanoseconds of the second of `t`.",
                  .example = "SELECT toNanosecond(toDateTime64('2024-01-01 00:00:00.25', 3))",
                  .example_result = "250000000"});
  rows.push_back({.name = "toDaysInMonth",
                  .forms = {"d: toDayOfMonth(toLastDayOfMonth(d))"},
                  .doc = "Returns the number of days of the month of `d`.",
                  .example = "SELECT toDaysInMonth(toDate('2024-02-10'))",
                  .example_result = "29"});
  rows.push_back({.name = "toMonthNumSinceEpoch",
                  .forms = {"d: toUInt32((toYear(d) - 1970) * 12 + toMonth(d) - 1)"},
                  .doc = "Returns the number of months from 1970-01 to that of `d`.",
                  .example = "SELECT toMonthNumSinceEpoch(toDate('2024-02-10'))",
                  .example_result = "649"});
  rows.push_back({.name = "toYearNumSinceEpoch",
                  .forms = {"d: toUInt16(toYear(d) - 1970)"},
                  .doc = "Returns the number of years from 1970 to that of `d`.",
                  .example = "SELECT toYearNumSinceEpoch(toDate('2024-02-10'))",
                  .example_result = "54"});
  rows.push_back({.name = "timeDiff",
                  .forms = {"first, second: dateDiff('second', first, second)"},
                  .doc = "Returns the seconds from `first` to `second`.",
                  .example = "SELECT timeDiff(toDateTime('2024-01-01 00:00:00'), "
                             "toDateTime('2024-01-01 01:00:00'))",
                  .example_result = "3600"});
  rows.push_back({.name = "UTCTimestamp",
                  .aliases = {"UTC_timestamp"},
                  .case_insensitive = true,
                  .forms = {": now('UTC')"},
                  .doc = "Returns the time of the query in UTC.",
                  .example = "SELECT UTCTimestamp() = now('UTC')",
                  .example_result = "1"});
  rows.push_back({.name = "YYYYMMDDToDate",
                  .forms = {"n: makeDate(intDiv(toInt64(n), 10000), intDiv(toInt64(n), 100) % "
                            "100, toInt64(n) % 100)"},
                  .doc = "Reads a Date from the digits YYYYMMDD of a number.",
                  .example = "SELECT YYYYMMDDToDate(20240131)",
                  .example_result = "2024-01-31"});
  rows.push_back({.name = "YYYYMMDDToDate32",
                  .forms = {"n: makeDate32(intDiv(toInt64(n), 10000), intDiv(toInt64(n), 100) "
                            "% 100, toInt64(n) % 100)"},
                  .doc = "Reads a Date32 from the digits YYYYMMDD of a number.",
                  .example = "SELECT YYYYMMDDToDate32(19240131)",
                  .example_result = "1924-01-31"});
  rows.push_back({.name = "YYYYMMDDhhmmssToDateTime",
                  .forms = {"n: makeDateTime(intDiv(toInt64(n), 10000000000), "
                            "intDiv(toInt64(n), 100000000) % 100, intDiv(toInt64(n), 1000000) % "
                            "100, intDiv(toInt64(n), 10000) % 100, intDiv(toInt64(n), 100) % "
                            "100, toInt64(n) % 100)",
                            "n, zone: makeDateTime(intDiv(toInt64(n), 10000000000), "
                            "intDiv(toInt64(n), 100000000) % 100, intDiv(toInt64(n), 1000000) % "
                            "100, intDiv(toInt64(n), 10000) % 100, intDiv(toInt64(n), 100) % "
                            "100, toInt64(n) % 100, zone)"},
                  .doc = "Reads a DateTime from the digits YYYYMMDDhhmmss of a number.",
                  .example = "SELECT YYYYMMDDhhmmssToDateTime(20240131101112)",
                  .example_result = "2024-01-31 10:11:12"});
  rows.push_back({.name = "YYYYMMDDhhmmssToDateTime64",
                  .forms = {"n: makeDateTime64(intDiv(toInt64(n), 10000000000), "
                            "intDiv(toInt64(n), 100000000) % 100, intDiv(toInt64(n), 1000000) % "
                            "100, intDiv(toInt64(n), 10000) % 100, intDiv(toInt64(n), 100) % "
                            "100, toInt64(n) % 100, toInt64(round((toFloat64(n) - "
                            "floor(toFloat64(n))) * 1000)))",
                            "n, precision: makeDateTime64(intDiv(toInt64(n), 10000000000), "
                            "intDiv(toInt64(n), 100000000) % 100, intDiv(toInt64(n), 1000000) % "
                            "100, intDiv(toInt64(n), 10000) % 100, intDiv(toInt64(n), 100) % "
                            "100, toInt64(n) % 100, toInt64(round((toFloat64(n) - "
                            "floor(toFloat64(n))) * pow(10, precision))), precision)",
                            "n, precision, zone: makeDateTime64(intDiv(toInt64(n), "
                            "10000000000), intDiv(toInt64(n), 100000000) % 100, "
                            "intDiv(toInt64(n), 1000000) % 100, intDiv(toInt64(n), 10000) % 100, "
                            "intDiv(toInt64(n), 100) % 100, toInt64(n) % 100, "
                            "toInt64(round((toFloat64(n) - floor(toFloat64(n))) * pow(10, "
                            "precision))), precision, zone)"},
                  .doc = "Reads a DateTime64 from the digits YYYYMMDDhhmmss of a number.",
                  .example = "SELECT YYYYMMDDhhmmssToDateTime64(20240131101112.5)",
                  .example_result = "2024-01-31 10:11:12.500"});
  rows.push_back({.name = "ULIDStringToDateTime",
                  .forms = {"s: fromUnixTimestamp64Milli(arrayFold((sum, c) -> sum * 32 + "
                            "toInt64(position('0123456789ABCDEFGHJKMNPQRSTVWXYZ', c)) - 1, "
                            "ngrams(upper(substring(s, 1, 10)), 1), toInt64(0)))",
                            "s, zone: fromUnixTimestamp64Milli(arrayFold((sum, c) -> sum * 32 "
                            "+ toInt64(position('0123456789ABCDEFGHJKMNPQRSTVWXYZ', c)) - 1, "
                            "ngrams(upper(substring(s, 1, 10)), 1), toInt64(0)), zone)"},
                  .doc = "Returns the time in a ULID.",
                  .example = "SELECT ULIDStringToDateTime('01GNB2S2FGN2P93QPXDNB4EN2R')",
                  .example_result = "2022-12-28 00:40:37.616"});
  rows.push_back({.name = "changeYear",
                  .forms = {"d date, value: if(value BETWEEN 1900 AND 2299, "
                            "addDays(addMonths(subtractDays(d, toDayOfMonth(d) - 1), 12 * "
                            "(toInt64(value) - toYear(d))), toDayOfMonth(d) - 1), "
                            "subtractDays(d, toRelativeDayNum(d)))",
                            "d, value: if(value BETWEEN 1900 AND 2299, "
                            "addDays(addMonths(subtractDays(d, toDayOfMonth(d) - 1), 12 * "
                            "(toInt64(value) - toYear(d))), toDayOfMonth(d) - 1), "
                            "subtractSeconds(d, toUnixTimestamp(d)))"},
                  .doc = "Replaces the year of `d`.",
                  .example = "SELECT changeYear(toDate('2024-01-31'), 2023)",
                  .example_result = "2023-01-31"});
  rows.push_back({.name = "changeMonth",
                  .forms = {"d date, value: if(value BETWEEN 1 AND 12, "
                            "addDays(addMonths(subtractDays(d, toDayOfMonth(d) - 1), "
                            "toInt64(value) - toMonth(d)), toDayOfMonth(d) - 1), subtractDays(d, "
                            "toRelativeDayNum(d)))",
                            "d, value: if(value BETWEEN 1 AND 12, "
                            "addDays(addMonths(subtractDays(d, toDayOfMonth(d) - 1), "
                            "toInt64(value) - toMonth(d)), toDayOfMonth(d) - 1), "
                            "subtractSeconds(d, toUnixTimestamp(d)))"},
                  .doc = "Replaces the month of `d`.",
                  .example = "SELECT changeMonth(toDate('2024-01-31'), 3)",
                  .example_result = "2024-03-31"});
  rows.push_back({.name = "changeDay",
                  .forms = {"d date, value: if(value BETWEEN 1 AND 31, addDays(d, "
                            "toInt64(value) - toDayOfMonth(d)), subtractDays(d, "
                            "toRelativeDayNum(d)))",
                            "d, value: if(value BETWEEN 1 AND 31, addDays(d, toInt64(value) - "
                            "toDayOfMonth(d)), subtractSeconds(d, toUnixTimestamp(d)))"},
                  .doc = "Replaces the day of the month of `d`.",
                  .example = "SELECT changeDay(toDate('2024-01-31'), 3)",
                  .example_result = "2024-01-03"});
  rows.push_back({.name = "changeHour",
                  .forms = {"d date, value: addHours(toDateTime(d), toInt64(value))",
                            "d, value: if(value BETWEEN 0 AND 23, addHours(d, toInt64(value) - "
                            "toHour(d)), subtractSeconds(d, toUnixTimestamp(d)))"},
                  .doc = "Replaces the hour of `d`.",
                  .example = "SELECT changeHour(toDateTime('2024-01-31 10:11:12'), 3)",
                  .example_result = "2024-01-31 03:11:12"});
  rows.push_back({.name = "changeMinute",
                  .forms = {"d date, value: addMinutes(toDateTime(d), toInt64(value))",
                            "d, value: if(value BETWEEN 0 AND 59, addMinutes(d, toInt64(value) "
                            "- toMinute(d)), subtractSeconds(d, toUnixTimestamp(d)))"},
                  .doc = "Replaces the minute of `d`.",
                  .example = "SELECT changeMinute(toDateTime('2024-01-31 10:11:12'), 3)",
                  .example_result = "2024-01-31 10:03:12"});
  rows.push_back({.name = "changeSecond",
                  .forms = {"d date, value: addSeconds(toDateTime(d), toInt64(value))",
                            "d, value: if(value BETWEEN 0 AND 59, addSeconds(d, toInt64(value) "
                            "- toSecond(d)), subtractSeconds(d, toUnixTimestamp(d)))"},
                  .doc = "Replaces the second of `d`.",
                  .example = "SELECT changeSecond(toDateTime('2024-01-31 10:11:12'), 3)",
                  .example_result = "2024-01-31 10:11:03"});
  rows.push_back({.name = "fromDaysSinceYearZero",
                  .aliases = {"FROM_DAYS"},
                  .case_insensitive = true,
                  .forms = {"n: toDate(toInt32(n) - 719528)"},
                  .doc = "Returns the Date that lies `n` days after 0000-01-01.",
                  .example = "SELECT fromDaysSinceYearZero(739136)",
                  .example_result = "2023-09-08"});
  rows.push_back({.name = "fromDaysSinceYearZero32",
                  .forms = {"n: toDate32(toInt32(n) - 719528)"},
                  .doc = "Returns the Date32 that lies `n` days after 0000-01-01.",
                  .example = "SELECT fromDaysSinceYearZero32(739136)",
                  .example_result = "2023-09-08"});
  rows.push_back({.name = "toModifiedJulianDay",
                  .forms = {"s: toInt32(toInt64(toRelativeDayNum(toDate32(s))) + 40587)"},
                  .doc = "Returns the Modified Julian Day of the date in `s`.",
                  .example = "SELECT toModifiedJulianDay('2020-11-01')",
                  .example_result = "59154"});
  rows.push_back({.name = "fromModifiedJulianDay",
                  .forms = {"n: toString(toDate32(toInt32(n) - 40587))"},
                  .doc = "Returns the date of a Modified Julian Day as text.",
                  .example = "SELECT fromModifiedJulianDay(59154)",
                  .example_result = "2020-11-01"});
  rows.push_back({.name = "toModifiedJulianDayOrNull",
                  .forms = {"s: toInt32(toInt64(toRelativeDayNum(toDate32("
                            "parseDateTime64OrNull(s, '%Y-%m-%d', 'UTC')))) + 40587)"},
                  .doc = "Returns the Modified Julian Day of the date in `s`; NULL if it is none.",
                  .example = "SELECT toModifiedJulianDayOrNull('x')",
                  .example_result = "\\N"});
  rows.push_back({.name = "fromUTCTimestamp",
                  .aliases = {"from_utc_timestamp"},
                  .case_insensitive = true,
                  .forms = {"t, zone: addSeconds(t, timezoneOffset(toTimeZone(t, zone)))"},
                  .doc = "Shifts a time in UTC to the clock of `zone`.",
                  .example = "SELECT fromUTCTimestamp(toDateTime('2024-01-01 10:00:00'), "
                             "'Asia/Tokyo')",
                  .example_result = "2024-01-01 19:00:00"});
  rows.push_back({.name = "toUTCTimestamp",
                  .aliases = {"to_utc_timestamp"},
                  .case_insensitive = true,
                  .forms = {"t, zone: subtractSeconds(t, timezoneOffset(toTimeZone(t, zone)))"},
                  .doc = "Shifts a time on the clock of `zone` to UTC.",
                  .example = "SELECT toUTCTimestamp(toDateTime('2024-01-01 10:00:00'), "
                             "'Asia/Tokyo')",
                  .example_result = "2024-01-01 01:00:00"});
  rows.push_back({.name = "addInterval",
                  .forms = {"a, b: a + b"},
                  .doc = "Adds two intervals, or an interval and a tuple of intervals.",
                  .example = "SELECT addInterval(INTERVAL 1 DAY, INTERVAL 1 MONTH)",
                  .example_result = "(1,1)"});
  rows.push_back({.name = "subtractInterval",
                  .forms = {"a, b: a + negate(b)"},
                  .doc = "Subtracts an interval from an interval or a tuple of intervals.",
                  .example = "SELECT subtractInterval(INTERVAL 1 DAY, INTERVAL 1 MONTH)",
                  .example_result = "(1,-1)"});
  rows.push_back({.name = "addTupleOfIntervals",
                  .forms = {"d, intervals: d + intervals"},
                  .doc = "Adds the intervals of a tuple one after another.",
                  .example = "SELECT addTupleOfIntervals(toDate('2024-01-31'), (INTERVAL 1 "
                             "DAY, INTERVAL 1 MONTH))",
                  .example_result = "2024-03-01"});
  rows.push_back({.name = "subtractTupleOfIntervals",
                  .forms = {"d, intervals: d - intervals"},
                  .doc = "Subtracts the intervals of a tuple one after another.",
                  .example = "SELECT subtractTupleOfIntervals(toDate('2024-01-31'), (INTERVAL "
                             "1 DAY, INTERVAL 1 MONTH))",
                  .example_result = "2023-12-30"});
  rows.push_back({.name = "timestamp",
                  .case_insensitive = true,
                  .forms = {"x: toDateTime64(x, 6)"},
                  .doc = "Converts `x` to a DateTime64 of microseconds.",
                  .example = "SELECT timestamp('2023-12-31')",
                  .example_result = "2023-12-31 00:00:00.000000"});
  rows.push_back({.name = "snowflakeIDToDateTime64",
                  .forms = {"id: fromUnixTimestamp64Milli(toInt64(bitShiftRight(toUInt64(id), "
                            "22)))",
                            "id, epoch: "
                            "fromUnixTimestamp64Milli(toInt64(bitShiftRight(toUInt64(id), 22)) + "
                            "toInt64(epoch))",
                            "id, epoch, zone: "
                            "fromUnixTimestamp64Milli(toInt64(bitShiftRight(toUInt64(id), 22)) + "
                            "toInt64(epoch), zone)"},
                  .doc = "Returns the time in a Snowflake ID, with milliseconds.",
                  .example = "SELECT snowflakeIDToDateTime64(7204436857747984384)",
                  .example_result = "2024-06-06 10:59:58.851"});
  rows.push_back({.name = "snowflakeIDToDateTime",
                  .forms = {"id: toDateTime(snowflakeIDToDateTime64(id))",
                            "id, epoch: toDateTime(snowflakeIDToDateTime64(id, epoch))",
                            "id, epoch, zone: toDateTime(snowflakeIDToDateTime64(id, epoch), "
                            "zone)"},
                  .doc = "Returns the time in a Snowflake ID.",
                  .example = "SELECT snowflakeIDToDateTime(7204436857747984384)",
                  .example_result = "2024-06-06 10:59:58"});
  rows.push_back({.name = "dateTimeToSnowflakeID",
                  .forms = {"t: bitShiftLeft(toUInt64(toUnixTimestamp(t)) * 1000, 22)",
                            "t, epoch: bitShiftLeft(toUInt64(toUnixTimestamp(t)) * 1000 - "
                            "toUInt64(epoch), 22)"},
                  .doc = "Returns the first Snowflake ID of a second.",
                  .example = "SELECT dateTimeToSnowflakeID(toDateTime('2024-06-06 10:59:58'))",
                  .example_result = "7204436854177792000"});
  rows.push_back({.name = "dateTime64ToSnowflakeID",
                  .forms = {"t: bitShiftLeft(toUInt64(toUnixTimestamp64Milli(t)), 22)",
                            "t, epoch: bitShiftLeft(toUInt64(toUnixTimestamp64Milli(t)) - "
                            "toUInt64(epoch), 22)"},
                  .doc = "Returns the first Snowflake ID of a millisecond.",
                  .example = "SELECT dateTime64ToSnowflakeID(toDateTime64('2024-06-06 "
                             "10:59:58.851', 3))",
                  .example_result = "7204436857747144704"});
  rows.push_back({.name = "tumbleStart",
                  .forms = {"t, size: toDateTime(toStartOfInterval(t, size))",
                            "t, size, zone: toDateTime(toStartOfInterval(t, size, zone), zone)"},
                  .doc = "Returns the start of the window of length `size` in which `t` "
                         "lies.",
                  .example = "SELECT tumbleStart(toDateTime('2024-01-01 10:11:12'), INTERVAL "
                             "10 MINUTE)",
                  .example_result = "2024-01-01 10:10:00"});
  rows.push_back({.name = "tumbleEnd",
                  .forms = {"t, size: toDateTime(toStartOfInterval(t, size)) + size",
                            "t, size, zone: toDateTime(toStartOfInterval(t, size, zone), zone) "
                            "+ size"},
                  .doc = "Returns the end of the window of length `size` in which `t` lies.",
                  .example = "SELECT tumbleEnd(toDateTime('2024-01-01 10:11:12'), INTERVAL 10 "
                             "MINUTE)",
                  .example_result = "2024-01-01 10:20:00"});
  rows.push_back({.name = "tumble",
                  .forms = {"t, size: (tumbleStart(t, size), tumbleEnd(t, size))",
                            "t, size, zone: (tumbleStart(t, size, zone), tumbleEnd(t, size, "
                            "zone))"},
                  .doc = "Returns the start and the end of the window of length `size` in "
                         "which `t` lies.",
                  .example = "SELECT tumble(toDateTime('2024-01-01 10:11:12'), INTERVAL 10 "
                             "MINUTE)",
                  .example_result = "('2024-01-01 10:10:00','2024-01-01 10:20:00')"});
  rows.push_back(
      {.name = "hopEnd",
       .forms = {"t, hop, size: tumbleEnd(t, hop)", "t, hop, size, zone: tumbleEnd(t, hop, zone)"},
       .doc = "Returns the end of the first window of length `size`, one every "
              "`hop`, in which `t` lies.",
       .example = "SELECT hopEnd(toDateTime('2024-01-01 10:11:12'), INTERVAL 5 "
                  "MINUTE, INTERVAL 10 MINUTE)",
       .example_result = "2024-01-01 10:15:00"});
  rows.push_back({.name = "hopStart",
                  .forms = {"t, hop, size: tumbleEnd(t, hop) - size",
                            "t, hop, size, zone: tumbleEnd(t, hop, zone) - size"},
                  .doc = "Returns the start of the first window of length `size`, one every "
                         "`hop`, in which `t` lies.",
                  .example = "SELECT hopStart(toDateTime('2024-01-01 10:11:12'), INTERVAL 5 "
                             "MINUTE, INTERVAL 10 MINUTE)",
                  .example_result = "2024-01-01 10:05:00"});
  rows.push_back({.name = "hop",
                  .forms = {"t, hop, size: (hopStart(t, hop, size), hopEnd(t, hop, size))",
                            "t, hop, size, zone: (hopStart(t, hop, size, zone), hopEnd(t, hop, "
                            "size, zone))"},
                  .doc = "Returns the first window of length `size`, one every `hop`, in "
                         "which `t` lies.",
                  .example = "SELECT hop(toDateTime('2024-01-01 10:11:12'), INTERVAL 5 "
                             "MINUTE, INTERVAL 10 MINUTE)",
                  .example_result = "('2024-01-01 10:05:00','2024-01-01 10:15:00')"});
}

}  // namespace sp
