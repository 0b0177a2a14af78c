#include "actors/certificates/published_places.hpp"

#include <algorithm>

namespace locust {

published_places places_named(std::string crd, std::string configuration) {
  using enum webhook_kind;
  return {
      published_place{conversion, webhook_object(conversion, std::move(crd))},
      published_place{admission,
                      webhook_object(admission, std::move(configuration))}};
}

bool all_known(const published_places& places) {
  return std::all_of(places.begin(), places.end(),
                     [](const auto& x) { return x.known; });
}

host_names hosts_in(const published_places& places) {
  host_names hosts;
  for (const auto& x : places)
    if (x.seen)
      hosts.insert(x.seen->hosts.begin(), x.seen->hosts.end());
  return hosts;
}

bool trusted_everywhere(const published_places& places,
                        const authority& issuer) {
  return std::all_of(places.begin(), places.end(), [&](const auto& x) {
    return x.known && (!x.seen || trusts(*x.seen, issuer.pem));
  });
}

std::string bundles_in(const published_places& places) {
  std::string all;
  for (const auto& x : places)
    if (x.seen)
      all += published_in(*x.seen);
  return all;
}

} // namespace locust
