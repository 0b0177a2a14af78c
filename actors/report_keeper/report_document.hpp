#pragma once

#include "protocol/api_call.hpp"
#include "protocol/kubernetes.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The ConfigMap with the report of a run (docs/behaviour/lifecycle.md#report).
// Pure.

namespace locust {

/// A file of a report, which the web UI of a Locust master offers.
struct report_file {
  std::string_view name;
  /// Below the base path of the web UI.
  std::string_view path;
};

/// The files, the most valuable one first. In this order they are fetched,
/// because the master may end meanwhile, and in this order they get room.
inline constexpr std::array<report_file, 4> report_files = {{
    {"requests.csv", "/stats/requests/csv"},
    {"report.html", "/stats/report?download=1"},
    {"failures.csv", "/stats/failures/csv"},
    {"exceptions.csv", "/exceptions/csv"},
}};

/// Returns `csv` with fewer rows: its header, its last row, which in Locust's
/// statistics is the sum, and of the other rows the first `rows`. A line break
/// in quotes ends no row.
std::string with_fewer_rows(std::string_view csv, size_t rows);

/// The number of rows between the header and the last row.
size_t rows_between(std::string_view csv);

/// Collects files, compressed, as long as there is room for them.
class report_document {
public:
  /// Maximum length of the JSON document, in bytes. The API server stores
  /// 1 MiB of decoded data in a ConfigMap, and etcd 1.5 MiB per object.
  static constexpr size_t most_bytes = size_t{1} << 20;

  /// `most`: as `most_bytes`.
  explicit report_document(object_key test, std::string test_uid,
                           size_t most = most_bytes);

  /// Compresses `content` and adds it. `requests.csv` loses its last rows if it
  /// has no room; any other file is left out then.
  void add(const report_file& file, std::string_view content);

  /// The file is left out for this reason.
  void leave_out(const report_file& file, const std::string& why);

  bool empty() const {
    return files_.empty();
  }

  /// Names of the files that are left out or shortened, joined by `, `.
  std::string omitted() const;

  /// Why, in words; empty if the report is complete.
  std::string remarks() const;

  /// Returns the ConfigMap with this name as JSON text. It is immutable, and
  /// the LocustTest is its controller.
  std::string render(std::string_view name) const;

private:
  struct packed_file {
    std::string name; ///< `report.html.gz`
    std::string base64;
  };

  /// Files that are left out for the same reason.
  struct omission {
    std::string names;
    std::string why;
  };

  bool take(const report_file& file, std::string_view content);
  std::string shortened(const report_file& file, std::string_view csv);

  object_key test_;
  std::string test_uid_;
  /// How many bytes are left for files.
  size_t room_;
  std::vector<packed_file> files_;
  std::vector<omission> omissions_;
};

} // namespace locust
