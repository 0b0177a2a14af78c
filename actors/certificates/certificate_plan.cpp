#include "actors/certificates/certificate_plan.hpp"

#include <algorithm>
#include <tuple>

namespace locust {

namespace {

host_names missing_in(const host_names& has, const host_names& wanted) {
  host_names missing;
  std::set_difference(wanted.begin(), wanted.end(), has.begin(), has.end(),
                      std::inserter(missing, missing.end()));
  return missing;
}

/// Returns the union, or `wanted` alone if the union exceeds `most_hosts`.
host_names joined(const host_names& wanted, const host_names& former) {
  auto both = wanted;
  both.insert(former.begin(), former.end());
  return both.size() <= most_hosts ? both : wanted;
}

/// Returns the newest ones that are valid at `now`, newest first.
std::vector<authority> newest_of(std::vector<authority> all, timestamp now) {
  std::erase_if(all, [now](const auto& x) { return !is_current(x, now); });
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(b.not_before, b.pem) < std::tie(a.not_before, a.pem);
  });
  if (all.size() > most_former)
    all.resize(most_former);
  return all;
}

} // namespace

timestamp renewal_of(const pair_facts& facts) {
  return facts.not_after - (facts.not_after - facts.not_before) / 3;
}

pair_assessment judge(const certificate_pair& stored, const host_names& wanted,
                      timestamp now) {
  auto facts = check_pair(stored, now);
  if (!facts)
    return {std::nullopt, facts.error().message};
  std::string why;
  if (auto missing = missing_in(facts->hosts, wanted); !missing.empty())
    why = "it is not for " + in_words(missing);
  else if (now >= renewal_of(*facts))
    why = "it expires on " + to_rfc3339(facts->not_after);
  return {std::move(*facts), std::move(why)};
}

result<certificate_pair> succeed(const pair_assessment& former,
                                 const host_names& wanted,
                                 const std::vector<authority>& trusted,
                                 timestamp now) {
  bool lacked_hosts =
      former.usable && !missing_in(former.usable->hosts, wanted).empty();
  auto made = issue_pair(
      lacked_hosts ? joined(wanted, former.usable->hosts) : wanted, now);
  if (!made)
    return made;
  for (const auto& one : newest_of(trusted, now))
    made->authorities += one.pem;
  return made;
}

std::string bundle_of(const certificate_pair& pair, const pair_facts& facts,
                      const std::string& published, timestamp now) {
  auto bundle = facts.issuer.pem;
  if (now >= facts.issuer.not_before + backdated_by + trusted_together)
    return bundle;
  auto former = authorities_in(pair.authorities + '\n' + published);
  std::erase(former, facts.issuer);
  for (const auto& one : newest_of(std::move(former), now))
    bundle += one.pem;
  return bundle;
}

} // namespace locust
