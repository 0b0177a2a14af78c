#include "test/simulation/crowd.hpp"

#include "actors/api_client/client_core.hpp"
#include "actors/operator/dispatcher.hpp"
#include "actors/resource_builder/create_outcome.hpp"
#include "actors/resource_builder/manifests.hpp"
#include "actors/run_queue/run_queue.hpp"
#include "actors/status_writer/write_plan.hpp"
#include "actors/supervisor/status_document.hpp"
#include "actors/supervisor/supervisor_core.hpp"
#include "protocol/kubernetes/object_path.hpp"
#include "test/simulation/crowd_cluster.hpp"
#include "test/simulation/world.hpp"

#include <algorithm>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace locust::simulation {

namespace {

const std::string server = "https://api";

/// Longer than all tests need; the simulated time that nobody uses is free.
constexpr auto long_enough = 24h;

double cpu_now_ms() {
  timespec spent{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) * 1e3 +
         static_cast<double>(spent.tv_nsec) / 1e6;
}

cluster_access access() {
  cluster_access made;
  made.server = server;
  return made;
}

supervisor_rules rules_of(const operator_settings& settings) {
  supervisor_rules made;
  made.settings = std::make_shared<const operator_settings>(settings);
  return made;
}

/// One leader, as its actors wire the cores together.
class crowd_operator {
public:
  crowd_operator(timeline& time, crowd_cluster& cluster)
      : time_(time), cluster_(cluster), rules_(rules_of(settings_)),
        client_(access(), {}),
        tests_(
            {}, [this](auto test) { return follow(std::move(test), false); },
            [this](auto test, const finished_run& run) {
              return follow(std::move(test), run.stored_here);
            },
            [this](const locust_test& test) {
              return finished_run_of(test, time_.now());
            },
            [this](const auto& to, const observation& what) {
              run(to, &supervisor_core::on_observation, what);
            }) {
    for (auto kind : all_watched_kinds)
      on_change(kind, listed{kind, "1"});
  }

  void on_change(watched_kind kind, const observation& what) {
    enter([&] {
      tests_.on_watch_report(
          {kind, std::make_shared<const observations>(observations{what})});
    });
  }

  double cpu_ms() const {
    return cpu_ms_;
  }

  size_t inputs() const {
    return inputs_;
  }

  /// The supervisors that have not retired.
  size_t supervisors() const {
    return by_uid_.size();
  }

private:
  struct member {
    supervisor_core core;
    timestamp created;
    bool follows = false;
    bool sampling = false;
    bool over = false;
  };

  using member_ptr = std::shared_ptr<member>;
  using on_answer = std::function<void(const api_response& response)>;

  struct creation {
    member_ptr by;
    effect::create_child order;
    std::optional<child_creation> core{};
    shared_text manifest{};
  };

  /// Everything that happens to the operator comes through here.
  template <class Function>
  void enter(Function f) {
    ++inputs_;
    auto begin = cpu_now_ms();
    f();
    cpu_ms_ += cpu_now_ms() - begin;
  }

  template <class Function>
  void later(duration delay, Function f) {
    time_.in(delay, [this, f] { enter(f); });
  }

  monotonic_time now() const {
    return monotonic_time(time_.now().time_since_epoch());
  }

  // -- supervisors
  // --------------------------------------------------------------

  member_ptr follow(std::shared_ptr<const locust_test> test, bool stored_here) {
    auto created = test->created;
    auto made = std::make_shared<member>(
        member{supervisor_core(rules_, std::move(test), stored_here), created});
    by_uid_[made->core.uid()] = made;
    run(made, &supervisor_core::start);
    return made;
  }

  template <class On, class... Input>
  void run(const member_ptr& m, On on, const Input&... input) {
    if (m->over)
      return;
    for (auto& each : (m->core.*on)(input..., time_.now()))
      std::visit([&](auto& what) { carry_out(m, what); }, each);
  }

  void carry_out(const member_ptr& m, effect::create_child& what) {
    auto id = ++last_creation_;
    creations_.emplace(id, creation{m, what});
    queue_.push({id, m->core.key(), m->core.uid(), m->created, what.begun});
    create_next();
  }

  void carry_out(const member_ptr& m, effect::save_status& what) {
    plan_.save({m->core.key(), m->core.uid(), what.resource_version,
                what.revision, what.urgent, what.document, what.end, what.base,
                what.other_conditions},
               now());
    write_due();
  }

  void carry_out(const member_ptr& m, effect::record_event& what) {
    api_request request;
    request.verb = http_verb::post;
    request.target = "/api/v1/namespaces/" + m->core.key().ns + "/events";
    request.body = std::make_shared<const std::string>(what.event.message);
    request.in = lane::event;
    send(std::move(request), [](const api_response&) {});
  }

  void carry_out(const member_ptr& m, effect::suspend_job& what) {
    send(what.request, [this, m](const api_response& answer) {
      run(m, &supervisor_core::on_job_suspended, answer);
    });
  }

  void carry_out(const member_ptr& m, effect::set_timer& what) {
    later(what.delay, [this, m, due = look_again{what.generation}] {
      run(m, &supervisor_core::on_timer, due);
    });
  }

  void carry_out(const member_ptr& m, effect::follow_master&) {
    m->follows = true;
    if (!std::exchange(m->sampling, true))
      later(2s, [this, m] { sample(m); });
  }

  void carry_out(const member_ptr& m, effect::unfollow_master&) {
    m->follows = false;
  }

  /// A message, which observations may overtake.
  void carry_out(const member_ptr& m, effect::retire& what) {
    later(1ms, [this, m, what] {
      const auto& core = m->core;
      if (m->over || !tests_.retire(core.key(), m, what.heard, what.run))
        return;
      m->over = true;
      plan_.forget(core.uid());
      by_uid_.erase(core.uid());
    });
  }

  void carry_out(const member_ptr&, effect::log_defect& what) {
    throw std::logic_error(what.words);
  }

  template <class Other>
  void carry_out(const member_ptr&, Other&) {
    // Logs, and what nobody asks for when no object is deleted.
  }

  void sample(const member_ptr& m) {
    m->sampling = m->follows;
    if (!m->sampling)
      return;
    run(m, &supervisor_core::on_load_sample,
        cluster_.ask_master(m->core.key()));
    later(5s, [this, m] { sample(m); });
  }

  // -- creations, as run_queue_actor and resource_builder_actor
  // -------------------

  void create_next() {
    while (auto id = queue_.next()) {
      auto& c = creations_.at(*id);
      const auto& key = c.by->core.key();
      auto name = child_name(key.name, c.order.child);
      c.core.emplace(c.order.child, name, c.by->core.uid());
      c.manifest = std::make_shared<const std::string>(
          build_child_manifest(c.order.child, key, c.by->core.uid(),
                               *c.order.spec, settings_)
              .value());
      api_request request;
      request.verb = http_verb::post;
      request.target = collection_path(resource_of(c.order.child), key.ns);
      request.body = c.manifest;
      request.in = lane::create;
      send(std::move(request),
           [this, n = *id](const api_response& answer) { created(n, answer); });
    }
  }

  void created(uint64_t id, const api_response& answer) {
    auto c = creations_.extract(id).mapped();
    auto step = c.core->after_post(answer);
    if (step.next != create_step::action::finish)
      throw std::logic_error(step.result.name + " was not created");
    queue_.finished(id);
    run(c.by, &supervisor_core::on_child_result, step.result);
    create_next();
  }

  // -- status writes, as status_writer_actor
  // --------------------------------------

  void write_due() {
    for (auto& step : plan_.due(now()))
      send(std::move(step.request),
           [this, uid = step.test_uid](const api_response& answer) {
             written(uid, answer);
           });
    auto next = plan_.wakes_at();
    if (!next || (alarm_ && *alarm_ <= *next && *alarm_ > now()))
      return;
    alarm_ = std::max(*next, now());
    later(std::chrono::ceil<duration>(*alarm_ - now()),
          [this] { write_due(); });
  }

  void written(const std::string& uid, const api_response& answer) {
    auto outcome = plan_.answered(uid, answer, now());
    if (!outcome.stored)
      throw std::logic_error("a status was not stored: " + outcome.trouble);
    run(by_uid_.at(uid), &supervisor_core::on_status_saved,
        status_saved{outcome.stored->revision,
                     outcome.stored->resource_version});
    write_due();
  }

  // -- requests, as api_client_actor
  // ----------------------------------------------

  void send(api_request request, on_answer done) {
    auto id = ++last_request_;
    requests_.emplace(id, std::move(done));
    follow(client_.submit(id, std::move(request), now()));
  }

  void follow(client_effects effects) {
    for (auto& each : effects)
      if (auto* start = std::get_if<start_transfer>(&each))
        transfer(start->order);
      else if (auto* answer = std::get_if<answer_request>(&each))
        requests_.extract(answer->id).mapped()(answer->response);
    auto due = client_.wakes_at(now());
    if (!due || std::exchange(timer_runs_, true))
      return;
    later(std::chrono::ceil<duration>(*due - now()), [this] {
      timer_runs_ = false;
      follow(client_.wake(now()));
    });
  }

  void transfer(const transfer_order& order) {
    api_request request;
    request.verb = order.verb;
    request.target = order.url.substr(server.size());
    request.body = order.body;
    cluster_.send(std::move(request),
                  [this, id = order.id](const api_response& answer) {
                    enter([&] { arrived(id, answer); });
                  });
  }

  void arrived(uint64_t id, const api_response& answer) {
    transfer_event event;
    event.id = id;
    event.status = answer.status;
    event.body = answer.body;
    std::vector<transfer_event> events{std::move(event)};
    follow(client_.transferred(std::move(events), now()));
  }

  timeline& time_;
  crowd_cluster& cluster_;
  operator_settings settings_;
  supervisor_rules rules_;
  run_queue queue_;
  write_plan plan_;
  client_core client_;
  dispatcher<member_ptr> tests_;
  std::unordered_map<std::string, member_ptr> by_uid_;
  std::unordered_map<uint64_t, creation> creations_;
  std::unordered_map<uint64_t, on_answer> requests_;
  std::optional<monotonic_time> alarm_;
  uint64_t last_creation_ = 0;
  uint64_t last_request_ = 0;
  bool timer_runs_ = false;
  double cpu_ms_ = 0;
  size_t inputs_ = 0;
};

double seconds_after_start(timestamp when) {
  return std::chrono::duration<double>(when - start_time).count();
}

} // namespace

crowd_cost run_crowd(size_t tests, uint64_t seed) {
  chance dice(seed);
  timeline time(start_time);
  crowd_cluster cluster(time, dice, tests);
  crowd_operator leader(time, cluster);
  cluster.on_change = [&](watched_kind kind, const observation& what) {
    leader.on_change(kind, what);
  };
  cluster.begin();
  while (time.step(start_time + long_enough)) {
    // nop
  }
  crowd_cost cost;
  cost.tests = tests;
  cost.cpu_ms = leader.cpu_ms();
  cost.inputs = leader.inputs();
  cost.creations = cluster.written().creations;
  cost.status_writes = cluster.written().status_writes;
  cost.events = cluster.written().events;
  cost.status_bytes = cluster.written().status_bytes;
  cost.problems = cluster.problems();
  if (leader.supervisors() > 0)
    cost.problems.push_back(std::to_string(leader.supervisors()) +
                            " supervisors have not retired");
  const auto& complete = cluster.complete_at();
  if (complete.size() != tests)
    cost.problems.push_back(std::to_string(tests - complete.size()) +
                            " tests never had all their children");
  if (!complete.empty()) {
    cost.half_after = seconds_after_start(complete[complete.size() / 2]);
    cost.all_after = seconds_after_start(complete.back());
  }
  return cost;
}

} // namespace locust::simulation
