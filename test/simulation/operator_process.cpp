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

operator_process::operator_process(timeline& time, chance& dice, cluster& world,
                                   invariants& rules,
                                   testing::core_driver settings)
    : time_(time), dice_(dice), world_(world), rules_(rules),
      fresh_(std::move(settings)) {
  for (size_t i = 0; i < watched_kind_count; ++i) {
    auto kind = static_cast<watched_kind>(i);
    streams_[i] = std::make_unique<watch_stream>(time, dice, world, kind);
    streams_[i]->deliver = [this](const observation& what) {
      see(what);
    };
  }
  world.on_change = [this](const logged& change) {
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
  look_at_.reset();
  for (auto& s : streams_)
    s->close();
}

void operator_process::lose_history() {
  if (!stored_ || history_lost_)
    return;
  rules_.log(time_.now(), "--- the history is lost");
  history_lost_ = true;
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

void operator_process::see(const observation& what) {
  rules_.log(time_.now(), what);
  if (const auto* there = std::get_if<present>(&what))
    if (const auto* test = std::get_if<locust_test>(there->object.get())) {
      see_test({there->object, test});
      return;
    }
  if (const auto* absent = std::get_if<gone>(&what))
    if (absent->kind == watched_kind::locust_tests) {
      quit();
      return;
    }
  if (!core_) {
    early_.push_back(what);
    return;
  }
  core_->see(what, time_.now());
  after_step();
}

std::string operator_process::stored_status() const {
  auto status = render_status(*stored_, stored_spec_);
  return history_lost_ ? without_history(status) : status;
}

void operator_process::see_test(std::shared_ptr<const locust_test> test) {
  bool edited = test->generation % 2 == 0;
  spec_digest spec{edited ? "hash-b" : "hash-a", edited ? 1 : 2, "scripts"};
  // Of interest before anything is known of it.
  bool knows =
      core_ && !std::holds_alternative<lifecycle::unseen>(core_->state.at);
  if (stored_ && !knows) {
    auto whole = std::make_shared<locust_test>(*test);
    whole->status = std::make_shared<const std::string>(stored_status());
    test = std::move(whole);
  }
  if (core_) {
    core_->see_test(std::move(test), std::move(spec));
    core_->look(time_.now());
    after_step();
    return;
  }
  core_ = std::make_unique<testing::core_driver>(fresh_);
  core_->observer = &rules_;
  core_->carry_out = [this](const command& c) {
    rules_.log(time_.now(), c);
    std::visit([this](const auto& what) { carry_out(what); }, c);
  };
  auto status = test->status ? *test->status : std::string();
  core_->start(std::move(test), std::move(spec), status);
  rules_.begin(core_->state, status, time_.now());
  if (has_web_ui)
    later(2s, [this] { sample(); });
  for (const auto& what : std::exchange(early_, {})) {
    if (!core_)
      return;
    core_->see(what, time_.now());
    after_step();
  }
}

void operator_process::after_step() {
  if (!core_)
    return;
  rules_.check_bounds(*core_);
  plan_look();
}

void operator_process::plan_look() {
  const auto& due = core_->look_again;
  if (!due || (look_at_ && *look_at_ <= *due))
    return;
  look_at_ = due;
  later(std::max(*due - time_.now(), duration(1000)), [this, n = ++look_] {
    if (n != look_ || !core_)
      return;
    look_at_.reset();
    core_->look(time_.now());
    after_step();
  });
}

// -- resource builder ---------------------------------------------------------

void operator_process::carry_out(const create_child& c) {
  rules_.see_request(stored_);
  // What was sent may arrive although the sender has died.
  auto arrives = [this, child = c.child, spec = core_->run_spec, life = life_] {
    if (life == life_)
      build(child, spec);
    else if (dice_.percent(50) && !net.down)
      rules_.see_creation(world_, *this, world_.create(child, spec));
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
    result = world_.create(child, spec);
    rules_.see_creation(world_, *this, result);
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
    if (!core_)
      return;
    rules_.log(time_.now(), result);
    core_->see(result, time_.now());
    after_step();
  });
}

// -- status writer ------------------------------------------------------------

void operator_process::carry_out(const write_status& c) {
  bool urgent = c.urgent || (waiting_ && waiting_->urgent);
  waiting_ = document{core_->state, core_->run_spec, c.revision, urgent};
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
    if (!world_.test_exists() || (dead && (net.down || dice_.percent(50))))
      return;
    if (!net.down && (!lost || dice_.percent(50) || dead)) {
      ++writes_;
      rules_.see_stored(sent.state);
      stored_ = sent.state;
      history_lost_ = false;
      stored_spec_ = sent.run_spec;
      world_.touch_test();
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
      if (!core_)
        return;
      core_->saved(sent.revision, time_.now());
      after_step();
      save();
    });
  });
}

// -- event recorder, finalizer, load sampler ----------------------------------

void operator_process::carry_out(const publish_event& c) {
  rules_.see_event(c, stored_);
}

void operator_process::carry_out(const release_finalizer&) {
  later(latency(), [this] { world_.release_finalizer(); });
}

void operator_process::sample() {
  if (!core_)
    return;
  const auto& s = core_->state;
  const auto* pod = core_->seen.newest_pod_of(s.run.children[1]);
  if (pod != nullptr && pod->locust_runs && !net.down) {
    core_->see(
        load_sample{!dice_.percent(net.lost), world_.workers_up(), time_.now()},
        time_.now());
    after_step();
  }
  if (core_ && !std::holds_alternative<lifecycle::ended>(core_->state.at))
    later(5s, [this] { sample(); });
}

} // namespace locust::simulation
