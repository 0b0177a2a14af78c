"""All mutants, by the part of the operator that they break."""

from . import children, clients, ends, leaders, statuses

MUTANTS = [*children.MUTANTS, *ends.MUTANTS, *statuses.MUTANTS, *leaders.MUTANTS,
           *clients.MUTANTS]
