#pragma once

#include "protocol/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace locust {

/// Keys and texts of a JSON object of texts, in the order they have there.
using text_map = std::vector<std::pair<std::string_view, std::string_view>>;

/// What is wrong with a document: a sentence for each place, in the order in
/// which they were found.
using spec_faults = std::vector<std::string>;

/// A place in a JSON document that knows its path. What is missing or null
/// reads as absent; what has the wrong type is recorded in `faults` (of which
/// the first 50 are kept) and reads as absent, too. So a reader reads
/// everything and asks for the faults at the end.
///
/// Views and pointers that it returns live as long as the document; `faults`
/// must outlive the cursor.
class spec_cursor {
public:
  spec_cursor(const json::value* at, std::string path, spec_faults& faults);

  /// Returns the member `name` of this object.
  spec_cursor operator[](std::string_view name) const;

  /// Whether there is anything.
  bool present() const {
    return at_ != nullptr;
  }

  /// Never a view of nothing: RapidJSON's writer takes no null pointer.
  std::string_view text(std::string_view fallback = "") const;

  /// As `text`, but being absent is a fault.
  std::string_view required_text() const;

  bool boolean(bool fallback) const;

  /// Returns nothing when absent. A number beyond 32 bits is a fault.
  std::optional<int32_t> integer() const;

  /// Returns the value itself when it is an object (an empty one, too).
  const json::value* object() const;

  /// Returns the value itself when it is an array (an empty one, too).
  const json::value* array() const;

  /// Returns a cursor for each item of this array.
  std::vector<spec_cursor> items() const;

  /// Returns the members of this object, all of which have to be texts.
  text_map texts() const;

  /// Records a fault here, unless it is known: the path, then `what`.
  void blame(std::string_view what) const;

private:
  /// Returns whether `ok`; blames the type otherwise.
  bool demand(bool ok, std::string_view type) const;

  const json::value* at_;
  std::string path_;
  spec_faults* faults_;
};

} // namespace locust
