#pragma once

#include "actors/certificates/openssl_handles.hpp"

#include <chrono>
#include <string>

// OpenSSL as a strict client. Of the tested code, it uses only the handles.

namespace locust::test {

/// Verifies as a TLS client that trusts `bundle` and connects to `host`.
/// Returns the error; empty if there is none.
inline std::string minds_of_client(const std::string& certificate,
                                   const std::string& bundle,
                                   const std::string& host, timestamp at) {
  openssl::store trusted{X509_STORE_new()};
  for (const auto& one : openssl::read_certificates(bundle))
    X509_STORE_add_cert(trusted.get(), one.get());
  auto shown = openssl::read_certificates(certificate);
  if (shown.empty())
    return "no certificate";
  openssl::store_context context{X509_STORE_CTX_new()};
  X509_STORE_CTX_init(context.get(), trusted.get(), shown[0].get(), nullptr);
  auto* how = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_purpose(how, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_time(how,
                             std::chrono::system_clock::to_time_t(
                                 std::chrono::floor<std::chrono::seconds>(at)));
  if (X509_VERIFY_PARAM_set1_ip_asc(how, host.c_str()) != 1)
    X509_VERIFY_PARAM_set1_host(how, host.c_str(), host.size());
  if (X509_verify_cert(context.get()) == 1)
    return {};
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
}

} // namespace locust::test
