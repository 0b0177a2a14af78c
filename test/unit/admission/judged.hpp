#pragma once

#include "actors/admission/rules.hpp"
#include "protocol/json/edit.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

// The minimal valid spec, with some members merged over it.

namespace locust {

inline void merge_into(json::value& base, const json::value& patch,
                       json::document& owner) {
  for (const auto& m : patch.GetObject()) {
    auto* at = json::member(base, m.name.GetString());
    if (at != nullptr && at->IsObject() && m.value.IsObject()) {
      merge_into(*at, m.value, owner);
      continue;
    }
    base.RemoveMember(m.name.GetString());
    base.AddMember(json::value(m.name, owner.GetAllocator()),
                   json::value(m.value, owner.GetAllocator()),
                   owner.GetAllocator());
  }
}

inline json::document spec_with(std::string_view patch) {
  auto spec = json::parse(R"({"image":"i","master":{"command":"-f a.py -t 1m"},
                              "worker":{"command":"-f a.py","replicas":2}})")
                  .value();
  auto change = json::parse(patch);
  BOOST_REQUIRE_MESSAGE(change.has_value(), patch);
  merge_into(spec, *change, spec);
  return spec;
}

inline findings judged(std::string_view patch,
                       const operator_settings& settings = {},
                       std::string_view name = "t") {
  return judge_test(name, spec_with(patch), settings);
}

/// Returns the violations; empty for none.
inline std::string refusal(std::string_view patch,
                           std::string_view name = "t") {
  return judged(patch, {}, name).refusal();
}

/// Returns the warnings, one per line.
inline std::string warnings(std::string_view patch,
                            const operator_settings& settings = {},
                            std::string_view name = "t") {
  auto found = judged(patch, settings, name);
  std::string lines;
  for (const auto& text : found.warnings())
    lines += text + '\n';
  return lines;
}

struct row {
  std::string_view patch;
  std::string_view expected;
};

inline void check_refusals(std::initializer_list<row> rows) {
  for (auto [patch, expected] : rows)
    BOOST_TEST(refusal(patch) == expected, patch);
}

} // namespace locust
