#include "actors/resource_builder/volumes.hpp"

#include "protocol/json/members.hpp"

#include <algorithm>
#include <string>

namespace locust {

namespace {

constexpr std::string_view library_volume = "locust-lib";

std::string volume_name(const secret_mount& mount) {
  return "secret-" + std::string(mount.name);
}

bool is_for(const volume_mount_spec& mount, role r) {
  return r == role::master ? mount.on_master : mount.on_worker;
}

bool is_mounted(const volume_spec& volume, const spec_values& spec, role r) {
  return std::any_of(spec.volume_mounts.begin(), spec.volume_mounts.end(),
                     [&](const volume_mount_spec& mount) {
                       return is_for(mount, r) && mount.name == volume.name;
                     });
}

/// Begins the list `key` with its first item; a list without items is not
/// written.
class list_on_demand {
public:
  list_on_demand(json::writer& out, std::string_view key)
      : out_(out), key_(key) {
    // nop
  }

  json::writer& item() {
    if (!begun_) {
      json::put_key(out_, key_);
      out_.StartArray();
    }
    begun_ = true;
    return out_;
  }

  void finish() {
    if (begun_)
      out_.EndArray();
  }

private:
  json::writer& out_;
  std::string_view key_;
  bool begun_ = false;
};

void put_config_map(json::writer& out, std::string_view volume,
                    std::string_view config_map) {
  json::put_item(out, [&] {
    json::put(out, "name", volume);
    json::put_object(out, "configMap",
                     [&] { json::put(out, "name", config_map); });
  });
}

void put_secret(json::writer& out, const secret_mount& mount) {
  json::put_item(out, [&] {
    json::put(out, "name", volume_name(mount));
    json::put_object(out, "secret",
                     [&] { json::put(out, "secretName", mount.name); });
  });
}

void put_mount(json::writer& out, std::string_view volume,
               std::string_view path, bool read_only) {
  json::put_item(out, [&] {
    json::put(out, "name", volume);
    json::put(out, "mountPath", path);
    if (read_only)
      json::put_flag(out, "readOnly", true);
  });
}

/// Writes a mount of the user without `target`, which Kubernetes does not know.
void put_mount(json::writer& out, const json::value& mount) {
  json::put_item(out, [&] {
    for (const auto& member : mount.GetObject())
      if (member.name != "target") {
        member.name.Accept(out);
        member.value.Accept(out);
      }
  });
}

} // namespace

void put_volumes(json::writer& out, const spec_values& spec, role r,
                 std::string_view role_name) {
  list_on_demand list(out, "volumes");
  const auto& files = spec.test_files;
  if (!files.config_map.empty())
    put_config_map(list.item(), role_name, files.config_map);
  if (!files.lib_config_map.empty())
    put_config_map(list.item(), library_volume, files.lib_config_map);
  for (const auto& mount : spec.env.secret_mounts)
    put_secret(list.item(), mount);
  for (const auto& volume : spec.volumes)
    if (is_mounted(volume, spec, r))
      volume.whole->Accept(list.item());
  list.finish();
}

void put_volume_mounts(json::writer& out, const spec_values& spec, role r,
                       std::string_view role_name) {
  list_on_demand list(out, "volumeMounts");
  const auto& files = spec.test_files;
  if (!files.config_map.empty())
    put_mount(list.item(), role_name, files.source_path, false);
  if (!files.lib_config_map.empty())
    put_mount(list.item(), library_volume, files.lib_path, false);
  for (const auto& mount : spec.env.secret_mounts)
    put_mount(list.item(), volume_name(mount), mount.path, mount.read_only);
  for (const auto& mount : spec.volume_mounts)
    if (is_for(mount, r))
      put_mount(list.item(), *mount.whole);
  list.finish();
}

} // namespace locust
