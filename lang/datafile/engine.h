#pragma once
// ENGINE and its options, in a .datasource or in a Classic materialized node.

#include "lang/datafile/value.h"

namespace sp::datafile {

/// Checks an ENGINE value ("MergeTree", any case, with or without empty brackets) and spells it as
/// ClickHouse does.
/// Reports an unknown engine; warns about engines that only connect to other systems.
std::string read_engine(const Directive& directive, Findings& findings);

/// True if the engine stores sorted rows, so that it needs a sorting key.
bool engine_needs_sorting_key(std::string_view engine);

/// True if `name` is an option that only `engine`s of another kind understand; `needed` gets that
/// kind.
bool option_of_other_engine(std::string_view name, std::string_view engine, std::string* needed);

/// Checks the form of ENGINE_SETTINGS: `name=value, name='text'`.
void check_engine_settings(const Directive& directive, Findings& findings);

}  // namespace sp::datafile
