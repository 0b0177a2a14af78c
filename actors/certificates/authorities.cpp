#include "actors/certificates/authorities.hpp"

#include "actors/certificates/openssl_handles.hpp"

#include <algorithm>

namespace locust {

std::vector<authority> authorities_in(std::string_view pem) {
  openssl::error_scope scope;
  std::vector<authority> found;
  for (const auto& one : openssl::read_certificates(pem)) {
    if (X509_check_ca(one.get()) == 0)
      continue;
    authority next{openssl::to_pem(one.get()),
                   openssl::to_timestamp(X509_get0_notBefore(one.get())),
                   openssl::to_timestamp(X509_get0_notAfter(one.get()))};
    if (std::find(found.begin(), found.end(), next) == found.end())
      found.push_back(std::move(next));
  }
  return found;
}

bool is_current(const authority& x, timestamp now) {
  return x.not_before <= now && now <= x.not_after;
}

} // namespace locust
