#include "test/simulation/operator_process.hpp"

#include "protocol/json.hpp"

namespace locust::simulation {

namespace {

std::string without_history(const std::string& status) {
  auto doc = json::parse(status).value();
  for (const auto* ours : {"history", "specHash", "runSpec"})
    doc.RemoveMember(ours);
  return json::dump(doc);
}

} // namespace

operator_process::operator_process(timeline& time, chance& dice,
                                   cluster& cluster, invariants& rules,
                                   const supervisor_rules& settings)
    : time_(time), dice_(dice), cluster_(cluster), rules_(rules),
      settings_(settings) {
  for (size_t i = 0; i < watched_kind_count; ++i) {
    auto kind = static_cast<watched_kind>(i);
    streams_[i] = std::make_unique<watch_stream>(time, dice, cluster, kind);
    streams_[i]->deliver = [this](const observation& what) {
      on_observation(what);
    };
  }
  cluster.on_change = [this](const logged& change) {
    stream(change.kind).add(change.what);
  };
}

void operator_process::later(duration delay, std::function<void()> what) {
  time_.in(delay, [this, life = life_, what = std::move(what)] {
    if (life == life_)
      what();
  });
}

void operator_process::start() {
  ++life_;
  for (auto& s : streams_)
    s->open();
}

void operator_process::crash() {
  rules_.log(time_.now(), "--- the operator dies");
  ++life_;
  core_.reset();
  early_.clear();
  waiting_.reset();
  writing_ = joining_ = false;
  follows_ = sampling_ = false;
  for (auto& s : streams_)
    s->close();
}

void operator_process::lose_history() {
  if (!stored_ || history_lost_)
    return;
  rules_.log(time_.now(), "--- the history is lost");
  history_lost_ = true;
  cluster_.store_status(std::make_shared<const std::string>(
      without_history(*cluster_.test().status)));
  rules_.forget_history();
}

void operator_process::quit() {
  core_.reset();
  waiting_.reset();
  ++life_;
  for (auto& s : streams_)
    s->close();
}

// -- observations -------------------------------------------------------------

void operator_process::on_observation(const observation& what) {
  rules_.log(time_.now(), what);
  auto test = test_in(what);
  if (core_)
    run(&supervisor_core::on_observation, what);
  else if (test)
    take_up(std::move(test));
  else
    early_.push_back(what);
}

void operator_process::take_up(std::shared_ptr<const locust_test> test) {
  core_ = std::make_unique<supervisor_core>(settings_, std::move(test));
  mirror_ = {};
  mirror_.on_restored = [this](const auto& state) {
    rules_.begin(state);
  };
  mirror_.on_step = [this](const auto& before, const auto& event,
                           const auto& after, const auto& done) {
    rules_.before(before);
    rules_.after(event, after, done);
  };
  run(&supervisor_core::start);
  for (const auto& what : std::exchange(early_, {}))
    run(&supervisor_core::on_observation, what);
}

template <class On, class... Input>
void operator_process::run(On on, const Input&... input) {
  if (!core_)
    return;
  auto effects = ((*core_).*on)(input..., time_.now());
  mirror_.follow(*core_, effects);
  for (const auto& each : effects)
    std::visit([this](const auto& what) { carry_out(what); }, each);
  if (core_)
    rules_.check_bounds(*core_);
}

void operator_process::carry_out(const effect::set_timer& what) {
  later(what.delay, [this, due = look_again{what.generation}] {
    run(&supervisor_core::on_timer, due);
  });
}

void operator_process::carry_out(const effect::quit&) {
  quit();
}

void operator_process::carry_out(const effect::journal& what) {
  rules_.on_journal(what.line);
}

void operator_process::carry_out(const effect::log_defect& what) {
  rules_.on_defect(what.words);
}

void operator_process::carry_out(const effect::log_warning& what) {
  if (!history_lost_)
    rules_.on_defect(what.words);
}

// -- resource builder ---------------------------------------------------------

void operator_process::carry_out(const effect::create_child& what) {
  rules_.on_request(stored_);
  // What was sent may arrive although the sender has died.
  auto arrives = [this, child = what.child, spec = *what.spec, life = life_] {
    if (life == life_)
      build(child, spec);
    else if (dice_.percent(50) && !net.down)
      rules_.on_creation(cluster_, *this, cluster_.create(child, spec));
  };
  time_.in(travel_time(), arrives);
}

void operator_process::build(child_kind child, const std::string& spec) {
  child_result result;
  bool lost = net.down || dice_.percent(net.lost);
  bool carried_out = !lost || (!net.down && dice_.percent(50));
  if (!net.down && dice_.percent(net.turned_away)) {
    lost = carried_out = false;
    result.what = child_result::outcome::failed;
    result.status = 429;
    result.message = "too many requests";
    result.transient = true;
  } else if (carried_out) {
    result = cluster_.create(child, spec);
    rules_.on_creation(cluster_, *this, result);
  }
  if (lost) {
    result = {};
    result.what = child_result::outcome::failed;
    result.message = "no answer";
    result.transient = true;
  }
  result.child = child;
  result.name = child_name(test_key.name, child);
  later(lost ? dice_.between(10ms, 10s) : latency(), [this, result] {
    rules_.log(time_.now(), result);
    run(&supervisor_core::on_child_result, result);
  });
}

// -- status writer ------------------------------------------------------------

void operator_process::carry_out(const effect::save_status& what) {
  bool urgent = what.urgent || (waiting_ && waiting_->urgent);
  waiting_ = what;
  waiting_->urgent = urgent;
  save();
}

void operator_process::save() {
  if (!waiting_ || writing_)
    return;
  if (waiting_->urgent) {
    send_status();
  } else if (!joining_) {
    joining_ = true;
    later(2s, [this] {
      joining_ = false;
      if (waiting_ && !writing_)
        send_status();
    });
  }
}

void operator_process::send_status() {
  writing_ = true;
  auto sent = std::move(*waiting_);
  waiting_.reset();
  time_.in(travel_time(), [this, sent, life = life_] {
    bool dead = life != life_;
    bool lost = net.down || dead || dice_.percent(net.lost);
    if (!cluster_.test_exists() || (dead && (net.down || dice_.percent(50))))
      return;
    if (!net.down && (!lost || dice_.percent(50) || dead)) {
      ++writes_;
      rules_.log(time_.now(),
                 "--- stored revision " + std::to_string(sent.revision));
      stored_ = read_status(*sent.document).value().state;
      rules_.on_stored(*stored_);
      history_lost_ = false;
      cluster_.store_status(sent.document);
    }
    if (dead)
      return;
    later(lost ? dice_.between(50ms, 5s) : latency(), [this, sent, lost] {
      writing_ = false;
      if (lost) { // its outcome is unknown: again, unless there is a newer one
        if (!waiting_)
          waiting_ = sent;
        save();
        return;
      }
      run(&supervisor_core::on_status_saved,
          status_saved{sent.revision, cluster_.version()});
      save();
    });
  });
}

// -- event recorder, finalizer, load sampler ----------------------------------

void operator_process::carry_out(const effect::record_event& what) {
  rules_.on_event(what.event, stored_);
}

void operator_process::carry_out(const effect::remove_finalizer&) {
  later(latency(), [this] { cluster_.release_finalizer(); });
}

void operator_process::carry_out(const effect::follow_master&) {
  follows_ = true;
  if (!std::exchange(sampling_, true))
    later(2s, [this] { sample(); });
}

void operator_process::carry_out(const effect::unfollow_master&) {
  follows_ = false;
}

void operator_process::sample() {
  sampling_ = follows_;
  if (!follows_)
    return;
  if (!net.down)
    run(&supervisor_core::on_load_sample,
        load_sample{!dice_.percent(net.lost), cluster_.workers_up(),
                    time_.now()});
  later(5s, [this] { sample(); });
}

} // namespace locust::simulation
