#include "test/unit/api_watcher/lossy_server.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <set>

// Random runs against a server and a network with all permitted failures.
// LOCUST_SEED=N repeats only the run of seed N.

using namespace locust;
using namespace locust::test;
using namespace locust::watcher;
using namespace std::chrono_literals;

namespace {

constexpr uint64_t runs = 3000;
constexpr int steps = 120;
/// More than any run needs to converge once nothing fails.
constexpr int settling_steps = 500;

/// The objects according to the reports. Its complaints are violated
/// invariants.
class listener {
public:
  void hear(const observations& batch) {
    for (const auto& what : batch)
      std::visit([this](const auto& x) { hear(x); }, what);
  }

  std::vector<std::string> complaints;
  lossy_server::table there;

private:
  void hear(const present& what) {
    const auto& name = key_of(*what.object).name;
    const auto& uid = uid_of(*what.object);
    auto version = std::stoull(resource_version_of(*what.object));
    if (buried_.contains(uid))
      complaints.push_back(uid + " came back");
    auto& known = there[name];
    if (!known.uid.empty() && known.uid != uid)
      complaints.push_back(known.uid + " was replaced before it was gone");
    if (known.version >= version)
      complaints.push_back(name + " did not get newer");
    known = {uid, version};
  }

  void hear(const gone& what) {
    if (!buried_.insert(what.uid).second)
      complaints.push_back(what.uid + " was gone twice");
    auto at = there.find(what.key.name);
    if (at == there.end() || at->second.uid != what.uid)
      complaints.push_back(what.uid + " was gone but never there");
    else
      there.erase(at);
  }

  void hear(const listed& what) {
    auto version = std::stoull(what.resource_version);
    if (version < listed_)
      complaints.push_back("a list went back");
    listed_ = version;
  }

  std::set<std::string> buried_;
  uint64_t listed_ = 0;
};

/// Network and clock between a reflector and the server.
class world {
public:
  explicit world(uint64_t seed)
      : server(seed), core_({watched_kind::jobs}, seed) {
    carry_out(core_.start());
  }

  /// Runs one random step.
  void step(bool changes) {
    if (changes && server.once_in(2))
      server.change_something();
    if (changes && server.once_in(15))
      server.compact();
    now_ += 100ms;
    if (list_) {
      auto path = *std::exchange(list_, std::nullopt);
      carry_out(core_.on_list_answer(server.list(path), now_));
    } else if (stream_) {
      move_stream(changes);
    } else if (timer_) {
      auto timer = *std::exchange(timer_, std::nullopt);
      now_ += timer.delay;
      carry_out(core_.on_timer(timer.generation));
    } else {
      heard.complaints.push_back("nothing is under way");
    }
    check_version();
  }

  /// Whether the watch is open and has delivered everything.
  bool settled() const {
    if (!std::holds_alternative<watching>(core_.state()))
      return false;
    if (heard.there.size() != server.truth().size())
      return false;
    for (const auto& [name, object] : server.truth()) {
      auto at = heard.there.find(name);
      if (at == heard.there.end() || at->second.uid != object.uid ||
          at->second.version != object.version)
        return false;
    }
    return core_.known() == server.truth().size();
  }

  lossy_server server;
  listener heard;

private:
  struct stream {
    uint64_t id;
    std::string path;
    bool open = false;
  };

  void move_stream(bool faulty) {
    auto id = stream_->id;
    if (!stream_->open) {
      if (auto refusal = server.open(stream_->path)) {
        stream_.reset();
        carry_out(core_.on_closed(id, *refusal, now_));
        return;
      }
      stream_->open = true;
      carry_out(core_.on_opened(id, now_));
      return;
    }
    if (faulty && server.once_in(6)) {
      stream_.reset();
      carry_out(core_.on_closed(id, server.end(), now_));
      return;
    }
    carry_out(core_.on_bytes(id, server.next_bytes(), now_));
  }

  void carry_out(const reflector_effects& effects) {
    for (const auto& effect : effects)
      std::visit([this](const auto& what) { carry_out(what); }, effect);
  }

  void carry_out(const fetch_page& what) {
    if (list_ || stream_)
      heard.complaints.push_back("a list while something else is under way");
    list_ = what.path;
  }

  void carry_out(const start_stream& what) {
    if (list_ || stream_)
      heard.complaints.push_back("a watch while something else is under way");
    stream_ = stream{what.id, what.path};
  }

  void carry_out(const stop_stream& what) {
    if (!stream_ || stream_->id != what.id)
      heard.complaints.push_back("stopped a stream that does not exist");
    stream_.reset();
  }

  void carry_out(const start_timer& what) {
    if (list_ || stream_)
      heard.complaints.push_back("a timer while something else is under way");
    timer_ = what;
  }

  void carry_out(const report_observations& what) {
    heard.hear(what.batch);
  }

  void carry_out(const report_trouble&) {
    // nop
  }

  void carry_out(const log_line&) {
    // nop
  }

  void check_version() {
    const auto& text = core_.resource_version();
    auto version = text.empty() ? 0 : std::stoull(text);
    if (version < version_)
      heard.complaints.push_back("the version went back");
    version_ = version;
  }

  reflector core_;
  monotonic_time now_{1h};
  std::optional<std::string> list_;
  std::optional<stream> stream_;
  std::optional<start_timer> timer_;
  uint64_t version_ = 0;
};

/// Returns the violations in the run of this seed; empty if there are none.
std::vector<std::string> run(uint64_t seed) {
  world w(seed);
  for (int i = 0; i < steps; ++i)
    w.step(true);
  w.server.heal();
  auto left = settling_steps;
  while (!w.settled() && left-- > 0)
    w.step(false);
  auto result = w.heard.complaints;
  if (left <= 0)
    result.push_back("it never settled");
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reflector_in_chaos)

BOOST_AUTO_TEST_CASE(reports_converge_to_the_objects_of_the_server) {
  uint64_t first = 1;
  uint64_t last = runs;
  if (const auto* seed = std::getenv("LOCUST_SEED"))
    first = last = std::stoull(seed);
  for (auto seed = first; seed <= last; ++seed) {
    auto complaints = run(seed);
    for (const auto& complaint : complaints)
      BOOST_TEST(false, "LOCUST_SEED=" << seed << ": " << complaint);
    // One failed run is enough.
    if (!complaints.empty())
      break;
  }
  BOOST_TEST_MESSAGE("seeds " << first << " to " << last);
}

BOOST_AUTO_TEST_SUITE_END()
