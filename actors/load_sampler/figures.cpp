#include "actors/load_sampler/figures.hpp"

#include "protocol/json/measures.hpp"

namespace locust {

std::string figures_text(const master_stats& stats,
                         std::optional<int64_t> target) {
  const auto& f = stats.figures;
  json::string_buffer buffer;
  json::writer out(buffer);
  out.StartObject();
  json::put_unless_empty(out, "state", f.state);
  json::put_count(out, "users", f.users);
  if (target && (!f.users || *f.users <= *target))
    json::put_count(out, "targetUsers", target);
  json::put_measure(out, "requestsPerSecond", f.requests_per_second);
  json::put_measure(out, "failuresPerSecond", f.failures_per_second);
  json::put_fail_ratio(out, f.fail_ratio);
  json::put_measure(out, "p50", f.p50);
  json::put_measure(out, "p95", f.p95);
  json::put_measure(out, "p99", f.p99);
  json::put_count(out, "requests", f.requests);
  json::put_count(out, "failures", f.failures);
  json::put_object(out, "workers", [&] {
    json::put_count(out, "connected", stats.workers);
    json::put_count(out, "missing", f.missing);
    json::put_measure(out, "busiestCPU", f.busiest_cpu);
    json::put_count(out, "overloaded", f.overloaded);
  });
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace locust
