#include "actors/api_watcher/reflector.hpp"
#include "protocol/json.hpp"
#include "test/fuzz/fuzz.hpp"

#include <map>

// Turns the bytes of a watch into observations. The first byte of an input is
// the kind (`0` to `5`, in the order of watched_kind), the rest is the stream.

using namespace locust;
using namespace locust::watcher;

namespace {

constexpr monotonic_time now{};

// -- comparison ---------------------------------------------------------------

bool same_text(const shared_text& a, const shared_text& b) {
  return a && b ? *a == *b : a == b;
}

bool same(const locust_test& a, const locust_test& b) {
  return a.key == b.key && a.uid == b.uid &&
         a.resource_version == b.resource_version &&
         a.generation == b.generation && a.created == b.created &&
         a.deleting == b.deleting && a.finalizers == b.finalizers &&
         same_text(a.spec, b.spec) && same_text(a.status, b.status);
}

template <class T>
bool same(const T& a, const T& b) {
  return a == b;
}

bool same(const shared_object& a, const shared_object& b) {
  if (!a || !b)
    return a == b;
  return std::visit(
      [](const auto& x, const auto& y) {
        if constexpr (std::is_same_v<decltype(x), decltype(y)>)
          return same(x, y);
        return false;
      },
      *a, *b);
}

// -- one line -----------------------------------------------------------------

struct same_event {
  bool operator()(const object_changed& a, const object_changed& b) const {
    return same(a.object, b.object);
  }

  bool operator()(const object_removed& a, const object_removed& b) const {
    return same(a.object, b.object);
  }

  bool operator()(const bookmark& a, const bookmark& b) const {
    return a.resource_version == b.resource_version;
  }

  bool operator()(const stream_error& a, const stream_error& b) const {
    return a.status == b.status;
  }

  bool operator()(const invalid_event& a, const invalid_event& b) const {
    return a.resource_version == b.resource_version && a.what == b.what;
  }

  template <class A, class B>
  bool operator()(const A&, const B&) const {
    return false;
  }
};

void try_line(watched_kind kind, std::string_view line) {
  auto event = project_event(kind, line);
  if (!event) {
    fuzz::check_sentence(event.error().message, "");
    return;
  }
  if (const auto* refused = std::get_if<stream_error>(&*event))
    fuzz::check(refused->status.code >= 100 && refused->status.code <= 599,
                "an ERROR event has a status code");
  auto whole = json::parse(line);
  if (!whole)
    return; // a number out of range, in a member that is skipped
  auto again = project_event(kind, json::dump(*whole));
  fuzz::check(again && std::visit(same_event{}, *event, *again),
              "the formatting of the JSON has no effect");
}

// -- the whole stream ---------------------------------------------------------

/// A reflector with an open watch, and its reports.
class watch {
public:
  explicit watch(watched_kind kind) : core_({kind}, 1) {
    core_.start();
    auto empty = std::make_shared<const std::string>(
        R"({"kind":"List","metadata":{"resourceVersion":"1"},"items":[]})");
    core_.on_list_answer({200, empty, {}, {}}, now);
    core_.on_opened(stream, now);
  }

  /// Feeds the stream in chunks of at most `size` bytes.
  void take(std::string_view bytes, size_t size) {
    for (size_t at = 0; at < bytes.size(); at += size)
      for (auto& effect : core_.on_bytes(stream, bytes.substr(at, size), now))
        if (auto* news = std::get_if<report_observations>(&effect))
          told_.insert(told_.end(), news->batch.begin(), news->batch.end());
  }

  bool same_as(const watch& other) const {
    return core_.state().index() == other.core_.state().index() &&
           core_.resource_version() == other.core_.resource_version() &&
           std::equal(told_.begin(), told_.end(), other.told_.begin(),
                      other.told_.end(), same_news);
  }

  /// Each object is present before it is gone, and gone only once.
  void check_order() const {
    std::map<object_key, std::string> there;
    for (const auto& news : told_) {
      if (const auto* came = std::get_if<present>(&news)) {
        const auto& uid = uid_of(*came->object);
        auto known = there.emplace(key_of(*came->object), uid).first;
        fuzz::check(known->second == uid,
                    "another object with the same name "
                    "follows only after the first is gone");
      } else if (const auto* went = std::get_if<gone>(&news)) {
        auto known = there.find(went->key);
        fuzz::check(known != there.end() && known->second == went->uid,
                    "an object that is gone was present");
        there.erase(known);
      }
    }
    fuzz::check(there.size() == core_.known(), "reported objects are known");
  }

private:
  /// Id of the only stream.
  static constexpr uint64_t stream = 1;

  static bool same_news(const observation& a, const observation& b) {
    if (const auto* came = std::get_if<present>(&a)) {
      const auto* other = std::get_if<present>(&b);
      return other != nullptr && same(came->object, other->object);
    }
    const auto& went = std::get<gone>(a);
    const auto* other = std::get_if<gone>(&b);
    return other != nullptr && went.key == other->key &&
           went.uid == other->uid && same(went.last, other->last);
  }

  reflector core_;
  observations told_;
};

} // namespace

void fuzz::try_input(std::string_view input) {
  if (input.empty())
    return;
  auto digit = static_cast<unsigned char>(input.front() - '0');
  auto kind = static_cast<watched_kind>(digit % watched_kind_count);
  auto stream = input.substr(1);
  line_splitter lines;
  lines.feed(stream);
  while (auto line = lines.next())
    try_line(kind, *line);
  watch whole(kind);
  whole.take(stream, stream.size());
  whole.check_order();
  for (size_t size : {1U, 3U, 100U}) {
    watch split(kind);
    split.take(stream, size);
    fuzz::check(split.same_as(whole), "the size of chunks has no effect");
  }
}
