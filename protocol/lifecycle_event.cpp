#include "protocol/lifecycle_event.hpp"

#include <array>
#include <charconv>

namespace locust {

namespace {

constexpr std::array<std::string_view, 5> source_names = {
    "none", "master", "ready_pods", "predecessor", "unreachable"};
constexpr std::array<std::string_view, 6> stage_names = {
    "None", "WaitsForWorkers", "WaitsForStart", "Made", "Stopped", "Unknown"};
constexpr std::array<std::string_view, 7> cause_names = {
    "MasterCompleted", "MasterFailed",   "WorkerFailed", "PodsFailing",
    "OutcomeUnknown",  "StartupTimeout", "SpecUnusable"};

/// Prefixes of a migrated condition as text: status and transition time.
const std::string holds_since = "True since ";
const std::string fails_since = "False since ";

// One list of fields per fact, for both directions. Calls `V` with the name and
// the member.

template <class V>
void fields(fact::accepted& f, V&& v) {
  v("specHash", f.spec_hash);
  v("workers", f.workers);
  v("ttlSeconds", f.ttl_seconds);
}

template <class V>
void fields(fact::taken_over& f, V&& v) {
  v("specHash", f.spec_hash);
  v("edited", f.edited);
  v("workers", f.workers);
  v("ttlSeconds", f.ttl_seconds);
  v("startTime", f.start_time);
  v("running", f.running);
  v("service", f.service);
  v("masterJob", f.master_job);
  v("workerJob", f.worker_job);
  v("connected", f.connected);
  v("Ready", f.ready);
  v("WorkersConnected", f.workers_connected);
  v("TestCompleted", f.test_completed);
  v("PodsHealthy", f.pods_healthy);
  v("SpecDrifted", f.spec_drifted);
}

template <class V>
void fields(fact::child_created& f, V&& v) {
  v("child", f.child);
  v("name", f.name);
  v("uid", f.uid);
  v("adopted", f.adopted);
  v("ttlSeconds", f.ttl_seconds);
}

template <class V>
void fields(fact::create_failed& f, V&& v) {
  v("child", f.child);
  v("name", f.name);
  v("message", f.message);
  v("transient", f.transient);
  v("untouched", f.untouched);
  v("unsent", f.unsent);
}

template <class V>
void fields(fact::name_conflict& f, V&& v) {
  v("child", f.child);
  v("name", f.name);
  v("owner", f.owner);
  v("deleting", f.deleting);
  v("leftover", f.leftover);
}

template <class V>
void fields(fact::earlier_pods& f, V&& v) {
  v("names", f.names);
}

template <class V>
void fields(fact::child_deleted& f, V&& v) {
  v("child", f.child);
  v("name", f.name);
  v("uid", f.uid);
}

template <class V>
void fields(fact::test_started& f, V&& v) {
  v("pod", f.pod);
  v("node", f.node);
  v("estimated", f.estimated);
}

template <class V>
void fields(fact::load_changed& f, V&& v) {
  v("stage", f.stage);
  v("collectsReport", f.collects_report);
}

template <class V>
void fields(fact::report_settled& f, V&& v) {
  v("configMap", f.config_map);
  v("omitted", f.omitted);
  v("message", f.message);
}

template <class V>
void fields(fact::workers_connected& f, V&& v) {
  v("connected", f.connected);
  v("source", f.source);
  v("pods", f.pods);
  v("why", f.why);
}

template <class V>
void fields(pod_loss& f, V&& v) {
  v("lostOf", f.child);
  v("lostPod", f.pod);
  v("lostWhy", f.why);
}

template <class V>
void fields(fact::pods_failing& f, V&& v) {
  v("reason", f.reason);
  v("message", f.message);
  v("lostPod", f.lost);
  v("sameKind", f.same_kind);
}

template <class V>
void fields(fact::pods_healthy& f, V&& v) {
  v("allRunning", f.all_running);
}

template <class V>
void fields(fact::spec_edited& f, V&& v) {
  v("specHash", f.spec_hash);
  v("drifted", f.drifted);
}

template <class V>
void fields(fact::suspended& f, V&& v) {
  v("jobs", f.jobs);
  v("master", f.master);
}

template <class V>
void fields(fact::ended& f, V&& v) {
  v("cause", f.cause);
  v("exitCode", f.exit_code);
  v("message", f.message);
  v("cutShort", f.cut_short);
}

template <class V>
void fields(fact::deleting& f, V&& v) {
  v("finalizer", f.finalizer);
}

template <class V>
void fields(fact::stored& f, V&& v) {
  v("revision", f.revision);
}

template <class V>
void fields(fact::retrying&, V&&) {
  // nop
}

template <class V>
void fields(fact::continued&, V&&) {
  // nop
}

template <class V>
void fields(fact::running&, V&&) {
  // nop
}

template <class V>
void fields(fact::unknown&, V&&) {
  // its history entry holds them
}

template <class V>
void fields(fact::resumed&, V&&) {
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

  void operator()(const char* name, const std::optional<timestamp>& x) {
    if (x)
      out.emplace(name, to_rfc3339(*x));
  }

  void operator()(const char* name, const std::optional<shown_condition>& x) {
    if (x)
      out.emplace(name, (x->holds ? holds_since : fails_since) +
                            to_rfc3339(x->since));
  }

  void operator()(const char* name, child_kind x) {
    out.emplace(name, to_string(x));
  }

  void operator()(const char* name, worker_source x) {
    out.emplace(name, source_names[static_cast<size_t>(x)]);
  }

  void operator()(const char* name, load_stage x) {
    out.emplace(name, stage_names[static_cast<size_t>(x)]);
  }

  void operator()(const char* name, end_cause x) {
    out.emplace(name, cause_names[static_cast<size_t>(x)]);
  }

  /// Its fields are stored beside the others.
  void operator()(const char*, std::optional<pod_loss>& x) {
    if (x)
      fields(*x, *this);
  }
};

/// Reads fields that may be missing (then they keep their default); remembers
/// the first one that cannot be read.
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

  void operator()(const char* name, std::optional<timestamp>& x) {
    if (const auto* text = look(name)) {
      x = parse_rfc3339(*text);
      check(name, x.has_value());
    }
  }

  void operator()(const char* name, std::optional<shown_condition>& x) {
    const auto* text = look(name);
    if (text == nullptr)
      return;
    bool holds = text->starts_with(holds_since);
    const auto& head = holds ? holds_since : fails_since;
    auto since = text->starts_with(head)
                     ? parse_rfc3339(text->substr(head.size()))
                     : std::nullopt;
    check(name, since.has_value());
    x = shown_condition{holds, since.value_or(timestamp{})};
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

  void operator()(const char* name, load_stage& x) {
    pick(name, stage_names, x);
  }

  void operator()(const char* name, end_cause& x) {
    pick(name, cause_names, x);
  }

  /// `name` is the field whose presence indicates a value.
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
    fact_type fact;
    if constexpr (!std::is_same_v<fact_type, fact::unknown>) {
      if (fact_type::kind == kind) {
        decoder d{data, {}};
        fields(fact, d);
        if (d.bad.empty())
          return fact;
        return fail(errc::malformed, "event " + std::string(kind) +
                                         ": field \"" + d.bad +
                                         "\" is missing or cannot be read");
      }
    }
    return decode_from<I + 1>(kind, data);
  }
}

} // namespace

std::string_view kind_of(const lifecycle_fact& fact) {
  return std::visit([](const auto& f) { return std::string_view(f.kind); },
                    fact);
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

} // namespace locust
