#include "protocol/lifecycle_event.hpp"

#include <array>
#include <charconv>

namespace locust {

namespace {

constexpr std::array<std::string_view, 3> source_names = {"none", "master",
                                                          "ready_pods"};
constexpr std::array<std::string_view, 5> cause_names = {
    "MasterCompleted", "MasterFailed", "WorkerFailed", "PodsFailing",
    "OutcomeUnknown"};

// One list of fields per fact, used in both directions. `V` is called with the
// name and the member.

template <class V>
void fields(accepted& f, V&& v) {
  v("specHash", f.spec_hash);
  v("workers", f.workers);
  v("ttlSeconds", f.ttl_seconds);
}

template <class V>
void fields(child_created& f, V&& v) {
  v("child", f.child);
  v("name", f.name);
  v("uid", f.uid);
  v("adopted", f.adopted);
}

template <class V>
void fields(child_refused& f, V&& v) {
  v("child", f.child);
  v("name", f.name);
  v("message", f.message);
  v("transient", f.transient);
  v("untouched", f.untouched);
}

template <class V>
void fields(child_conflict& f, V&& v) {
  v("child", f.child);
  v("name", f.name);
  v("owner", f.owner);
  v("deleting", f.deleting);
}

template <class V>
void fields(child_lost& f, V&& v) {
  v("child", f.child);
  v("name", f.name);
  v("uid", f.uid);
}

template <class V>
void fields(test_started& f, V&& v) {
  v("pod", f.pod);
  v("node", f.node);
}

template <class V>
void fields(workers_counted& f, V&& v) {
  v("connected", f.connected);
  v("source", f.source);
}

template <class V>
void fields(pod_loss& f, V&& v) {
  v("lostOf", f.child);
  v("lostPod", f.pod);
  v("lostWhy", f.why);
}

template <class V>
void fields(pods_failing& f, V&& v) {
  v("reason", f.reason);
  v("message", f.message);
  v("lostPod", f.lost);
}

template <class V>
void fields(pods_well& f, V&& v) {
  v("allRunning", f.all_running);
}

template <class V>
void fields(spec_edited& f, V&& v) {
  v("specHash", f.spec_hash);
  v("drifted", f.drifted);
}

template <class V>
void fields(run_ended& f, V&& v) {
  v("cause", f.cause);
  v("exitCode", f.exit_code);
  v("message", f.message);
}

template <class V>
void fields(deletion_seen& f, V&& v) {
  v("finalizer", f.finalizer);
}

template <class V>
void fields(stored& f, V&& v) {
  v("revision", f.revision);
}

template <class V>
void fields(retry_due&, V&&) {
  // nop
}

template <class V>
void fields(run_began&, V&&) {
  // nop
}

template <class V>
void fields(resumed&, V&&) {
  // nop
}

struct encoder {
  fact_data out;

  void operator()(const char* name, const std::string& x) {
    if (!x.empty())
      out.emplace(name, x);
  }

  void operator()(const char* name, bool x) {
    if (x)
      out.emplace(name, "true");
  }

  template <class Int>
  requires std::integral<Int>
  void operator()(const char* name, Int x) {
    out.emplace(name, std::to_string(x));
  }

  void operator()(const char* name, const std::optional<int32_t>& x) {
    if (x)
      out.emplace(name, std::to_string(*x));
  }

  void operator()(const char* name, child_kind x) {
    out.emplace(name, to_string(x));
  }

  void operator()(const char* name, worker_source x) {
    out.emplace(name, source_names[static_cast<size_t>(x)]);
  }

  void operator()(const char* name, end_cause x) {
    out.emplace(name, cause_names[static_cast<size_t>(x)]);
  }

  /// Its fields stand beside the others.
  void operator()(const char*, std::optional<pod_loss>& x) {
    if (x)
      fields(*x, *this);
  }
};

/// Reads fields that may be missing (then they keep their default); notes the
/// first one that cannot be read.
struct decoder {
  const fact_data& in;
  std::string bad;

  const std::string* look(const char* name) const {
    auto at = in.find(name);
    return at == in.end() ? nullptr : &at->second;
  }

  void operator()(const char* name, std::string& x) {
    if (const auto* text = look(name))
      x = *text;
  }

  void operator()(const char* name, bool& x) {
    if (const auto* text = look(name)) {
      x = *text == "true";
      check(name, x || *text == "false");
    }
  }

  template <class Int>
  requires std::integral<Int>
  void operator()(const char* name, Int& x) {
    if (const auto* text = look(name)) {
      const auto* end = text->data() + text->size();
      auto [at, failure] = std::from_chars(text->data(), end, x);
      check(name, failure == std::errc{} && at == end);
    }
  }

  void operator()(const char* name, std::optional<int32_t>& x) {
    if (look(name) != nullptr)
      (*this)(name, x.emplace());
  }

  void operator()(const char* name, child_kind& x) {
    const auto* text = look(name);
    auto parsed = text == nullptr ? std::nullopt : parse_child_kind(*text);
    check(name, parsed.has_value());
    x = parsed.value_or(child_kind::master_service);
  }

  void operator()(const char* name, worker_source& x) {
    pick(name, source_names, x);
  }

  void operator()(const char* name, end_cause& x) {
    pick(name, cause_names, x);
  }

  /// `name` is the field that shows that there is one.
  void operator()(const char* name, std::optional<pod_loss>& x) {
    if (look(name) != nullptr)
      fields(x.emplace(), *this);
  }

  template <size_t N, class Enum>
  void pick(const char* name, const std::array<std::string_view, N>& names,
            Enum& x) {
    const auto* text = look(name);
    for (size_t i = 0; text != nullptr && i < N; ++i)
      if (names[i] == *text) {
        x = static_cast<Enum>(i);
        return;
      }
    check(name, false);
  }

  void check(const char* name, bool good) {
    if (!good && bad.empty())
      bad = name;
  }
};

template <size_t I = 0>
result<lifecycle_fact> decode_from(std::string_view kind,
                                   const fact_data& data) {
  if constexpr (I == std::variant_size_v<lifecycle_fact>) {
    return fail(errc::malformed,
                "unknown kind of event \"" + std::string(kind) + '"');
  } else {
    using fact_type = std::variant_alternative_t<I, lifecycle_fact>;
    if (fact_type::kind != kind)
      return decode_from<I + 1>(kind, data);
    fact_type fact;
    decoder d{data, {}};
    fields(fact, d);
    if (!d.bad.empty())
      return fail(errc::malformed, "event " + std::string(kind) + ": field \"" +
                                       d.bad +
                                       "\" is missing or cannot be read");
    return fact;
  }
}

std::string noun(child_kind child) {
  return child == child_kind::master_service ? "Service" : "Job";
}

std::string plural(int32_t n, std::string_view word) {
  return std::to_string(n) + ' ' + std::string(word) + (n == 1 ? "" : "s");
}

struct describer {
  std::string operator()(const accepted& f) const {
    return "Accepted a run with " + plural(f.workers, "worker");
  }

  std::string operator()(const child_created& f) const {
    return (f.adopted ? "Found own " : "Created ") + noun(f.child) + ' ' +
           f.name;
  }

  std::string operator()(const child_refused& f) const {
    return "Could not create " + noun(f.child) + ' ' + f.name + ": " +
           f.message;
  }

  std::string operator()(const child_conflict& f) const {
    if (f.deleting)
      return noun(f.child) + ' ' + f.name +
             " of an earlier run is still being deleted";
    return noun(f.child) + ' ' + f.name + " exists and belongs to " + f.owner;
  }

  std::string operator()(const retry_due&) const {
    return "Trying again to create what is missing";
  }

  std::string operator()(const child_lost& f) const {
    return noun(f.child) + ' ' + f.name + " was deleted by somebody else";
  }

  std::string operator()(const run_began&) const {
    return "The master Job has an active pod";
  }

  std::string operator()(const test_started& f) const {
    return "Locust master started in pod " + f.pod +
           (f.node.empty() ? "" : " on node " + f.node);
  }

  std::string operator()(const workers_counted& f) const {
    return plural(f.connected, "worker") + " connected";
  }

  std::string operator()(const pods_failing& f) const {
    return f.message;
  }

  std::string operator()(const pods_well& f) const {
    return f.all_running ? "All pods are healthy"
                         : "No pod is in trouble any more";
  }

  std::string operator()(const spec_edited& f) const {
    return f.drifted ? "The spec was edited; the run goes on with the spec "
                       "that it was built from"
                     : "The spec was edited back to what the run was built "
                       "from";
  }

  std::string operator()(const run_ended& f) const {
    return f.cause == end_cause::master_completed
               ? "The test completed successfully"
               : f.message;
  }

  std::string operator()(const deletion_seen&) const {
    return "The LocustTest is being deleted";
  }

  std::string operator()(const resumed&) const {
    return "The operator took the run up again";
  }

  std::string operator()(const stored& f) const {
    return "Status revision " + std::to_string(f.revision) + " is stored";
  }
};

} // namespace

std::string_view kind_of(const lifecycle_fact& fact) {
  return std::visit(
      [](const auto& f) { return std::decay_t<decltype(f)>::kind; }, fact);
}

fact_data encode(const lifecycle_fact& fact) {
  return std::visit(
      [](auto f) {
        encoder e;
        fields(f, e);
        return std::move(e.out);
      },
      fact);
}

result<lifecycle_fact> decode_fact(std::string_view kind,
                                   const fact_data& data) {
  return decode_from(kind, data);
}

std::string describe(const lifecycle_fact& fact) {
  return std::visit(describer{}, fact);
}

} // namespace locust
