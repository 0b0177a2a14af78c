#pragma once

#include "actors/resource_builder/create_outcome.hpp"
#include "protocol/operator_settings.hpp"
#include "test/simulation/simulated_client.hpp"

#include <functional>
#include <memory>
#include <string>

namespace locust::simulation {

/// Builds manifests and carries out what child_creation decides, as
/// resource_builder_actor does.
class simulated_builder {
public:
  simulated_builder(simulated_client& client,
                    const operator_settings& settings);

  using on_result = std::function<void(const child_result& result)>;

  void build(child_kind child, const object_key& test, const std::string& uid,
             const std::string& spec, on_result done);

private:
  struct creation {
    child_kind child;
    object_key key;
    shared_text manifest;
    child_creation core;
    on_result done;
  };

  using creation_ptr = std::shared_ptr<creation>;

  void post(const creation_ptr& c);
  void look(const creation_ptr& c);
  void follow(const creation_ptr& c, const create_step& step);

  simulated_client& client_;
  const operator_settings& settings_;
};

} // namespace locust::simulation
