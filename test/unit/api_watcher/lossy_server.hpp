#pragma once

#include "test/unit/api_watcher/reflector_player.hpp"

#include <deque>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

// An in-memory API server for one kind of objects. It compacts its history, its
// replicas lag, and the network loses, truncates and repeats data. All choices
// derive from one seed.

namespace locust::test {

class lossy_server {
public:
  struct record {
    std::string uid;
    uint64_t version = 0;
  };

  using table = std::map<std::string, record>;

  explicit lossy_server(uint64_t seed) : random_(seed) {
    for (int i = 0; i < 4; ++i)
      change_something();
  }

  /// From now on nothing fails.
  void heal() {
    faulty_ = false;
  }

  const table& truth() const {
    return now_;
  }

  bool once_in(unsigned n) {
    return random_() % n == 0;
  }

  // -- its objects ------------------------------------------------------------

  /// Creates, updates, deletes or replaces an object.
  void change_something() {
    auto name = "job-" + std::to_string(random_() % 8);
    auto at = now_.find(name);
    if (at == now_.end()) {
      auto uid = "uid-" + std::to_string(++uids_);
      commit("ADDED", name, uid);
    } else if (once_in(3)) {
      commit("DELETED", name, at->second.uid);
    } else {
      commit("MODIFIED", name, at->second.uid);
    }
  }

  /// Compacts the history up to a random version.
  void compact() {
    compacted_ += random_() % (version_ - compacted_ + 1);
    while (!history_.empty() && history_.front().version <= compacted_)
      history_.pop_front();
  }

  /// How far the replica that answers next lags behind.
  uint64_t replica() {
    return faulty_ && once_in(4) ? version_ - random_() % 3 : version_;
  }

  // -- lists ------------------------------------------------------------------

  api_response list(const std::string& path) {
    if (faulty_ && once_in(5))
      return fault();
    auto token = player::parameter(path, "continue");
    auto bound = number(player::parameter(path, "resourceVersion"));
    auto as_of = token.empty() ? version_ : number(token);
    auto first = std::string{};
    if (!token.empty())
      first = token.substr(token.find('.') + 1);
    if (bound > 0) {
      as_of = replica();
      if (as_of < bound)
        return answer(504, too_large_body());
      if (faulty_ && once_in(4))
        return answer(410, status_body(410, "Expired"));
    }
    if (!token.empty() && as_of < compacted_)
      return answer(410, status_body(410, "Expired"));
    auto paged = !player::parameter(path, "limit").empty();
    auto body = page(as_of, first, paged);
    if (faulty_ && once_in(8))
      body.resize(random_() % body.size());
    return answer(200, body);
  }

  // -- watches ----------------------------------------------------------------

  /// Opens a watch; returns a refusal, or nothing when it was accepted.
  std::optional<api_response> open(const std::string& path) {
    pending_.clear();
    sent_ = number(player::parameter(path, "resourceVersion"));
    if (faulty_ && once_in(4))
      return fault();
    if (replica() < sent_)
      return answer(504, too_large_body());
    if (sent_ < compacted_ && once_in(2))
      return answer(410, status_body(410, "Gone"));
    return std::nullopt;
  }

  /// The next bytes of the open watch: any number of lines, split anywhere.
  std::string next_bytes() {
    if (sent_ >= compacted_)
      write_events();
    else if (pending_.empty())
      pending_ = event("ERROR", status_body(410, "Expired"));
    auto size = faulty_ ? random_() % (pending_.size() + 1) : pending_.size();
    auto result = pending_.substr(0, size);
    pending_.erase(0, size);
    return result;
  }

  /// How the open watch ends.
  api_response end() {
    pending_.clear();
    api_response result = answer(200, {});
    if (once_in(2))
      result.failure = "connection reset by peer";
    return result;
  }

private:
  struct change {
    uint64_t version;
    const char* type;
    std::string name;
    std::string uid;
  };

  static uint64_t number(const std::string& text) {
    return text.empty() ? 0 : std::stoull(text);
  }

  static api_response answer(int status, std::string body) {
    return player::response(status, std::move(body), {}, {});
  }

  api_response fault() {
    constexpr int statuses[] = {0, 401, 403, 404, 429, 500, 503};
    auto status = statuses[random_() % std::size(statuses)];
    auto result = answer(status, status_body(status, "Whatever"));
    if (status == 0)
      result.failure = "connection refused";
    return result;
  }

  void commit(const char* type, const std::string& name,
              const std::string& uid) {
    history_.push_back({++version_, type, name, uid});
    snapshots_[version_ - 1] = now_;
    if (std::string_view(type) == "DELETED")
      now_.erase(name);
    else
      now_[name] = {uid, version_};
  }

  const table& at(uint64_t version) const {
    return version >= version_ ? now_ : snapshots_.at(version);
  }

  /// Pages of two objects; the token says as of when and where to go on.
  std::string page(uint64_t as_of, const std::string& first, bool paged) {
    constexpr size_t limit = 2;
    std::vector<std::string> items;
    std::string next;
    const auto& objects = at(as_of);
    for (auto i = objects.lower_bound(first); i != objects.end(); ++i) {
      if (paged && items.size() == limit) {
        next = std::to_string(as_of) + "." + i->first;
        break;
      }
      items.push_back(
          job(i->first, std::to_string(i->second.version), i->second.uid));
    }
    return list_of(items, std::to_string(as_of), next);
  }

  /// Everything new, with repetitions, bookmarks and errors in between.
  void write_events() {
    for (const auto& what : history_) {
      if (what.version <= sent_)
        continue;
      if (faulty_ && once_in(10))
        repeat_one();
      pending_ += line_of(what);
      sent_ = what.version;
      if (once_in(4))
        pending_ += bookmark_at(std::to_string(sent_));
      if (faulty_ && once_in(25))
        pending_ += event("ERROR", status_body(500, "InternalError"));
      if (faulty_ && once_in(25))
        pending_ += "garbage\n";
      if (faulty_ && once_in(25))
        pending_ += event("ERROR", status_body(410, "Expired"));
    }
  }

  void repeat_one() {
    const auto& what = history_[random_() % history_.size()];
    if (what.version <= sent_)
      pending_ += line_of(what);
  }

  static std::string line_of(const change& what) {
    return event(what.type,
                 job(what.name, std::to_string(what.version), what.uid));
  }

  std::mt19937_64 random_;
  bool faulty_ = true;
  uint64_t version_ = 10;
  uint64_t compacted_ = 10;
  uint64_t uids_ = 0;
  table now_;
  /// The objects before each change, by version.
  std::map<uint64_t, table> snapshots_;
  std::deque<change> history_;
  /// The version that the open watch has reached, and its bytes in flight.
  uint64_t sent_ = 0;
  std::string pending_;
};

} // namespace locust::test
