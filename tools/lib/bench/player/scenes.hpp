#pragma once

#include "actors/api_client/cluster_access.hpp"
#include "tools/lib/bench/player/plan.hpp"

#include <string>

// What the player can do. Each returns its result as JSON; throws `failure`.

namespace locust::bench {

/// Creates `count` tests as fast as the server takes them, plays the Job
/// controller, and waits until all are Ready; with `has_pods` all pods run, and
/// it waits until all tests are Running.
std::string play_burst(const plan& what, const cluster_access& access);

/// Creates `count` tests one after the other, each when the one before is Ready
/// and nothing happens any more. The bare client creates all three children of
/// a test at once, and does not write its status.
std::string play_latency(const plan& what, const cluster_access& access);

/// Creates `count` tests. When one of the first `finished` is Ready, its Jobs
/// complete. Waits until these have ended and the others are Ready.
std::string play_population(const plan& what, const cluster_access& access);

/// Creates `count` tests at once, whose pods run and whose Jobs are ready.
/// Waits until all are Running.
std::string play_running(const plan& what, const cluster_access& access);

/// The same one after the other; when a test is Running, its master pod ends,
/// and then its master Job. Waits until the test has ended.
std::string play_lives(const plan& what, const cluster_access& access);

/// Creates tests with pods: when a test is Ready, its master and `workers`
/// worker pods are created and run.
std::string play_workers(const plan& what, const cluster_access& access);

/// The worker pods of these tests fail, one after the other.
std::string play_failures(const plan& what, const cluster_access& access);

/// Creates `finished` tests. The master Jobs of the first half complete one
/// after the other while nothing else happens; those of the second half while
/// `count` others are created in the namespace with the suffix `-crowd`.
/// Reports the former.
std::string play_steady(const plan& what, const cluster_access& access);

/// Creates `count` of each of `children`, as objects of nobody.
std::string play_objects(const plan& what, const cluster_access& access);

/// Only creates `count` tests.
std::string play_create(const plan& what, const cluster_access& access);

} // namespace locust::bench
