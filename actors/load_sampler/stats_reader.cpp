#include "actors/load_sampler/stats_reader.hpp"

#include "protocol/json.hpp"

#include <array>
#include <limits>
#include <set>
#include <string>
#include <utility>

namespace locust {

namespace {

/// `state` of a master in Locust's words. Users still exist while it is
/// stopping.
constexpr std::array<std::pair<std::string_view, master_state>, 6> states = {{
    {"ready", master_state::ready},
    {"spawning", master_state::load},
    {"running", master_state::load},
    {"cleanup", master_state::load},
    {"stopping", master_state::load},
    {"stopped", master_state::stopped},
}};

master_state state_named(std::string_view word) {
  for (const auto& [name, state] : states)
    if (name == word)
      return state;
  return master_state::unknown;
}

/// SAX handler. Depth 1 is inside the top object; the list of workers is at
/// depth 2, one worker at depth 3.
class handler
    : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, handler> {
public:
  std::optional<master_stats> result() const {
    auto workers = count_ ? count_ : listed_;
    if (!workers)
      return std::nullopt;
    master_stats stats{*workers, {}, state_};
    if (listed_ && !nameless_)
      stats.pods = static_cast<int32_t>(hosts_.size());
    return stats;
  }

  bool Default() {
    at_ = member::other;
    return true;
  }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    std::string_view key(text, length);
    at_ = member::other;
    if (depth_ == 1) {
      in_workers_ = key == "workers";
      at_ = key == "worker_count" ? member::count
            : key == "state"      ? member::state
                                  : member::other;
    } else if (in_workers_ && depth_ == 3) {
      at_ = key == "state" ? member::worker_state
            : key == "id"  ? member::worker_id
                           : member::other;
    }
    return true;
  }

  bool String(const char* text, rapidjson::SizeType length, bool) {
    std::string_view word(text, length);
    if (at_ == member::state)
      state_ = state_named(word);
    else if (at_ == member::worker_state && word == "missing")
      missing_ = true;
    else if (at_ == member::worker_id)
      host_ = word.substr(0, word.rfind('_'));
    return Default();
  }

  bool Int(int value) {
    return number(value);
  }

  bool Uint(unsigned value) {
    return number(value);
  }

  bool StartObject() {
    if (++depth_ == 3) {
      missing_ = false;
      host_.clear();
    }
    return Default();
  }

  bool EndObject(rapidjson::SizeType) {
    if (in_workers_ && depth_ == 3 && listed_ && !missing_) {
      ++*listed_;
      nameless_ = nameless_ || host_.empty();
      hosts_.insert(std::move(host_));
    }
    --depth_;
    return true;
  }

  bool StartArray() {
    ++depth_;
    if (in_workers_ && depth_ == 2) {
      listed_ = 0;
      hosts_.clear();
      nameless_ = false;
    }
    return Default();
  }

  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return true;
  }

private:
  /// The member whose value comes next.
  enum class member : uint8_t { other, count, state, worker_state, worker_id };

  bool number(int64_t value) {
    if (at_ == member::count && value >= 0 &&
        value <= std::numeric_limits<int32_t>::max())
      count_ = static_cast<int32_t>(value);
    return Default();
  }

  std::optional<int32_t> count_;
  std::optional<int32_t> listed_;
  master_state state_ = master_state::unknown;
  /// Of the workers that are not missing.
  std::set<std::string> hosts_;
  int depth_ = 0;
  member at_ = member::other;
  bool in_workers_ = false;
  bool missing_ = false;
  /// A worker has no id.
  bool nameless_ = false;
  /// Of the worker that is being read.
  std::string host_;
};

} // namespace

std::optional<master_stats> read_stats(std::string_view stats) {
  if (stats.size() > stats_limit)
    return std::nullopt;
  handler found;
  rapidjson::MemoryStream stream(stats.data(), stats.size());
  rapidjson::Reader reader;
  reader.Parse<rapidjson::kParseIterativeFlag>(stream, found);
  return reader.HasParseError() ? std::nullopt : found.result();
}

} // namespace locust
