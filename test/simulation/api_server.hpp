#pragma once

#include "protocol/api_call.hpp"
#include "test/simulation/cluster.hpp"
#include "test/simulation/event_store.hpp"
#include "test/simulation/lease_store.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace locust::simulation {

/// Answers requests about the objects of a cluster as kube-apiserver does.
class api_server {
public:
  api_server(const timeline& time, cluster& objects);

  /// Carries out the request.
  api_response answer(const api_request& request);

  lease_store leases;
  event_store events;

  // -- faults -----------------------------------------------------------------

  /// How writes of a LocustTest's status are refused at present: 403 by RBAC,
  /// 422 by a validation, 400 by a proxy; 0: they are not.
  int status_refusal = 0;
  /// Jobs clash over a quota: 409 that says nothing of the Job.
  bool quota_clash = false;
  /// ConfigMaps by name, with the uid of their controller.
  std::map<std::string, std::string> config_maps;

  // -- who wants to know ------------------------------------------------------

  /// An operator's status was stored.
  std::function<void(const std::string& document)> on_status;
  /// Figures alone were stored; the status that has them.
  std::function<void(const std::string& status)> on_figures;
  /// A child was created.
  std::function<void(child_kind child)> on_created;

private:
  api_response answer_about_test(const api_request& request,
                                 std::string_view name);
  api_response patch_test(const json::value& steps, bool status);
  api_response merge_figures(const json::value& patch);
  api_response answer_about_child(const api_request& request, bool service,
                                  std::string_view name);
  api_response create(const api_request& request, bool service);
  api_response create_config_map(const api_request& request);
  api_response suspend(const api_request& request, std::string_view name);
  std::string test_object(bool whole) const;

  cluster& objects_;
};

} // namespace locust::simulation
