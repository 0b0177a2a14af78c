#include "actors/load_sampler/stats_reader.hpp"

#include "protocol/json.hpp"

#include <limits>

namespace locust {

namespace {

/// SAX handler. Depth 1 is inside the top object; the list of workers is at
/// depth 2, one worker at depth 3.
class handler
    : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, handler> {
public:
  std::optional<int32_t> workers() const {
    if (count_)
      return count_;
    return listed_;
  }

  bool Default() {
    at_count_ = false;
    at_state_ = false;
    return true;
  }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    std::string_view key(text, length);
    if (depth_ == 1) {
      at_count_ = key == "worker_count";
      in_workers_ = key == "workers";
    }
    at_state_ = in_workers_ && depth_ == 3 && key == "state";
    return true;
  }

  bool String(const char* text, rapidjson::SizeType length, bool) {
    if (at_state_ && std::string_view(text, length) == "missing")
      missing_ = true;
    return Default();
  }

  bool Int(int value) {
    return number(value);
  }

  bool Uint(unsigned value) {
    return number(value);
  }

  bool StartObject() {
    if (++depth_ == 3)
      missing_ = false;
    return Default();
  }

  bool EndObject(rapidjson::SizeType) {
    if (in_workers_ && depth_ == 3 && listed_ && !missing_)
      ++*listed_;
    --depth_;
    return true;
  }

  bool StartArray() {
    ++depth_;
    if (in_workers_ && depth_ == 2)
      listed_ = 0;
    return Default();
  }

  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return true;
  }

private:
  /// Returns false, which stops the parser, when the result is known.
  bool number(int64_t value) {
    bool usable =
        at_count_ && value >= 0 && value <= std::numeric_limits<int32_t>::max();
    at_count_ = false;
    if (usable)
      count_ = static_cast<int32_t>(value);
    return !usable;
  }

  std::optional<int32_t> count_;
  std::optional<int32_t> listed_;
  int depth_ = 0;
  bool at_count_ = false;
  bool in_workers_ = false;
  bool at_state_ = false;
  bool missing_ = false;
};

} // namespace

std::optional<int32_t> connected_workers(std::string_view stats) {
  if (stats.size() > stats_limit)
    return std::nullopt;
  handler found;
  rapidjson::MemoryStream stream(stats.data(), stats.size());
  rapidjson::Reader reader;
  reader.Parse<rapidjson::kParseIterativeFlag>(stream, found);
  bool stopped =
      reader.GetParseErrorCode() == rapidjson::kParseErrorTermination;
  if (reader.HasParseError() && !stopped)
    return std::nullopt;
  return found.workers();
}

} // namespace locust
