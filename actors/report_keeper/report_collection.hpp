#pragma once

#include "actors/report_keeper/report_document.hpp"
#include "protocol/run_messages.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// One report on its way from a Locust master to a ConfigMap
// (docs/behaviour/lifecycle.md#report). Pure; each call passes the time.

namespace locust {

/// Fetches the files of one report, one after the other, and creates the
/// ConfigMap. The caller sends each request, and passes its answer in.
class report_collection {
public:
  /// All files must arrive within this time, beginning with the first request:
  /// a third of what a master stays after the load by default.
  static constexpr std::chrono::seconds longest_fetch{20};
  /// For one file. Locust writes a report in less than a second; its sampler
  /// tells a master that does not answer from one that does.
  static constexpr std::chrono::seconds file_deadline{5};
  /// How often a file is asked for when there is no answer, and the pause.
  static constexpr unsigned most_attempts = 2;
  static constexpr std::chrono::seconds pause{1};
  /// How long the API server is asked to create the ConfigMap, and the limit of
  /// one attempt.
  static constexpr std::chrono::seconds longest_store{30};
  static constexpr std::chrono::seconds store_deadline{10};

  report_collection(keep_report what, monotonic_time now);

  /// Returns the next request, whose answer goes to `answered`; nothing when
  /// there is a result. Call it when `due` has come and no answer is pending.
  std::optional<api_request> next(monotonic_time now);

  /// Handles the answer to the latest request.
  void answered(const api_response& answer, monotonic_time now);

  /// The master has ended: what has arrived by now is all.
  void master_ended(monotonic_time now);

  /// When to call `next`.
  monotonic_time due() const {
    return due_;
  }

  bool is_pending() const {
    return pending_ != awaited::none;
  }

  /// Whether parts of the report are in memory.
  bool holds_data() const {
    return !document_.empty();
  }

  /// What became of the report; nothing while it is being collected.
  const std::optional<report_result>& result() const {
    return result_;
  }

private:
  api_request fetch(const report_file& file, monotonic_time::duration left);
  api_request store();
  void fetched(const api_response& answer, monotonic_time now);
  void stored(const api_response& answer, monotonic_time now);
  void leave_out(const std::string& why);
  void leave_out_rest(const std::string& why, monotonic_time now);
  void finish_if_empty();
  void finish(std::string config_map, std::string message);

  /// What the pending answer is to.
  enum class awaited : uint8_t { none, file, creation };

  bool has_all() const {
    return file_ == report_files.size();
  }

  keep_report what_;
  report_document document_;
  /// The next file, as an index of `report_files`.
  size_t file_ = 0;
  /// Of this file, or of the creation.
  unsigned failures_ = 0;
  std::optional<monotonic_time> fetch_until_;
  std::optional<monotonic_time> store_until_;
  bool master_ended_ = false;
  awaited pending_ = awaited::none;
  std::string name_;
  /// Whether `name_` is the second one, which nobody else would choose.
  bool is_second_name_ = false;
  monotonic_time due_;
  std::optional<report_result> result_;
};

/// Returns the name of the ConfigMap: `shop-report`; if another object has that
/// name, `shop-report-` with the beginning of the uid of the LocustTest.
std::string report_name(std::string_view test_name);
std::string second_report_name(std::string_view test_name,
                               std::string_view test_uid);

} // namespace locust
