#pragma once
// ErrorCode: ClickHouse's numeric codes for the failures that Sandpiper reports, and their names.
// Source: ClickHouse src/Common/ErrorCodes.cpp (numbers and names are part of its public
// interface).

#include <cstdint>
#include <string_view>

namespace sp {

// X(enumerator, number, NAME)
#define SP_ERROR_CODES(X)                                                                       \
  X(kOk, 0, "OK")                                                                               \
  X(kUnsupportedMethod, 1, "UNSUPPORTED_METHOD")                                                \
  X(kUnsupportedParameter, 2, "UNSUPPORTED_PARAMETER")                                          \
  X(kCannotParseText, 6, "CANNOT_PARSE_TEXT")                                                   \
  X(kIncorrectNumberOfColumns, 7, "INCORRECT_NUMBER_OF_COLUMNS")                                \
  X(kThereIsNoColumn, 8, "THERE_IS_NO_COLUMN")                                                  \
  X(kParameterOutOfBound, 12, "PARAMETER_OUT_OF_BOUND")                                         \
  X(kNotFoundColumnInBlock, 10, "NOT_FOUND_COLUMN_IN_BLOCK")                                    \
  X(kDuplicateColumn, 15, "DUPLICATE_COLUMN")                                                   \
  X(kNoSuchColumnInTable, 16, "NO_SUCH_COLUMN_IN_TABLE")                                        \
  X(kCannotParseInputAssertionFailed, 27, "CANNOT_PARSE_INPUT_ASSERTION_FAILED")                \
  X(kAttemptToReadAfterEof, 32, "ATTEMPT_TO_READ_AFTER_EOF")                                    \
  X(kCannotReadAllData, 33, "CANNOT_READ_ALL_DATA")                                             \
  X(kTooManyArgumentsForFunction, 34, "TOO_MANY_ARGUMENTS_FOR_FUNCTION")                        \
  X(kTooFewArgumentsForFunction, 35, "TOO_FEW_ARGUMENTS_FOR_FUNCTION")                          \
  X(kBadArguments, 36, "BAD_ARGUMENTS")                                                         \
  X(kUnknownElementInAst, 37, "UNKNOWN_ELEMENT_IN_AST")                                         \
  X(kCannotParseDate, 38, "CANNOT_PARSE_DATE")                                                  \
  X(kTooLargeSizeCompressed, 39, "TOO_LARGE_SIZE_COMPRESSED")                                   \
  X(kChecksumDoesntMatch, 40, "CHECKSUM_DOESNT_MATCH")                                          \
  X(kCannotParseDateTime, 41, "CANNOT_PARSE_DATETIME")                                          \
  X(kNumberOfArgumentsDoesntMatch, 42, "NUMBER_OF_ARGUMENTS_DOESNT_MATCH")                      \
  X(kIllegalTypeOfArgument, 43, "ILLEGAL_TYPE_OF_ARGUMENT")                                     \
  X(kIllegalColumn, 44, "ILLEGAL_COLUMN")                                                       \
  X(kUnknownFunction, 46, "UNKNOWN_FUNCTION")                                                   \
  X(kUnknownIdentifier, 47, "UNKNOWN_IDENTIFIER")                                               \
  X(kNotImplemented, 48, "NOT_IMPLEMENTED")                                                     \
  X(kLogicalError, 49, "LOGICAL_ERROR")                                                         \
  X(kUnknownType, 50, "UNKNOWN_TYPE")                                                           \
  X(kEmptyListOfColumnsQueried, 51, "EMPTY_LIST_OF_COLUMNS_QUERIED")                            \
  X(kTypeMismatch, 53, "TYPE_MISMATCH")                                                         \
  X(kIllegalTypeOfColumnForFilter, 59, "ILLEGAL_TYPE_OF_COLUMN_FOR_FILTER")                     \
  X(kUnknownTable, 60, "UNKNOWN_TABLE")                                                         \
  X(kSyntaxError, 62, "SYNTAX_ERROR")                                                           \
  X(kUnknownAggregateFunction, 63, "UNKNOWN_AGGREGATE_FUNCTION")                                \
  X(kArgumentOutOfBound, 69, "ARGUMENT_OUT_OF_BOUND")                                           \
  X(kCannotConvertType, 70, "CANNOT_CONVERT_TYPE")                                              \
  X(kCannotWriteAfterEndOfBuffer, 71, "CANNOT_WRITE_AFTER_END_OF_BUFFER")                       \
  X(kCannotParseNumber, 72, "CANNOT_PARSE_NUMBER")                                              \
  X(kUnknownFormat, 73, "UNKNOWN_FORMAT")                                                       \
  X(kCannotReadFromFileDescriptor, 74, "CANNOT_READ_FROM_FILE_DESCRIPTOR")                      \
  X(kCannotWriteToFileDescriptor, 75, "CANNOT_WRITE_TO_FILE_DESCRIPTOR")                        \
  X(kCannotOpenFile, 76, "CANNOT_OPEN_FILE")                                                    \
  X(kUnknownDatabase, 81, "UNKNOWN_DATABASE")                                                   \
  X(kCannotInsertNullInOrdinaryColumn, 349, "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN")            \
  X(kIncorrectData, 117, "INCORRECT_DATA")                                                      \
  X(kUnknownSetting, 115, "UNKNOWN_SETTING")                                                    \
  X(kEngineRequired, 119, "ENGINE_REQUIRED")                                                    \
  X(kIncompatibleColumns, 122, "INCOMPATIBLE_COLUMNS")                                          \
  X(kIncorrectResultOfScalarSubquery, 125, "INCORRECT_RESULT_OF_SCALAR_SUBQUERY")               \
  X(kTooLargeArraySize, 128, "TOO_LARGE_ARRAY_SIZE")                                            \
  X(kTooLargeStringSize, 131, "TOO_LARGE_STRING_SIZE")                                          \
  X(kAggregateFunctionDoesntAllowParameters, 133, "AGGREGATE_FUNCTION_DOESNT_ALLOW_PARAMETERS") \
  X(kSamplingNotSupported, 141, "SAMPLING_NOT_SUPPORTED")                                       \
  X(kZeroArrayOrTupleIndex, 135, "ZERO_ARRAY_OR_TUPLE_INDEX")                                   \
  X(kIllegalDivision, 153, "ILLEGAL_DIVISION")                                                  \
  X(kTimeoutExceeded, 159, "TIMEOUT_EXCEEDED")                                                  \
  X(kTooSlow, 160, "TOO_SLOW")                                                                  \
  X(kTooDeepSubqueries, 162, "TOO_DEEP_SUBQUERIES")                                             \
  X(kReadonly, 164, "READONLY")                                                                 \
  X(kTooBigAst, 168, "TOO_BIG_AST")                                                             \
  X(kUnexpectedExpression, 173, "UNEXPECTED_EXPRESSION")                                        \
  X(kMultipleExpressionsForAlias, 179, "MULTIPLE_EXPRESSIONS_FOR_ALIAS")                        \
  X(kIllegalFinal, 181, "ILLEGAL_FINAL")                                                        \
  X(kIllegalAggregation, 184, "ILLEGAL_AGGREGATION")                                            \
  X(kSizesOfArraysDontMatch, 190, "SIZES_OF_ARRAYS_DONT_MATCH")                                 \
  X(kSetSizeLimitExceeded, 191, "SET_SIZE_LIMIT_EXCEEDED")                                      \
  X(kNumberOfColumnsDoesntMatch, 20, "NUMBER_OF_COLUMNS_DOESNT_MATCH")                          \
  X(kUnknownUser, 192, "UNKNOWN_USER")                                                          \
  X(kAmbiguousColumnName, 207, "AMBIGUOUS_IDENTIFIER")                                          \
  X(kTableIsDropped, 218, "TABLE_IS_DROPPED")                                                   \
  X(kTypeMismatchInUsing, 53, "TYPE_MISMATCH")                                                  \
  X(kNotAnAggregate, 215, "NOT_AN_AGGREGATE")                                                   \
  X(kMemoryLimitExceeded, 241, "MEMORY_LIMIT_EXCEEDED")                                         \
  X(kNoSpaceLeft, 243, "NOT_ENOUGH_SPACE")                                                      \
  X(kTooManyParts, 252, "TOO_MANY_PARTS")                                                       \
  X(kTooDeepRecursion, 306, "TOO_DEEP_RECURSION")                                               \
  X(kInvalidJoinOnExpression, 403, "INVALID_JOIN_ON_EXPRESSION")                                \
  X(kInvalidWithFillExpression, 475, "INVALID_WITH_FILL_EXPRESSION")                            \
  X(kInvalidLimitExpression, 440, "INVALID_LIMIT_EXPRESSION")                                   \
  X(kDecimalOverflow, 407, "DECIMAL_OVERFLOW")                                                  \
  X(kQueryWasCancelled, 394, "QUERY_WAS_CANCELLED")                                             \
  X(kFunctionThrowIfValueIsNonZero, 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO")                 \
  X(kCannotCompileRegexp, 427, "CANNOT_COMPILE_REGEXP")                                         \
  X(kBadQueryParameter, 457, "BAD_QUERY_PARAMETER")                                             \
  X(kUnknownQueryParameter, 456, "UNKNOWN_QUERY_PARAMETER")                                     \
  X(kUnionAllResultStructuresMismatch, 258, "UNION_ALL_RESULT_STRUCTURES_MISMATCH")             \
  X(kNoCommonType, 386, "NO_COMMON_TYPE")                                                       \
  X(kUnsupportedJoinKeys, 48, "NOT_IMPLEMENTED")                                                \
  X(kAuthenticationFailed, 516, "AUTHENTICATION_FAILED")                                        \
  X(kAccessDenied, 497, "ACCESS_DENIED")                                                        \
  X(kCannotParseUuid, 376, "CANNOT_PARSE_UUID")                                                 \
  X(kCannotParseBool, 467, "CANNOT_PARSE_BOOL")                                                 \
  X(kCannotParseEscapeSequence, 25, "CANNOT_PARSE_ESCAPE_SEQUENCE")                             \
  X(kCannotParseQuotedString, 26, "CANNOT_PARSE_QUOTED_STRING")                                 \
  X(kUnknownElementOfEnum, 691, "UNKNOWN_ELEMENT_OF_ENUM")                                      \
  X(kCyclicAliases, 174, "CYCLIC_ALIASES")                                                      \
  X(kQueryIsTooLarge, 552, "QUERY_IS_TOO_LARGE")                                                \
  X(kWithTiesWithoutOrderBy, 476, "WITH_TIES_WITHOUT_ORDER_BY")                                 \
  X(kExpectedAllOrDistinct, 558, "EXPECTED_ALL_OR_DISTINCT")                                    \
  X(kOffsetFetchWithoutOrderBy, 628, "OFFSET_FETCH_WITHOUT_ORDER_BY")                           \
  X(kCannotReadArrayFromText, 130, "CANNOT_READ_ARRAY_FROM_TEXT")                               \
  X(kCannotParseIpv4, 675, "CANNOT_PARSE_IPV4")                                                 \
  X(kCannotParseIpv6, 676, "CANNOT_PARSE_IPV6")                                                 \
  X(kCannotReadMapFromText, 619, "CANNOT_READ_MAP_FROM_TEXT")                                   \
  X(kValueIsOutOfRange, 321, "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE")                              \
  X(kSizeOfFixedStringDoesntMatch, 19, "SIZE_OF_FIXED_STRING_DOESNT_MATCH")                     \
  X(kDatafileError, 10001, "DATAFILE_ERROR")                                                    \
  X(kTemplateError, 10002, "TEMPLATE_ERROR")                                                    \
  X(kTemplateCustomError, 10003, "TEMPLATE_CUSTOM_ERROR")

/// Identifies a failure. 10001 and up are Sandpiper's own (datafiles and templates have no
/// ClickHouse code).
enum class ErrorCode : int32_t {
#define SP_X(enumerator, number, name) enumerator = number,
  SP_ERROR_CODES(SP_X)
#undef SP_X
};

/// Returns ClickHouse's name of a code ("UNKNOWN_TABLE"); "UNKNOWN_EXCEPTION" for a number not
/// listed.
std::string_view error_code_name(ErrorCode code);

}  // namespace sp
