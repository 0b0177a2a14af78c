#include "tools/lib/bench/player/report.hpp"

#include "protocol/json/members.hpp"

namespace locust::bench {

namespace {

/// More digits are noise.
constexpr int decimals = 6;

void put_time(json::writer& out, std::string_view key,
              const std::optional<double>& at, double begin) {
  json::put_key(out, key);
  if (at)
    out.Double(*at - begin);
  else
    out.Null();
}

} // namespace

std::string report(const test_list& tests, double begin) {
  json::string_buffer buffer;
  json::writer out(buffer);
  out.SetMaxDecimalPlaces(decimals);
  out.StartObject();
  json::put_list(out, "tests", [&] {
    for (const auto& times : tests.times)
      json::put_item(out, [&] {
        put_time(out, "asked", times.asked, begin);
        put_time(out, "created", times.created, begin);
        put_time(out, "begun", times.begun, begin);
        put_time(out, "ready", times.ready, begin);
        put_time(out, "running", times.running, begin);
        put_time(out, "completing", times.completing, begin);
        put_time(out, "completed", times.completed, begin);
        put_time(out, "ended", times.ended, begin);
        put_time(out, "lastJob", times.last_job, begin);
        json::put_number(out, "jobs", times.jobs);
      });
  });
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace locust::bench
