#pragma once

#include "protocol/json.hpp"

#include <initializer_list>
#include <string_view>

// Changes of a JSON document at a path of member names.

namespace locust::json {

using path = std::initializer_list<std::string_view>;

/// Returns the member `name` of `object`, or nullptr when there is none.
value* member(value& object, std::string_view name);

/// Puts `v` at `where`. Objects on the way that are missing are made; what
/// stands in the way and is none is replaced by one.
void set(document& doc, path where, value v);

/// Takes away what is at `where`, if anything. The last member of its object
/// takes its place.
void erase(document& doc, path where);

/// The same, if that is an object without members.
void erase_if_empty(document& doc, path where);

/// Returns a text that owns a copy of `text`.
value own_text(std::string_view text, document& owner);

} // namespace locust::json
