#include "actors/supervisor/failure_text.hpp"

#include "protocol/json.hpp"

namespace locust {

namespace {

std::string with_pod(const std::string& role, const std::string& name) {
  return "Test failed: the Locust " + role + " pod " + name;
}

} // namespace

std::string meaning_of_exit(const container_end& end) {
  if (end.reason == "OOMKilled")
    return "the container needs more memory than its limit allows";
  if (auto signal = signal_of(end.exit_code))
    return "killed by signal " + std::to_string(*signal);
  if (end.exit_code == 1)
    return "requests failed or exceptions were raised, or Locust could not "
           "start";
  if (end.exit_code == 2)
    return "an exception that the locustfile did not handle, or invalid "
           "arguments";
  return {};
}

bool failed_by_itself(const job_seen& job) {
  return job.failure_reason == "DeadlineExceeded";
}

std::string explain_exit(const container_end& end) {
  auto text = "exit code " + std::to_string(end.exit_code);
  // The message of OOMKilled is what Locust happened to print before.
  if (end.reason == "OOMKilled")
    return "OOMKilled (" + text + "): " + meaning_of_exit(end);
  text += " (" + end.reason + ')';
  auto meaning = meaning_of_exit(end);
  if (!meaning.empty())
    text += ": " + meaning;
  if (end.exit_code != 0 && !end.message.empty())
    text += (meaning.empty() ? ": " : "; it said: ") + end.message;
  return text;
}

std::string explain_failure(const std::string& role, const job_seen& job,
                            const observed_pod* pod,
                            const std::optional<lifecycle::loss>& lost) {
  if (pod != nullptr && pod->is_lost())
    return with_pod(role, pod->name) + " was lost: " + pod->trouble->detail;
  if (pod != nullptr && pod->deleted_at)
    return with_pod(role, pod->name) + " was deleted before it ended" +
           (pod->end ? ", with " + explain_exit(*pod->end) : "");
  if (pod != nullptr && pod->end)
    return "Test failed: the Locust " + role + " in pod " + pod->name +
           " ended with " + explain_exit(*pod->end);
  if (pod != nullptr && pod->trouble)
    return with_pod(role, pod->name) + ": " + pod->trouble->detail;
  if (lost && !failed_by_itself(job))
    return with_pod(role, lost->pod) + " was lost: " + lost->why;
  return "Test failed: the Locust " + role + " Job " + job.key.name +
         " failed: " + job.failure_reason + ": " +
         json::clean_text(job.failure_message, 512);
}

} // namespace locust
