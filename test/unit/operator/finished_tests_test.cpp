#include "actors/api_watcher/known_objects.hpp"
#include "actors/operator/counted_run.hpp"
#include "actors/operator/dispatcher.hpp"
#include "actors/status_writer/status_writer_actor.hpp"
#include "actors/supervisor/status_document.hpp"
#include "protocol/basics/fnv.hpp"
#include "test/unit/supervisor/stage.hpp"
#include "test/unit/supervisor/supervisor_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <malloc.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// The memory that finished LocustTests take in one replica: in the watchers, in
// the dispatcher, and in their supervisors. Prints figures with
// --log_level=message.

using namespace locust;

namespace {

using namespace std::chrono_literals;

/// A uid as Kubernetes makes them, which no compression shortens by much.
std::string uuid(uint64_t n) {
  fnv1a low;
  fnv1a high;
  low.add("low").add(std::to_string(n));
  high.add("high").add(std::to_string(n));
  auto digits = high.hex() + low.hex();
  return digits.substr(0, 8) + '-' + digits.substr(8, 4) + '-' +
         digits.substr(12, 4) + '-' + digits.substr(16, 4) + '-' +
         digits.substr(20);
}

/// The status of a run that has succeeded.
std::string finished_status() {
  auto s = testing::stage::started();
  s.samples(1).passes(6s).samples(3).stores();
  s.passes(60s).completes().stores();
  s.then_phase("Succeeded");
  auto figures = std::make_shared<const std::string>(
      R"({"users":30,"requestsPerSecond":"412.5","failureRatio":"0.0012"})");
  return render_status(s.core.state(), "", {figures});
}

void replace(std::string& text, const std::string& from,
             const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// One finished LocustTest and its objects, as the API server shows them.
class finished_test {
public:
  finished_test(uint64_t n, const std::string& status) : n_(n) {
    locust_test test;
    test.key = {"performance-tests", "checkout-" + std::to_string(n)};
    test.uid = uid(0);
    test.resource_version = version(9);
    test.generation = 1;
    test.spec = std::make_shared<const std::string>(
        testing::spec_text("registry.example/locust:2.43.3"));
    auto own = status;
    replace(own, "uid-service", uid(1));
    replace(own, "uid-master", uid(2));
    replace(own, "uid-worker", uid(3));
    test.status = std::make_shared<const std::string>(std::move(own));
    key_ = test.key;
    add(test);
    service_seen service;
    service.key = {key_.ns, child_name(key_.name, child_kind::master_service)};
    service.uid = uid(1);
    service.owner = owner();
    add(service);
    add_job(child_kind::master_job, 2, 1);
    add_job(child_kind::worker_job, 3, 3);
  }

  /// The objects of this kind.
  std::vector<std::shared_ptr<const seen_object>> of(watched_kind kind) const {
    switch (kind) {
    case watched_kind::locust_tests:
      return {all_[0]};
    case watched_kind::services:
      return {all_[1]};
    case watched_kind::jobs:
      return {all_[2], all_[4]};
    case watched_kind::pods:
      return {all_[3], all_[5], all_[6], all_[7]};
    default:
      return {};
    }
  }

private:
  std::string uid(uint64_t i) const {
    return uuid(100 * n_ + i);
  }

  std::string version(uint64_t i) const {
    return std::to_string(1'000'000 + 10 * n_ + i);
  }

  owner_reference owner() const {
    return {"locust.io/v2", "LocustTest", key_.name, uid(0)};
  }

  template <class Seen>
  void add(Seen seen) {
    if (seen.resource_version.empty())
      seen.resource_version = version(all_.size());
    all_.push_back(std::make_shared<const seen_object>(std::move(seen)));
  }

  void add_job(child_kind child, uint64_t number, uint64_t pods) {
    job_seen job;
    job.key = {key_.ns, child_name(key_.name, child)};
    job.uid = uid(number);
    job.owner = owner();
    job.verdict = job_verdict::complete;
    add(job);
    for (uint64_t i = 0; i < pods; ++i) {
      pod_seen pod;
      pod.key = {key_.ns, job.key.name + "-abcd" + std::to_string(i)};
      pod.uid = uid(10 * number + i);
      pod.owner = owner_reference{"batch/v1", "Job", job.key.name, job.uid};
      pod.role_name = job.key.name;
      pod.phase = pod_phase::succeeded;
      pod.containers.resize(1);
      pod.containers.front().name = job.key.name;
      pod.containers.front().exit_code = 0;
      add(pod);
    }
  }

  uint64_t n_;
  object_key key_;
  std::vector<std::shared_ptr<const seen_object>> all_;
};

using tests_of_replica = std::optional<dispatcher<supervisor_actor>>;

/// What the root does with a finished run.
operator_actor spawn_root(caf::actor_system& system, tests_of_replica& tests) {
  auto root = [](operator_actor::pointer self,
                 tests_of_replica* all) -> operator_actor::behavior_type {
    return {
        [](const watch_report&) {},
        [](const watch_trouble&) {},
        [](const leadership&) {},
        [self, all](const retire_run& what) {
          if (*all &&
              (*all)->retire(what.test, what.supervisor, what.heard,
                             std::make_shared<const counted_run>(
                                 *what.run, what.test, supervisor_metrics{})))
            self->send(what.supervisor, stop_request{});
        },
        [](const look_again&) {},
        [](const stop_request&) { return true; },
    };
  };
  return system.spawn(root, &tests);
}

/// Watchers, dispatcher and supervisors of one replica.
struct replica_fixture : test::supervisor_fixture {
  status_writer_actor real_writer =
      keep(spawn_status_writer(system, client, {}));
  std::shared_ptr<const supervisor_setup> shared;
  std::vector<watcher::known_objects> known;
  tests_of_replica all;
  /// Tests were finished before the start, and not while they were followed.
  bool finds_finished = false;

  void begin(bool leads) {
    auto made = std::make_shared<supervisor_setup>(*setup(leads));
    made->writer = real_writer;
    made->root = keep(spawn_root(system, all));
    shared = made;
    for (auto kind : all_watched_kinds)
      known.emplace_back(kind);
    all.emplace(
        std::vector<std::string>{},
        [this](std::shared_ptr<const locust_test> begins) {
          return spawn_supervisor(system, shared, std::move(begins));
        },
        [this](std::shared_ptr<const locust_test> test,
               const finished_run& run) {
          return spawn_supervisor(system, shared, std::move(test),
                                  run.stored_here);
        },
        [this](const locust_test& test) {
          return finds_finished ? finished_run_of(test, now) : nullptr;
        },
        [](const supervisor_actor& to, const observation& what) {
          caf::anon_send(to, what);
        });
  }

  ~replica_fixture() {
    all->for_each([](const supervisor_actor& one) {
      caf::anon_send_exit(one, caf::exit_reason::kill);
    });
    all.reset();
    run();
  }

  /// All lists, as at the start of the process.
  void list(uint64_t tests, const std::string& status) {
    for (auto& kind_known : known)
      kind_known.begin_list();
    for (auto kind : all_watched_kinds) {
      auto& objects = known[static_cast<size_t>(kind)];
      for (uint64_t n = 0; n < tests; ++n) {
        auto batch = std::make_shared<observations>();
        for (const auto& object : finished_test(n, status).of(kind))
          objects.listed_item(object, *batch);
        all->on_watch_report({kind, batch});
        if (n % 100 == 0)
          run();
      }
      all->on_watch_report({kind, std::make_shared<observations>(
                                      observations{listed{kind, "9000000"}})});
      run();
    }
  }
};

size_t bytes_in_use() {
  auto now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

size_t bytes_per_test(bool leads, bool at_start, uint64_t tests,
                      const std::string& status) {
  spdlog::set_level(spdlog::level::off);
  replica_fixture replica;
  replica.finds_finished = at_start;
  replica.now += std::chrono::hours(48);
  replica.begin(leads);
  auto before = bytes_in_use();
  replica.list(tests, status);
  return (bytes_in_use() - before) / tests;
}

} // namespace

BOOST_AUTO_TEST_SUITE(finished_tests)

BOOST_AUTO_TEST_CASE(a_finished_test_takes_a_few_kilobytes) {
  auto status = finished_status();
  for (auto [leads, at_start] :
       {std::pair{true, false}, std::pair{false, false},
        std::pair{true, true}}) {
    auto few = bytes_per_test(leads, at_start, 100, status);
    auto many = bytes_per_test(leads, at_start, 1000, status);
    BOOST_TEST_MESSAGE("bytes of a finished test, "
                       << (leads ? "leader" : "follower")
                       << (at_start ? " that finds it so: " : ": ") << few
                       << " of 100, " << many << " of 1000; its status has "
                       << status.size());
    // Twice of what it is; with a supervisor it would be 24,500.
    BOOST_TEST(many <= 8'200u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
