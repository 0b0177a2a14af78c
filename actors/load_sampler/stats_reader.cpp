#include "actors/load_sampler/stats_reader.hpp"

#include "actors/load_sampler/stats_handler.hpp"

namespace locust {

namespace {

/// A value like NaN costs its own figure only.
constexpr unsigned flags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseNanAndInfFlag;

} // namespace

std::optional<master_stats> read_stats(std::string_view stats) {
  if (stats.size() > stats_limit)
    return std::nullopt;
  stats_handler found;
  rapidjson::MemoryStream stream(stats.data(), stats.size());
  rapidjson::Reader reader;
  reader.Parse<flags>(stream, found);
  return reader.HasParseError() ? std::nullopt : found.result();
}

} // namespace locust
