#include "actors/api_client/kubeconfig.hpp"

#include <yaml-cpp/yaml.h>

#include <optional>

namespace locust {

namespace {

/// Reads one file and keeps the first error.
class reader {
public:
  explicit reader(std::string file) : file_(std::move(file)) {
    // nop
  }

  kubeconfig read(const YAML::Node& root) {
    kubeconfig config;
    config.origin = file_;
    if (!root.IsDefined() || root.IsNull())
      return config; // like kubectl, accept an empty file
    if (!root.IsMap()) {
      wrong(root,
            "a kubeconfig must be a map with clusters, users and contexts");
      return config;
    }
    config.current_context = scalar(root["current-context"], "current-context");
    config.clusters = entries(root["clusters"], "clusters", "cluster");
    config.users = entries(root["users"], "users", "user");
    config.contexts = entries(root["contexts"], "contexts", "context");
    return config;
  }

  const std::optional<error>& problem() const {
    return problem_;
  }

private:
  void wrong(const YAML::Node& node, const std::string& what) {
    if (problem_)
      return;
    auto line = node.Mark().line; // -1 if yaml-cpp does not know it
    problem_ =
        error{errc::malformed,
              "kubeconfig " + file_ +
                  (line < 0 ? "" : ", line " + std::to_string(line + 1)) +
                  ": " + what};
  }

  static bool absent(const YAML::Node& node) {
    return !node.IsDefined() || node.IsNull();
  }

  std::string scalar(const YAML::Node& node, const std::string& name) {
    if (absent(node))
      return {};
    if (!node.IsScalar()) {
      wrong(node, name + " must be a string");
      return {};
    }
    return node.Scalar();
  }

  std::map<std::string, kubeconfig_entry> entries(const YAML::Node& list,
                                                  const std::string& list_name,
                                                  const std::string& kind) {
    std::map<std::string, kubeconfig_entry> all;
    if (absent(list))
      return all;
    if (!list.IsSequence()) {
      wrong(list, list_name + " must be a list");
      return all;
    }
    auto wanted =
        "an entry of " + list_name + " must have a name and a " + kind;
    for (const auto& item : list) {
      if (!item.IsMap() || absent(item["name"])) {
        wrong(item, wanted);
        continue;
      }
      all.emplace(scalar(item["name"], "name"), entry(item[kind], kind));
    }
    return all;
  }

  kubeconfig_entry entry(const YAML::Node& body, const std::string& kind) {
    kubeconfig_entry made;
    made.file = file_;
    if (absent(body))
      return made;
    if (!body.IsMap()) {
      wrong(body, kind + " must be a map");
      return made;
    }
    for (const auto& field : body) {
      auto name = scalar(field.first, "a field name");
      if (name == "exec" && !absent(field.second))
        exec(field.second, made);
      else if (field.second.IsScalar())
        made.fields.emplace(name, field.second.Scalar());
      else if (name == "auth-provider" || name.starts_with("as-"))
        made.fields.emplace(name, "(a map or a list)");
    }
    return made;
  }

  void exec(const YAML::Node& body, kubeconfig_entry& into) {
    into.has_exec = true;
    if (!body.IsMap()) {
      wrong(body, "exec must be a map");
      return;
    }
    for (const auto& field : body)
      if (field.second.IsScalar())
        into.exec_fields.emplace(scalar(field.first, "a field name"),
                                 field.second.Scalar());
    for (const auto& argument : body["args"])
      into.exec_arguments.push_back(scalar(argument, "an entry of args"));
    for (const auto& variable : body["env"]) {
      if (!variable.IsMap()) {
        wrong(variable, "an entry of env must have a name and a value");
        return;
      }
      into.exec_environment.emplace_back(scalar(variable["name"], "name"),
                                         scalar(variable["value"], "value"));
    }
  }

  std::string file_;
  std::optional<error> problem_;
};

} // namespace

std::string kubeconfig_entry::field(const std::string& name) const {
  auto found = fields.find(name);
  return found == fields.end() ? std::string{} : found->second;
}

result<kubeconfig> parse_kubeconfig(std::string_view yaml,
                                    const std::string& file) {
  // yaml-cpp throws; no exception may leave this function.
  try {
    reader r{file};
    auto config = r.read(YAML::Load(std::string(yaml)));
    if (r.problem())
      return tl::unexpected<error>(*r.problem());
    return config;
  } catch (const YAML::Exception& e) {
    return fail(errc::malformed,
                "kubeconfig " + file +
                    (e.mark.is_null()
                         ? ""
                         : ", line " + std::to_string(e.mark.line + 1)) +
                    ": not YAML: " + e.msg);
  }
}

void merge(kubeconfig& into, kubeconfig later) {
  into.origin += (into.origin.empty() ? "" : ":") + later.origin;
  if (into.current_context.empty())
    into.current_context = std::move(later.current_context);
  // std::map::merge keeps existing entries.
  into.clusters.merge(later.clusters);
  into.users.merge(later.users);
  into.contexts.merge(later.contexts);
}

} // namespace locust
