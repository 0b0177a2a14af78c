#include "actors/api_watcher/known_objects.hpp"

namespace locust::watcher {

namespace {

/// Whether `version` is newer than `known`, or the two cannot be compared.
bool has_changed(const std::string& version, const std::string& known) {
  if (version == known)
    return false;
  auto order = compare_resource_versions(version, known);
  return !order || *order == std::strong_ordering::greater;
}

} // namespace

void known_objects::begin_list() {
  ++list_;
}

void known_objects::listed_item(const shared_object& object,
                                observations& out) {
  take(object, out).list = list_;
}

void known_objects::end_list(observations& out) {
  for (auto i = table_.begin(); i != table_.end();) {
    if (i->second.list == list_) {
      ++i;
      continue;
    }
    out.push_back(gone{kind_, i->first, std::move(i->second.uid), nullptr});
    i = table_.erase(i);
  }
}

void known_objects::changed(const shared_object& object, observations& out) {
  take(object, out);
}

known_objects::entry& known_objects::take(const shared_object& object,
                                          observations& out) {
  const auto& version = resource_version_of(*object);
  auto [at, is_new] = table_.try_emplace(key_of(*object));
  auto& known = at->second;
  if (!is_new && !has_changed(version, known.resource_version))
    return known;
  if (!is_new && known.uid != uid_of(*object))
    out.push_back(gone{kind_, at->first, known.uid, nullptr});
  known.uid = uid_of(*object);
  known.resource_version = version;
  out.push_back(present{object});
  return known;
}

void known_objects::removed(const shared_object& object, observations& out) {
  auto at = table_.find(key_of(*object));
  if (at == table_.end() ||
      compare_resource_versions(resource_version_of(*object),
                                at->second.resource_version) ==
          std::strong_ordering::less)
    return;
  // Another object with this name is gone, so ours is, too; its final state is
  // not known.
  auto last = at->second.uid == uid_of(*object) ? object : nullptr;
  out.push_back(gone{kind_, at->first, std::move(at->second.uid), last});
  table_.erase(at);
}

void known_objects::forget_versions() {
  for (auto& [key, known] : table_)
    known.resource_version.clear();
}

} // namespace locust::watcher
