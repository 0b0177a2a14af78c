#include "test/simulation/replica.hpp"

#include <utility>

namespace locust::simulation {

replica::replica(const operator_setting& setting, api_server& server,
                 size_t number)
    : net(setting.time, setting.dice, server), machine(setting.time),
      setting_(setting), number_(number),
      name_("operator-" + std::to_string(number)) {
  for (size_t i = 0; i < watched_kind_count; ++i) {
    auto kind = static_cast<watched_kind>(i);
    streams_[i] = std::make_unique<watch_stream>(setting.time, setting.dice,
                                                 setting.objects, kind);
    streams_[i]->deliver = [this, kind](const observation& what) {
      if (process_)
        process_->life().enter([in = process_.get(), kind, what] {
          in->on_observation(kind, what);
        });
    };
  }
}

void replica::start() {
  if (process_ || !setting_.objects.test_exists())
    return;
  process_ = std::make_unique<operator_process>(
      setting_, machine, net, number_,
      name_ + '_' + std::to_string(past_.size() + 1));
  process_->log("starts");
  setting_.checks.on_process_start();
  process_->on_end = [this](const std::string& why) {
    end(why, setting_.dice.between(1s, 20s));
  };
  process_->start();
  for (auto& s : streams_)
    s->open();
}

void replica::end(const std::string& why, duration pause) {
  process_->log("ends: " + why);
  process_->life().end();
  past_.push_back(std::move(process_));
  for (auto& s : streams_)
    s->close();
  net.cut_watches();
  setting_.time.in(pause, [this] { start(); });
}

void replica::crash(duration pause) {
  if (process_)
    end("it was killed", pause);
}

void replica::crash_before_effect(int nth, duration pause) {
  if (process_)
    process_->life().die_before_effect(
        nth, [this, pause] { end("it was killed before an effect", pause); });
}

void replica::stop(duration pause) {
  if (!process_)
    return;
  process_->on_end = [this, pause](const std::string& why) {
    if (process_)
      end(why, pause);
  };
  process_->life().enter([in = process_.get()] { in->stop(); });
}

void replica::freeze(duration how_long) {
  if (!process_)
    return;
  process_->log("is frozen");
  process_->life().freeze(how_long);
}

} // namespace locust::simulation
