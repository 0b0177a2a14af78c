#include "tools/lib/bench/player/roles.hpp"

#include <array>
#include <ctime>

namespace locust::bench {

namespace {

using json::wanted;

constexpr std::array<wanted, 2> condition_members{wanted{"type"},
                                                  wanted{"status"}};
constexpr std::array<wanted, 2> status_members{
    wanted{"phase"}, wanted{"conditions", condition_members}};
constexpr std::array<wanted, 3> metadata_members{wanted{"name"}, wanted{"uid"},
                                                 wanted{"resourceVersion"}};
constexpr std::array<wanted, 2> test_members{
    wanted{"metadata", metadata_members}, wanted{"status", status_members}};

constexpr std::array<wanted, 2> owner_members{wanted{"kind"}, wanted{"name"}};
constexpr std::array<wanted, 4> job_metadata_members{
    wanted{"uid"}, wanted{"name"}, wanted{"resourceVersion"},
    wanted{"ownerReferences", owner_members}};
constexpr std::array<wanted, 1> job_spec_members{wanted{"parallelism"}};
constexpr std::array<wanted, 2> job_members{
    wanted{"metadata", job_metadata_members}, wanted{"spec", job_spec_members}};

constexpr std::array<wanted, 1> uid_members{wanted{"uid"}};
constexpr std::array<wanted, 1> created_members{
    wanted{"metadata", uid_members}};

std::string tests_of(const plan& from) {
  return "/apis/locust.io/v2/namespaces/" + from.name_space + "/locusttests";
}

std::string jobs_of(const plan& from) {
  return "/apis/batch/v1/namespaces/" + from.name_space + "/jobs";
}

std::string uid_in(const std::string& body) {
  json::document::AllocatorType memory;
  auto parsed = json::parse_pruned(body, created_members, memory);
  return parsed ? json::text_at(*parsed, {"metadata", "uid"}) : "";
}

bool is_ready(const json::value& test) {
  const auto* conditions = json::find(test, {"status", "conditions"});
  if (conditions == nullptr || !conditions->IsArray())
    return false;
  for (const auto& one : conditions->GetArray())
    if (json::string_at(one, {"type"}) == "Ready")
      return json::string_at(one, {"status"}) == "True";
  return false;
}

std::string utc_now() {
  auto now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  auto size = std::strftime(text.data(), text.size(), "%FT%TZ", &parts);
  return {text.data(), size};
}

} // namespace

test_list::test_list(const plan& from) : times(from.count) {
  for (size_t i = 0; i < from.count; ++i) {
    names.push_back(from.prefix + std::to_string(i));
    index_.emplace(names.back(), i);
  }
}

test_times* test_list::find(std::string_view name) {
  auto at = index_.find(std::string(name));
  return at == index_.end() ? nullptr : &times[at->second];
}

// -- users --------------------------------------------------------------------

users::users(client& by, reactor& loop, const plan& from, test_list& tests,
             on_created created)
    : by_(by), loop_(loop), plan_(from), tests_(tests),
      created_(std::move(created)) {
  // nop
}

void users::create_all() {
  for (size_t i = 0; i < tests_.names.size(); ++i)
    create(i);
}

void users::create(size_t index) {
  tests_.times[index].asked = loop_.now();
  by_.send(http_verb::post, tests_of(plan_),
           plan_.test.fill(tests_.names[index], plan_.name_space, ""),
           [this, index](const std::string& body) {
             tests_.times[index].created = loop_.now();
             tests_.times[index].uid = uid_in(body);
             ++done_;
             if (created_)
               created_(index);
           });
}

// -- Job controller -----------------------------------------------------------

job_controller::job_controller(client& by, reactor& loop, const plan& from,
                               test_list& tests, on_job seen)
    : by_(by), loop_(loop), tests_(tests), on_job_(std::move(seen)),
      collection_(jobs_of(from)),
      jobs_(by, collection_, job_members,
            [this](std::string_view type, const json::value& job) {
              take(type, job);
            }) {
  // nop
}

void job_controller::take(std::string_view type, const json::value& job) {
  auto name = json::text_at(job, {"metadata", "name"});
  if (type == "DELETED" ||
      !seen_.emplace(name, json::text_at(job, {"metadata", "uid"})).second)
    return;
  auto pods = json::int_at(job, {"spec", "parallelism"}).value_or(1);
  by_.send(http_verb::merge_patch, collection_ + '/' + name + "/status",
           R"({"status":{"startTime":")" + utc_now() + R"(","active":)" +
               std::to_string(pods) + R"(,"ready":0}})",
           [this, name](const std::string&) {
             started_.insert(name);
             if (ending_workers_.erase(name) > 0)
               complete(name, [] {});
           });
  const auto* owners = json::find(job, {"metadata", "ownerReferences"});
  if (owners == nullptr || !owners->IsArray() || owners->Empty())
    return;
  auto owner = json::text_at((*owners)[0], {"name"});
  auto* test = tests_.find(owner);
  if (test == nullptr)
    return;
  ++test->jobs;
  test->last_job = loop_.now();
  if (on_job_)
    on_job_(owner, name, static_cast<size_t>(pods));
}

void job_controller::complete(size_t index) {
  tests_.times[index].completing = loop_.now();
  complete(tests_.names[index] + "-master",
           [this, index] { tests_.times[index].completed = loop_.now(); });
}

void job_controller::complete_workers(size_t index) {
  auto job = tests_.names[index] + "-worker";
  if (started_.count(job) > 0)
    complete(job, [] {});
  else
    ending_workers_.insert(job);
}

void job_controller::complete(const std::string& job,
                              std::function<void()> done) {
  auto now = utc_now();
  auto condition = [&now](std::string_view type) {
    return R"({"type":")" + std::string(type) +
           R"(","status":"True","lastProbeTime":")" + now +
           R"(","lastTransitionTime":")" + now + R"("})";
  };
  by_.send(http_verb::merge_patch, collection_ + '/' + job + "/status",
           R"({"status":{"active":0,"ready":0,"terminating":0,"succeeded":1,)"
           R"("uncountedTerminatedPods":{},"completionTime":")" +
               now + R"(","conditions":[)" + condition("SuccessCriteriaMet") +
               ',' + condition("Complete") + "]}}",
           [done = std::move(done)](const std::string&) { done(); });
}

void job_controller::set_ready(const std::string& job, size_t pods) {
  by_.send(http_verb::merge_patch, collection_ + '/' + job + "/status",
           R"({"status":{"active":)" + std::to_string(pods) + R"(,"ready":)" +
               std::to_string(pods) + "}}",
           [](const std::string&) {});
}

std::string job_controller::uid_of(const std::string& job) const {
  auto at = seen_.find(job);
  return at == seen_.end() ? std::string() : at->second;
}

// -- whoever watches ----------------------------------------------------------

readiness::readiness(client& by, reactor& loop, const plan& from,
                     test_list& tests)
    : loop_(loop), tests_(tests),
      watched_(
          by, tests_of(from), test_members,
          [this](std::string_view, const json::value& test) { take(test); }) {
  // nop
}

void readiness::take(const json::value& test) {
  auto* times = tests_.find(json::text_at(test, {"metadata", "name"}));
  if (times == nullptr)
    return;
  if (!times->ready && is_ready(test)) {
    times->ready = loop_.now();
    ++ready_;
  }
  auto phase = json::string_at(test, {"status", "phase"}).value_or("");
  if (!times->running && phase == "Running") {
    times->running = loop_.now();
    ++running_;
  }
  if (!times->ended && (phase == "Succeeded" || phase == "Failed")) {
    times->ended = loop_.now();
    ++ended_;
  }
}

// -- the floor ----------------------------------------------------------------

bare_client::bare_client(client& by, reactor& loop, const plan& from,
                         test_list& tests)
    : by_(by), loop_(loop), plan_(from), tests_(tests) {
  // nop
}

void bare_client::begin(size_t index) {
  waiting_.push_back(index);
  fill();
}

void bare_client::fill() {
  while (begun_ < plan_.in_flight && !waiting_.empty()) {
    auto next = waiting_.front();
    waiting_.pop_front();
    ++begun_;
    tests_.times[next].begun = loop_.now();
    step(next, 0);
  }
}

void bare_client::begin_at_once(size_t index) {
  tests_.times[index].begun = loop_.now();
  for (size_t child = 0; child < plan_.children.size(); ++child)
    write(index, child, [](const std::string&) {});
}

void bare_client::step(size_t index, size_t child) {
  write(index, child, [this, index, child](const std::string&) {
    if (child < plan_.children.size())
      return step(index, child + 1);
    --begun_;
    fill();
  });
}

void bare_client::write(size_t index, size_t child, client::on_answer done) {
  const auto& name = tests_.names[index];
  const auto& uid = tests_.times[index].uid;
  auto is_status = child == plan_.children.size();
  const auto& what = is_status ? plan_.status : plan_.children[child];
  by_.send(is_status ? http_verb::merge_patch : http_verb::post,
           what.path.fill(name, plan_.name_space, uid),
           what.body.fill(name, plan_.name_space, uid), std::move(done));
}

} // namespace locust::bench
