"""The supervisor creates children: never a second run, never of another spec."""

from ..mutant import Mutant

_CREATION = "actors/supervisor/creation.cpp"
_ANSWER = "actors/resource_builder/create_outcome.cpp"
_LOST = "actors/supervisor/assess_children.cpp"

MUTANTS = [
    Mutant("adopts-by-name", _ANSWER,
           "auto ours = there->owner && there->owner->uid == test_uid_;",
           "auto ours = there->owner.has_value();",
           "A Job of an earlier LocustTest of the same name becomes a child."),
    Mutant("no-intent-before-the-master", _CREATION,
           "return p.announced || !s.run.ttl_seconds;",
           "return p.announced || !s.run.ttl_seconds || !s.run.spec_hash.empty();",
           "A master Job with a TTL is requested before a status tells of it."),
    Mutant("confirms-what-is-not-stored", "actors/supervisor/evolve.cpp",
           "s.stored_revision = std::max(s.stored_revision, f.revision);",
           "s.stored_revision = s.revision;",
           "Any answer of the API server confirms the newest status."),
    Mutant("forgets-the-attempt", _CREATION,
           "  if (may_vanish(c.s))\n    p.attempt_open = c.at();",
           "  if (may_vanish(c.s) && p.held)\n    p.attempt_open = c.at();",
           "The status does not say since when a master Job may exist."),
    Mutant("forgets-a-lost-answer", _CREATION,
           "if (unanswered && master && !p.unanswered_since)",
           "if (unanswered && master && p.unanswered_since)",
           "A creation without an answer counts as if it had not been made."),
    Mutant("never-in-doubt", _CREATION,
           "now - *p->unanswered_since >= shortest_life(s);",
           "now - *p->unanswered_since >= 1000 * shortest_life(s);",
           "A master Job is requested again although it may have run and be gone."),
    Mutant("workers-of-an-edited-spec", "actors/supervisor/assess.cpp",
           "return asked_for || p->unanswered_since || p->master_asked_at",
           "return asked_for && p->unanswered_since && p->master_asked_at",
           "An edit is taken while a master Job of the old spec may exist."),
    Mutant("builds-from-the-newest-spec", "actors/supervisor/supervisor_core.cpp",
           "c.child, run_spec_ ? run_spec_ : spec_of(*observed_.test),",
           "c.child, spec_of(*observed_.test),",
           "A child that is created later is built from the edited spec."),
    Mutant("waits-for-no-earlier-pods", "actors/supervisor/earlier_pods.cpp",
           "if (earlier.empty() == !p->held)",
           "if (earlier.empty() == !p->held || !p->held)",
           "Workers of an earlier LocustTest find the new master."),
    Mutant("recreates-what-was-collected", "actors/supervisor/supervisor_record.cpp",
           "if (lost == nullptr || existence_.outlived(lost->uid))",
           "if (lost == nullptr || existence_.outlived(lost->uid) || now_ > timestamp{})",
           "Children that the garbage collector takes with their test are created "
           "again."),
    Mutant("retries-too-eagerly", _LOST,
           "if (now >= p->blocked->retry_at)",
           "if (now >= p->blocked->since)",
           "A refused creation is repeated at once, and again."),
    Mutant("gives-up-a-taken-name", _LOST,
           "if (cleared)\n    return {fact::retrying{}, {}};",
           "if (cleared)\n    return {};",
           "A name that becomes free again is never tried again."),
]
