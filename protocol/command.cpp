#include "protocol/command.hpp"

namespace locust {

namespace {

struct describer {
  std::string operator()(const create_child& c) const {
    return "create_child " + std::string(to_string(c.child));
  }

  std::string operator()(const write_status& c) const {
    return "write_status revision " + std::to_string(c.revision) +
           (c.urgent ? "" : " (may wait)");
  }

  std::string operator()(const publish_event& c) const {
    return "publish_event " +
           std::string(c.type == severity::normal ? "Normal" : "Warning") +
           ' ' + c.reason + " \"" + c.message + '"';
  }

  std::string operator()(const release_finalizer&) const {
    return "release_finalizer";
  }

  std::string operator()(const collect_report&) const {
    return "collect_report";
  }
};

} // namespace

std::string describe(const command& c) {
  return std::visit(describer{}, c);
}

} // namespace locust
