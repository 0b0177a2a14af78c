#pragma once

#include "protocol/json.hpp"

#include <initializer_list>
#include <string_view>

// Edits of a JSON document at a path of member names.

namespace locust::json {

using path = std::initializer_list<std::string_view>;

/// Returns the member `name` of `object`, or nullptr when there is none.
value* member(value& object, std::string_view name);

/// Sets `v` at `where`. Creates missing objects on the way and replaces values
/// on the way that are no objects.
void set(document& doc, path where, value v);

/// Removes the member at `where`, if present. The last member of its object
/// takes its position.
void erase(document& doc, path where);

/// Removes the member at `where` if it is an empty object.
void erase_if_empty(document& doc, path where);

/// Returns a string value with a copy of `text`, allocated by `owner`.
value own_text(std::string_view text, document& owner);

} // namespace locust::json
