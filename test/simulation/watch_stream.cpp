#include "test/simulation/watch_stream.hpp"

namespace locust::simulation {

watch_stream::watch_stream(timeline& time, chance& dice, const cluster& cluster,
                           watched_kind kind)
    : time_(time), dice_(dice), cluster_(cluster), kind_(kind) {
  // nop
}

void watch_stream::add(observation what) {
  log_.push_back(std::move(what));
  pump();
}

void watch_stream::open() {
  ++epoch_;
  open_ = true;
  interrupted_ = false;
  pumping_ = false;
  known_.clear();
  time_.in(dice_.between(1ms, 500ms), [this, epoch = epoch_] {
    if (epoch == epoch_)
      list_again();
  });
}

void watch_stream::close() {
  ++epoch_;
  open_ = false;
}

void watch_stream::interrupt() {
  interrupted_ = true;
  interrupted_once_ = true;
}

void watch_stream::reopen(bool lists_again) {
  if (!open_ || !interrupted_)
    return;
  interrupted_ = false;
  if (lists_again)
    list_again();
  else
    pump();
}

void watch_stream::list_again() {
  ++epoch_;
  pumping_ = false;
  cursor_ = log_.size();
  auto version = cluster_.version();
  auto objects = cluster_.list(kind_);
  auto before = known_;
  for (const auto& object : objects) {
    before.erase(key_of(*object).name);
    hand_over(present{object});
  }
  for (const auto& [name, uid] : before) {
    known_.erase(name);
    deliver(gone{kind_, {test_namespace, name}, uid, nullptr});
  }
  deliver(listed{kind_, version});
  pump();
}

void watch_stream::pump() {
  if (!open_ || interrupted_ || pumping_ || cursor_ >= log_.size())
    return;
  pumping_ = true;
  time_.in(dice_.between(duration(100), lag), [this, epoch = epoch_] {
    if (epoch != epoch_)
      return;
    pumping_ = false;
    if (interrupted_)
      return;
    auto what = log_[cursor_++];
    hand_over(what);
    if (dice_.percent(repeats) && std::holds_alternative<present>(what))
      deliver(what);
    pump();
  });
}

void watch_stream::hand_over(const observation& what) {
  if (const auto* there = std::get_if<present>(&what)) {
    auto& uid = known_[key_of(*there->object).name];
    if (!uid.empty() && uid != uid_of(*there->object))
      deliver(gone{kind_, key_of(*there->object), uid, nullptr});
    uid = uid_of(*there->object);
    deliver(what);
  } else if (const auto* absent = std::get_if<gone>(&what)) {
    if (known_.erase(absent->key.name) > 0)
      deliver(what);
  }
}

} // namespace locust::simulation
