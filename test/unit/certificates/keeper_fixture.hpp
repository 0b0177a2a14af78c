#pragma once

#include "actors/certificates/certificate_secret.hpp"
#include "openssl_judge.hpp"
#include "protocol/basics/base64.hpp"
#include "replica.hpp"

namespace locust::test {

/// A cluster with CRD and configuration, a clock, and a replica.
struct keeper_fixture {
  keeper_fixture() {
    cluster.put(crd_path, converting_crd());
    cluster.put(configuration_path, validating_configuration());
  }

  void pass(std::chrono::milliseconds time) {
    now.wall += time;
    now.steady += time;
  }

  /// Runs due reconciliations for this long.
  void live(replica& x, std::chrono::milliseconds time) {
    auto end = now.steady + time;
    for (x.reconcile(now); now.steady + x.again_in() <= end; x.reconcile(now))
      pass(x.again_in());
    pass(std::chrono::duration_cast<std::chrono::milliseconds>(end -
                                                               now.steady));
  }

  certificate_pair stored() const {
    auto seen = read_secret(cluster.objects.at(secret_path));
    BOOST_TEST_REQUIRE(seen.has_value());
    return seen->pair;
  }

  std::string crd_bundle() const {
    return decoded(cluster.text_at(
        crd_path, "/spec/conversion/webhook/clientConfig/caBundle"));
  }

  std::string bundle_of_webhook(int index) const {
    auto pointer =
        "/webhooks/" + std::to_string(index) + "/clientConfig/caBundle";
    return decoded(cluster.text_at(configuration_path, pointer.c_str()));
  }

  /// Whether the API server trusts this pair for all webhooks.
  bool trusted(const certificate_pair& x) const {
    auto minds = [&](const std::string& bundle, const char* host) {
      return minds_of_client(x.certificate, bundle, host, now.wall);
    };
    return minds(crd_bundle(), "hook.ns.svc").empty() &&
           minds(bundle_of_webhook(0), "hook.ns.svc").empty() &&
           minds(bundle_of_webhook(1), "127.0.0.1").empty();
  }

  static std::string decoded(const std::string& text) {
    return decode_base64(text).value_or("not base64");
  }

  fake_cluster cluster;
  moment now{today, monotonic_time(std::chrono::hours(1))};
  replica one{cluster, 1};
};

} // namespace locust::test
