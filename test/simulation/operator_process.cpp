#include "test/simulation/operator_process.hpp"

#include "test/simulation/api_status.hpp"
#include "test/simulation/totals.hpp"

#include <utility>

namespace locust::simulation {

namespace {

/// What a Locust might say that has a defect, or is another program.
void twist(load_sample& sample, chance& dice) {
  sample.workers = dice.between(0, 1'000'000);
  sample.pods = dice.between(0, 50);
  constexpr master_state states[] = {master_state::unknown, master_state::ready,
                                     master_state::load, master_state::stopped};
  sample.state = states[dice.between(0, 3)];
  auto users = static_cast<int64_t>(dice.next() >> 1);
  sample.figures = std::make_shared<const std::string>(
      R"({"users":)" + std::to_string(users) + '}');
  measured_load measured;
  measured.now.users = users;
  measured.now.requests_per_second = 1e300;
  measured.totals.requests = static_cast<int64_t>(dice.next() >> 1);
  measured.totals.failures = static_cast<int64_t>(dice.next() >> 1);
  sample.measured = std::make_shared<const measured_load>(measured);
}

} // namespace

operator_process::operator_process(const operator_setting& setting,
                                   const machine_clock& machine, network& net,
                                   size_t number, std::string name)
    : setting_(setting), net_(net), number_(number), name_(std::move(name)),
      life_(setting.time, machine),
      client_(life_, net,
              setting.rules.elects ? write_rule::by_permit : write_rule::free),
      lease_client_(life_, net, write_rule::free), writer_(life_, client_),
      builder_(client_, setting.settings), keeper_(life_, client_),
      recorder_(life_, client_), rules_(setting.rules),
      tests_(
          {}, [this](auto test) { return follow(std::move(test), false); },
          [this](auto test, const finished_run& run) {
            log("follows the test again");
            return follow(std::move(test), run.stored_here);
          },
          [this](const locust_test& test) {
            auto run = rules_.journals
                           ? nullptr
                           : finished_run_of(test, life_.clock.wall());
            if (run)
              log("finds a finished test");
            return run;
          },
          [](const auto& test, const observation& what) {
            test->on_observation(what);
          }) {
  leads_ = !rules_.elects;
  client_.on_write = [this] {
    checks().on_write(number_, name_);
  };
  client_.on_impatience = [this] {
    checks().on_impatience(name_);
  };
  recorder_.on_given_up = [this] {
    checks().lost_events = true;
  };
  keeper_.ask_master = [this] {
    return ask_for_file();
  };
  writer_.on_outcome = [this](const write_outcome& outcome) {
    if (!outcome.trouble.empty())
      log(outcome.trouble);
    test_->on_outcome(outcome);
  };
  writer_.on_document_wanted = [this] {
    if (test_)
      test_->on_document_wanted();
  };
  if (!rules_.elects)
    return;
  elector_.emplace(life_, lease_client_, client_, name_, setting.dice.next());
  elector_->on_won = [this] {
    lead();
  };
  elector_->on_lost = [this](const std::string& why) {
    on_end(why);
  };
}

std::shared_ptr<supervised_test>
operator_process::follow(std::shared_ptr<const locust_test> test,
                         bool stored_here) {
  if (test_)
    past_.push_back(test_);
  test_ =
      std::make_shared<supervised_test>(*this, std::move(test), stored_here);
  test_->start();
  return test_;
}

void operator_process::retire(const supervised_test& test, uint64_t heard,
                              std::shared_ptr<const finished_run> run) {
  if (stopping_ || &test != test_.get() ||
      !tests_.retire(test.core().key(), test_, heard, std::move(run)))
    return;
  log("retires the test");
  writer_.forget(test.core().uid());
  test_->stop();
}

void operator_process::start() {
  if (elector_)
    elector_->start();
}

void operator_process::on_observation(watched_kind kind,
                                      const observation& what) {
  if (stopping_)
    return;
  log(what);
  tests_.on_watch_report(
      {kind, std::make_shared<const observations>(observations{what})});
}

void operator_process::lead() {
  log("leads");
  checks().on_lead();
  leads_ = rules_.leads = true;
  if (stopping_)
    return;
  tests_.for_each([](const auto& test) { test->on_leadership(); });
  tests_.revive_since(life_.clock.wall() - lifecycle::announce_again_within);
}

void operator_process::rest() {
  if (elector_)
    elector_->rest();
}

std::optional<load_sample> operator_process::ask_master() {
  if (net_.down)
    return std::nullopt;
  load_sample sample{false, 0, life_.clock.wall()};
  if (setting_.dice.percent(net_.lost))
    return sample;
  const auto& objects = setting_.objects;
  sample.listens = objects.master_up();
  sample.reachable = sample.listens && !objects.plan().headless;
  if (!sample.reachable) {
    sample.refused = true;
    return sample;
  }
  sample.workers = objects.workers_up();
  sample.pods = sample.workers;
  sample.state = !objects.load_was_made()     ? master_state::ready
                 : objects.load_has_stopped() ? master_state::stopped
                                              : master_state::load;
  sample.figures = std::make_shared<const std::string>(
      R"({"users":)" + std::to_string(setting_.dice.next() % 3) + '}');
  measured_load measured;
  measured.totals.requests =
      sample.state == master_state::stopped
          ? all_requests(objects.masters().back().uid)
          : sample.at.time_since_epoch().count() % fewest_requests;
  sample.measured = std::make_shared<const measured_load>(measured);
  if (objects.plan().master_lies && setting_.dice.percent(50))
    twist(sample, setting_.dice);
  return sample;
}

api_response operator_process::ask_for_file() {
  if (net_.down || setting_.dice.percent(net_.lost))
    return no_answer("no answer");
  auto answer = answered(200, "a,b");
  if (setting_.objects.master_up())
    return answer;
  answer = no_answer("connection refused");
  answer.refused = true;
  return answer;
}

// -- the orderly end ----------------------------------------------------------

void operator_process::stop() {
  if (stopping_)
    return;
  log("stops");
  stopping_ = true;
  if (test_)
    test_->stop();
  writer_.stop([this] { release(); });
}

/// Nothing is written any more: another replica may.
void operator_process::release() {
  client_.stop();
  if (elector_)
    elector_->stop([this] { on_end("it was stopped"); });
  else
    on_end("it was stopped");
}

} // namespace locust::simulation
