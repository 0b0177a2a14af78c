#include "tools/lib/bench/player/plan.hpp"

#include "protocol/json.hpp"

#include <algorithm>
#include <utility>

namespace locust::bench {

text_template::text_template(std::string_view text) {
  using mark = std::pair<std::string_view, what>;
  constexpr std::array<mark, 4> marks{{{"@NAME@", what::name},
                                       {"@NAMESPACE@", what::name_space},
                                       {"@UID@", what::uid},
                                       {"@POD@", what::pod}}};
  while (!text.empty()) {
    auto at = text.npos;
    mark next;
    for (const auto& m : marks) {
      if (auto found = text.find(m.first); found < at) {
        at = found;
        next = m;
      }
    }
    parts_.push_back({what::text, std::string(text.substr(0, at))});
    if (at == text.npos)
      return;
    parts_.push_back({next.second, {}});
    text.remove_prefix(at + next.first.size());
  }
}

std::string text_template::fill(std::string_view name,
                                std::string_view name_space,
                                std::string_view uid,
                                std::string_view pod) const {
  std::string filled;
  for (const auto& p : parts_) {
    switch (p.kind) {
    case what::text:
      filled += p.text;
      break;
    case what::name:
      filled += name;
      break;
    case what::name_space:
      filled += name_space;
      break;
    case what::uid:
      filled += uid;
      break;
    case what::pod:
      filled += pod;
      break;
    }
  }
  return filled;
}

namespace {

write_template write_at(const json::value& from) {
  return {text_template(json::text_at(from, {"path"})),
          text_template(json::text_at(from, {"body"}))};
}

size_t count_at(const json::value& from, std::string_view name,
                size_t otherwise) {
  auto found = json::int_at(from, {name});
  return found ? static_cast<size_t>(std::max<int64_t>(*found, 0)) : otherwise;
}

} // namespace

result<plan> read_plan(std::string_view text) {
  auto parsed = json::parse(text);
  if (!parsed)
    return fail(errc::malformed,
                "the plan is no JSON: " + parsed.error().message);
  const json::value& from = *parsed;
  plan made;
  made.command = json::text_at(from, {"command"});
  made.kubeconfig = json::text_at(from, {"kubeconfig"});
  made.name_space = json::text_at(from, {"namespace"});
  if (auto prefix = json::text_at(from, {"prefix"}); !prefix.empty())
    made.prefix = std::move(prefix);
  made.count = count_at(from, "count", 0);
  made.finished = count_at(from, "finished", 0);
  made.in_flight = count_at(from, "inFlight", made.in_flight);
  made.is_floor = json::bool_at(from, {"floor"}).value_or(false);
  made.patience = std::chrono::seconds(count_at(from, "patience", 300));
  made.test = text_template(json::text_at(from, {"test"}));
  made.has_pods = json::bool_at(from, {"pods"}).value_or(false);
  made.workers = count_at(from, "workers", 0);
  made.master_pod = text_template(json::text_at(from, {"masterPod"}));
  made.worker_pod = text_template(json::text_at(from, {"workerPod"}));
  if (const auto* children = json::find(from, {"children"});
      children != nullptr && children->IsArray())
    for (const auto& child : children->GetArray())
      made.children.push_back(write_at(child));
  if (const auto* addresses = json::find(from, {"addresses"});
      addresses != nullptr && addresses->IsArray())
    for (const auto& one : addresses->GetArray())
      made.addresses.emplace_back(one.IsString() ? one.GetString() : "");
  if (const auto* status = json::find(from, {"status"}))
    made.status = write_at(*status);
  return made;
}

} // namespace locust::bench
