#include "actors/resource_builder/manifests.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <random>
#include <string>
#include <vector>

// The children are the same whether a default is written into the spec (by the
// API server, or by the Go operator when it writes the object back) or omitted,
// and in any order of the members.

using namespace locust;

namespace {

using dice_type = std::mt19937;

/// Members of an object, each present or not.
class a_choice {
public:
  explicit a_choice(dice_type& dice) : dice_(dice) {
    // nop
  }

  a_choice& always(const std::string& member) {
    members_.push_back(member);
    return *this;
  }

  a_choice& maybe(const std::string& member) {
    return dice_() % 2 == 0 ? always(member) : *this;
  }

  /// In this order or reversed.
  std::string object() const {
    std::string text;
    bool forwards = dice_() % 2 == 0;
    for (size_t i = 0; i < members_.size(); ++i)
      text += (i == 0 ? "" : ",") +
              members_[forwards ? i : members_.size() - 1 - i];
    return '{' + text + '}';
  }

private:
  dice_type& dice_;
  std::vector<std::string> members_;
};

std::string a_role(dice_type& dice, const std::string& more) {
  return a_choice(dice)
      .always(R"("command":"-f a.py")" + more)
      .maybe(R"("labels":{"b":"1","a":"2"})")
      .maybe(R"("annotations":{"x":"y"})")
      .maybe(R"("extraArgs":["--tags","a"])")
      .maybe(R"("resources":{"limits":{"cpu":1}})")
      .object();
}

std::string a_master(dice_type& dice) {
  auto autoquit = a_choice(dice)
                      .maybe(R"("enabled":false)")
                      .maybe(R"("timeout":0)")
                      .object();
  return a_role(dice, dice() % 2 == 0 ? "" : R"(,"autoquit":)" + autoquit);
}

std::string a_volume_mount(dice_type& dice, const std::string& path) {
  return a_choice(dice)
      .always(R"("name":"v","mountPath":")" + path + '"')
      .maybe(R"("target":"worker")")
      .maybe(R"("readOnly":true)")
      .object();
}

std::string a_spec(dice_type& dice) {
  auto files = a_choice(dice)
                   .maybe(R"("configMapRef":"c")")
                   .maybe(R"("libConfigMapRef":"l")")
                   .maybe(R"("srcMountPath":"/s")")
                   .object();
  auto mount = a_choice(dice)
                   .always(R"("name":"s","mountPath":"/m")")
                   .maybe(R"("readOnly":false)")
                   .object();
  auto telemetry = a_choice(dice)
                       .maybe(R"("enabled":true)")
                       .maybe(R"("endpoint":"http://c")")
                       .maybe(R"("protocol":"http/protobuf")")
                       .maybe(R"("insecure":true)")
                       .maybe(R"("extraEnvVars":{"B":"1","A":"2"})")
                       .object();
  return a_choice(dice)
      .always(R"("image":"i")")
      .always(R"("master":)" + a_master(dice))
      .always(R"("worker":)" + a_role(dice, R"(,"replicas":2)"))
      .maybe(R"("testFiles":)" + files)
      .maybe(R"("imagePullPolicy":"Always")")
      .maybe(R"("env":{"secretMounts":[)" + mount + "]}")
      .maybe(R"("volumes":[{"name":"v","emptyDir":{}}],"volumeMounts":[)" +
             a_volume_mount(dice, "/v") + ',' + a_volume_mount(dice, "/w") +
             ']')
      .maybe(R"("observability":{"openTelemetry":)" + telemetry + '}')
      .object();
}

class defaulter {
public:
  explicit defaulter(json::document& spec) : spec_(spec) {
    // nop
  }

  /// Adds the member if its parent exists and the member does not.
  void add(std::initializer_list<std::string_view> path, const char* member,
           const char* value) {
    auto* parent = at(path);
    if (parent == nullptr)
      return;
    if (parent->IsArray())
      for (auto& item : parent->GetArray())
        add(item, member, value);
    else
      add(*parent, member, value);
  }

private:
  json::value* at(std::initializer_list<std::string_view> path) {
    return const_cast<json::value*>(json::find(spec_, path));
  }

  void add(json::value& parent, const char* member, const char* value) {
    if (parent.HasMember(member))
      return;
    json::value copy;
    copy.CopyFrom(json::parse(value).value(), spec_.GetAllocator());
    parent.AddMember(json::value(std::string(member), spec_.GetAllocator()),
                     copy, spec_.GetAllocator());
  }

  json::document& spec_;
};

/// What the API server stores (docs/behaviour/api.md#defaults) and the Go
/// operator writes back (docs/behaviour/api.md#explicit-values).
std::string with_defaults(const std::string& text) {
  auto spec = json::parse(text).value();
  defaulter d(spec);
  d.add({}, "imagePullPolicy", R"("IfNotPresent")");
  d.add({"master"}, "autostart", "true");
  d.add({"master"}, "resources", "{}");
  d.add({"worker"}, "resources", "{}");
  d.add({"master", "autoquit"}, "enabled", "true");
  d.add({"master", "autoquit"}, "timeout", "60");
  d.add({"testFiles"}, "srcMountPath", R"("/lotest/src")");
  d.add({"testFiles"}, "libMountPath", R"("/opt/locust/lib")");
  d.add({"env", "secretMounts"}, "readOnly", "true");
  d.add({"volumeMounts"}, "target", R"("both")");
  d.add({"observability", "openTelemetry"}, "enabled", "false");
  d.add({"observability", "openTelemetry"}, "protocol", R"("grpc")");
  d.add({"observability", "openTelemetry"}, "insecure", "false");
  return json::dump_canonical(spec);
}

std::string built(child_kind child, const std::string& spec) {
  auto text =
      build_child_manifest(child, {"ns", "t"}, "u", std::string_view(spec), {});
  BOOST_REQUIRE_MESSAGE(text.has_value(), spec);
  return json::dump_canonical(json::parse(*text).value());
}

} // namespace

BOOST_AUTO_TEST_SUITE(defaults)

BOOST_AUTO_TEST_CASE(a_default_that_is_written_out_changes_nothing) {
  dice_type dice(20261123);
  for (int i = 0; i < 2000; ++i) {
    auto spec = a_spec(dice);
    for (auto child : {child_kind::master_service, child_kind::master_job,
                       child_kind::worker_job})
      BOOST_REQUIRE_MESSAGE(built(child, with_defaults(spec)) ==
                                built(child, spec),
                            to_string(child) << " of " << spec);
  }
}

BOOST_AUTO_TEST_SUITE_END()
