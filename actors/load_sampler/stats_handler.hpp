#pragma once

#include "actors/load_sampler/stats_reader.hpp"
#include "protocol/json.hpp"
#include "protocol/worst_rows.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace locust {

/// SAX handler for the answer of a Locust master. Keeps what `master_stats`
/// has; of the rows of statistics the last one, which is the total, and the
/// worst ones.
///
/// Depth 1 is inside the top object, 2 inside one of its lists or objects, 3
/// inside a worker or a row.
class stats_handler
    : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, stats_handler> {
public:
  /// Nothing without a number of workers.
  std::optional<master_stats> result() const;

  bool Default() {
    at_ = member::other;
    return true;
  }

  bool Key(const char* text, rapidjson::SizeType length, bool copy);
  bool String(const char* text, rapidjson::SizeType length, bool copy);

  bool Int(int value) {
    return integer(value);
  }

  bool Uint(unsigned value) {
    return integer(value);
  }

  bool Int64(int64_t value) {
    return integer(value);
  }

  bool Uint64(uint64_t value) {
    return number(static_cast<double>(value));
  }

  bool Double(double value) {
    return number(value);
  }

  bool StartObject();
  bool EndObject(rapidjson::SizeType members);
  bool StartArray();
  bool EndArray(rapidjson::SizeType elements);

private:
  /// The member whose value comes next.
  enum class member : uint8_t {
    other,
    worker_count,
    state,
    users,
    rps,
    failures_per_second,
    fail_ratio,
    now_p50,
    now_p95,
    now_p99,
    worker_state,
    worker_id,
    worker_cpu,
    row_method,
    row_name,
    row_error,
    row_requests,
    row_failures,
    row_occurrences,
    row_average_rate,
    row_p50,
    row_p95,
    row_p99,
    row_longest,
  };

  /// The member of the top object that is being read.
  enum class part : uint8_t { other, workers, rows, errors, percentiles };

  struct worker {
    std::string host;
    bool missing = false;
    std::optional<double> cpu;
  };

  static member top_member(std::string_view key);
  static member percentile(std::string_view key);
  static member worker_member(std::string_view key);
  static member row_member(std::string_view key);
  static part part_of(std::string_view key);

  bool integer(int64_t value);
  bool number(double value);
  std::optional<double>* figure();
  std::optional<int64_t>* total();
  std::string* text_of_row();
  void add(const worker& one);
  void add_totals(master_stats& stats) const;

  int depth_ = 0;
  member at_ = member::other;
  part in_ = part::other;
  std::optional<int32_t> count_;
  std::optional<int32_t> listed_;
  master_state state_ = master_state::unknown;
  load_figures figures_;
  /// The last row of statistics, which may be the total.
  table_row row_;
  table_row error_;
  worst_rows worst_;
  worker worker_;
  /// Of the workers that are not missing.
  std::set<std::string> hosts_;
  int32_t missing_ = 0;
  int32_t overloaded_ = 0;
  std::optional<double> busiest_cpu_;
  /// A worker has no id.
  bool nameless_ = false;
};

} // namespace locust
