#pragma once

#include "protocol/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace locust {

/// Keys and values of a JSON object of strings, in document order.
using text_map = std::vector<std::pair<std::string_view, std::string_view>>;

/// The faults of a document: one sentence for each place, in the order in which
/// they were found.
using spec_faults = std::vector<std::string>;

/// A place in a JSON document, with its path. A missing value or null reads as
/// absent; a wrong type is added to `faults` (which keeps the first 50) and
/// also reads as absent. So a reader reads everything and checks the faults at
/// the end.
///
/// Views and pointers that it returns live as long as the document; `faults`
/// must outlive the cursor.
class spec_cursor {
public:
  spec_cursor(const json::value* at, std::string path, spec_faults& faults);

  /// Returns the member `name` of this object.
  spec_cursor operator[](std::string_view name) const;

  /// Whether there is a value.
  bool present() const {
    return at_ != nullptr;
  }

  /// Never a null view: RapidJSON's writer does not accept null pointers.
  std::string_view text(std::string_view fallback = "") const;

  /// As `text`, but absence is a fault.
  std::string_view required_text() const;

  bool boolean(bool fallback) const;

  /// Returns nothing when absent. A number beyond 32 bits is a fault.
  std::optional<int32_t> integer() const;

  /// Returns the value when it is an object (including an empty one).
  const json::value* object() const;

  /// Returns the value when it is an array (including an empty one).
  const json::value* array() const;

  /// Returns a cursor for each item of this array.
  std::vector<spec_cursor> items() const;

  /// Returns the members of this object, all of which must be strings.
  text_map texts() const;

  /// Adds a fault unless it exists: the path, then `what`.
  void add_fault(std::string_view what) const;

private:
  /// Returns `ok`; if false, adds a fault about the type.
  bool demand(bool ok, std::string_view type) const;

  const json::value* at_;
  std::string path_;
  spec_faults* faults_;
};

} // namespace locust
