"""The status says what happened, and nobody's change of it stays or gets lost."""

from ..mutant import Mutant

_FLOW = "actors/status_writer/document_flow.cpp"
_EVOLVE = "actors/supervisor/evolve.cpp"
_DECIDE = "actors/supervisor/decide.cpp"
_PLAN = "actors/status_writer/write_plan.cpp"

MUTANTS = [
    Mutant("transition-time-always-moves", _EVOLVE,
           "  if (moved)\n    slot->last_transition = at();",
           "  if (moved || !slot->message.empty())\n    slot->last_transition = at();",
           "lastTransitionTime changes although the status of a condition does not."),
    Mutant("announces-too-early", _DECIDE,
           "      if (waiting.revision <= f.revision)\n",
           "      if (waiting.revision <= f.revision + 1)\n",
           "A Kubernetes Event tells what no status says yet."),
    Mutant("announces-nothing-again", _DECIDE,
           "      if (!awaits_storing(after, made))\n",
           "      if (awaits_storing(after, made))\n",
           "Events that a process did not live to publish are lost."),
    Mutant("everything-may-wait", _DECIDE,
           "write_status{after.revision, !may_wait(after, event.fact)});",
           "write_status{after.revision, !may_wait(after, event.fact) && !event.generation});",
           "The end of a run is stored as late as a live figure."),
    Mutant("forgets-the-newest-document", _FLOW,
           "  if (newest_is_sent())\n    newest_.reset();",
           "  newest_.reset();",
           "A document that came while another was stored is dropped."),
    Mutant("drops-other-conditions", _FLOW,
           "sent_conditions_.empty()\n", "!sent_conditions_.empty()\n",
           "A condition of another controller is overwritten."),
    Mutant("retries-a-refused-status-at-once", _FLOW,
           "  not_before_ = now + delay;\n", "  not_before_ = now;\n  (void)delay;\n",
           "A status that cannot be written is sent again without a pause."),
    Mutant("leaks-a-calm-write", _PLAN,
           "  calm_in_flight_ -= e.calm ? 1 : 0;",
           "  calm_in_flight_ -= e.calm && e.forgotten ? 1 : 0;",
           "After a few writes that may wait, none is made any more."),
    Mutant("writes-without-a-version", "actors/status_writer/status_patch.cpp",
           "                  .replace(\"/metadata/resourceVersion\", resource_version)\n"
           "                  .add_json(",
           "                  .test(\"/metadata/uid\",\n"
           "                        resource_version.empty() ? \"\" : test_uid)\n"
           "                  .add_json(",
           "A status is written whatever another client has stored meanwhile."),
    Mutant("figures-without-a-version", "actors/status_writer/load_patch.cpp",
           "    json::put(out, \"resourceVersion\", resource_version);",
           "    if (changes.empty())\n"
           "      json::put(out, \"resourceVersion\", resource_version);",
           "Figures are merged into whatever is stored."),
    Mutant("lets-edits-of-the-status-stay", "actors/supervisor/status_guard.cpp",
           "if (!is_stored && !is_same(test.status, good_))",
           "if (!is_stored && !is_same(test.status, good_) && !test.status)",
           "What somebody writes into the status stays there."),
    Mutant("names-a-strangers-report", "actors/report_keeper/report_collection.cpp",
           "(taken && is_second_name_)", "taken",
           "The ConfigMap of a stranger is named as the report of the run."),
    Mutant("keeps-no-report", "actors/report_keeper/report_plan.cpp",
           "  if (is_new)\n    waiting_.put(",
           "  if (is_new && at->first.empty())\n    waiting_.put(",
           "A report is asked for, but never collected."),
]
