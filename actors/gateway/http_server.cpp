#include "actors/gateway/http_server.hpp"

#include "actors/gateway/listener.hpp"
#include "actors/gateway/metrics_page.hpp"
#include "actors/gateway/probe_answer.hpp"
#include "actors/gateway/self_check.hpp"
#include "actors/gateway/tls_pair.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <spdlog/spdlog.h>

#include <pthread.h>

#include <chrono>
#include <csignal>
#include <exception>
#include <thread>
#include <utility>

namespace locust {

namespace {

namespace net = boost::asio;

/// Threads for the answers of webhooks: while one converts thousands of objects
/// the other can admit single ones.
constexpr size_t answer_threads = 2;

constexpr auto health = "/healthz";
constexpr auto readiness = "/readyz";

void block_signals() {
  // The main thread waits for signals.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

/// Answers 500 if the handler throws, so that a fault affects one answer only.
http_answer safely(const webhook& hook, const http_request& request) {
  try {
    return hook.answer(request);
  } catch (const std::exception& fault) {
    hook.metrics.panics.add();
    spdlog::error("cannot answer a request for {}: {}", hook.path,
                  fault.what());
    return handler_failed().content;
  }
}

void count(const webhook_metrics& in, int status,
           std::chrono::steady_clock::time_point began) {
  in.in_flight.add(-1);
  in.requests.add(status);
  in.latency.observe(std::chrono::steady_clock::now() - began);
}

} // namespace

class http_server::worker {
public:
  explicit worker(http_server_setup setup);
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;
  ~worker();

  result<void> open();
  void run();

  uint16_t port_of(const listener* one) const {
    return one != nullptr ? one->where().port() : 0;
  }

  // -- any thread -------------------------------------------------------------

  void show(tls_server which, std::shared_ptr<SSL_CTX> context);
  void guard_metrics(ask_access ask);
  void show_caches(std::string missing);
  void note_alive();
  void stop(std::function<void()> stopped);

  listener* probes = nullptr;
  listener* webhooks = nullptr;
  listener* metrics = nullptr;

private:
  listener* add(listener_setup setup);
  route health_route();
  std::string actors_trouble() const;
  route readiness_route();
  route review_route(webhook hook);
  void answer_readiness(const http_request& request,
                        const answer_callback& give);
  void close_listeners();

  net::io_context io_{1};
  net::executor_work_guard<net::io_context::executor_type> guard_;
  net::steady_timer patience_;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::optional<self_check> check_;
  std::optional<metrics_page> page_;
  server_limits limits_;
  std::optional<std::string> caches_;
  /// When the actors last reported; not set before the first time.
  std::optional<std::chrono::steady_clock::time_point> alive_at_;
  size_t open_ = 0;
  std::function<void()> stopped_;
  std::optional<net::thread_pool> pool_;
  /// Of `pool_`, for webhooks that answer in turn.
  std::optional<net::strand<net::thread_pool::executor_type>> turn_;
  std::thread thread_;
};

// -- start and stop -----------------------------------------------------------

http_server::worker::worker(http_server_setup setup)
    : guard_(io_.get_executor()), patience_(io_), limits_(setup.limits),
      caches_(std::move(setup.caches)) {
  if (setup.webhooks) {
    std::vector<route> routes;
    routes.reserve(setup.hooks.size());
    for (auto& hook : setup.hooks)
      routes.push_back(review_route(std::move(hook)));
    webhooks = add({"webhooks", "--webhook-bind-address", *setup.webhooks, true,
                    std::move(routes), limits_});
  }
  if (setup.probes)
    probes = add({"probes",
                  "--health-probe-bind-address",
                  *setup.probes,
                  false,
                  {health_route(), readiness_route()},
                  limits_});
  if (setup.metrics) {
    page_.emplace(io_, *setup.metrics);
    metrics = add({"metrics",
                   "--metrics-bind-address",
                   setup.metrics->address,
                   setup.metrics->secure,
                   {page_->make_route()},
                   limits_});
  }
}

http_server::worker::~worker() {
  if (!thread_.joinable())
    return;
  io_.stop();
  thread_.join();
}

listener* http_server::worker::add(listener_setup setup) {
  listeners_.push_back(std::make_unique<listener>(io_, std::move(setup)));
  return listeners_.back().get();
}

result<void> http_server::worker::open() {
  for (auto& one : listeners_)
    if (auto opened = one->open(); !opened)
      return opened;
  for (auto& one : listeners_)
    spdlog::info("serving {} at {}", one->name(), one->where_text());
  if (webhooks != nullptr)
    check_.emplace(io_, webhooks->where(), limits_.self_check,
                   limits_.self_check_valid);
  return {};
}

void http_server::worker::run() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "gateway");
    block_signals();
    if (webhooks != nullptr) {
      pool_.emplace(answer_threads);
      turn_.emplace(pool_->get_executor());
    }
    for (auto& one : listeners_)
      one->start();
    io_.run();
    for (auto& one : listeners_)
      one->end_all();
    if (pool_) {
      pool_->stop();
      pool_->join();
    }
    if (stopped_)
      stopped_();
  });
}

void http_server::worker::show(tls_server which,
                               std::shared_ptr<SSL_CTX> context) {
  auto* one = which == tls_server::webhooks ? webhooks : metrics;
  net::post(io_, [one, context = std::move(context)]() mutable {
    if (one != nullptr)
      one->show(std::move(context));
  });
}

void http_server::worker::guard_metrics(ask_access ask) {
  net::post(io_, [this, ask = std::move(ask)]() mutable {
    if (page_)
      page_->guard_by(std::move(ask));
  });
}

void http_server::worker::show_caches(std::string missing) {
  net::post(io_, [this, missing = std::move(missing)]() mutable {
    caches_ = std::move(missing);
  });
}

void http_server::worker::note_alive() {
  net::post(io_, [this] { alive_at_ = std::chrono::steady_clock::now(); });
}

void http_server::worker::stop(std::function<void()> stopped) {
  net::post(io_, [this, stopped = std::move(stopped)]() mutable {
    stopped_ = std::move(stopped);
    close_listeners();
  });
}

void http_server::worker::close_listeners() {
  patience_.expires_after(limits_.stop);
  patience_.async_wait([this](boost::system::error_code) { io_.stop(); });
  open_ = listeners_.size();
  for (auto& one : listeners_)
    one->close([this] {
      if (--open_ == 0)
        io_.stop();
    });
}

// -- routes -------------------------------------------------------------------

route http_server::worker::health_route() {
  return {route::kind::probe, health, 0,
          [this](const http_request& request, const answer_callback& give) {
            std::vector<probe_check> checks{{"healthz", {}}};
            if (alive_at_)
              checks.push_back({"actors", actors_trouble()});
            give(answer_probe(request, health, std::move(checks)));
          }};
}

std::string http_server::worker::actors_trouble() const {
  auto silence = std::chrono::steady_clock::now() - *alive_at_;
  if (silence <= limits_.actors_silence)
    return {};
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(silence);
  auto text = "the actors have not answered for " +
              std::to_string(seconds.count()) + " seconds";
  spdlog::error("not healthy: {}", text);
  return text;
}

route http_server::worker::readiness_route() {
  return {route::kind::probe, readiness, 0,
          [this](const http_request& request, const answer_callback& give) {
            answer_readiness(request, give);
          }};
}

void http_server::worker::answer_readiness(const http_request& request,
                                           const answer_callback& give) {
  auto answer = [this, request, give](const std::string& trouble) {
    std::vector<probe_check> checks{{"readyz", {}}};
    if (caches_)
      checks.push_back({"caches", *caches_});
    if (webhooks != nullptr)
      checks.push_back({"webhook", trouble});
    if (!trouble.empty())
      spdlog::debug("not ready: webhooks: {}", trouble);
    give(answer_probe(request, readiness, std::move(checks)));
  };
  if (webhooks == nullptr || !asks_for(request, readiness, "webhook"))
    answer({});
  else if (!webhooks->shows_certificate())
    answer("no certificate yet");
  else
    check_->run(answer);
}

route http_server::worker::review_route(webhook hook) {
  auto path = hook.path;
  auto limit = hook.body_limit;
  auto budget = hook.body_budget;
  auto shared = std::make_shared<const webhook>(std::move(hook));
  auto answer = [this, shared](http_request request, answer_callback give) {
    auto began = std::chrono::steady_clock::now();
    shared->metrics.in_flight.add(1);
    auto work = [this, shared, began, request = std::move(request),
                 give = std::move(give)]() mutable {
      auto made = safely(*shared, request);
      count(shared->metrics, made.status, began);
      net::post(io_,
                [made = std::move(made), give = std::move(give)]() mutable {
                  give(std::move(made));
                });
    };
    if (shared->in_turn)
      net::post(*turn_, std::move(work));
    else
      net::post(*pool_, std::move(work));
  };
  return {route::kind::review, std::move(path), limit, std::move(answer),
          budget};
}

// -- http_server --------------------------------------------------------------

http_server::http_server(std::unique_ptr<worker> made)
    : worker_(std::move(made)) {
  // nop
}

http_server::~http_server() {
  // Out of line: `worker` is complete only here.
}

result<std::unique_ptr<http_server>>
http_server::start(http_server_setup setup) {
  auto made = std::make_unique<worker>(std::move(setup));
  if (auto opened = made->open(); !opened)
    return tl::unexpected(opened.error());
  made->run();
  return std::unique_ptr<http_server>(new http_server(std::move(made)));
}

uint16_t http_server::probe_port() const {
  return worker_->port_of(worker_->probes);
}

uint16_t http_server::webhook_port() const {
  return worker_->port_of(worker_->webhooks);
}

uint16_t http_server::metrics_port() const {
  return worker_->port_of(worker_->metrics);
}

result<std::string> http_server::show_certificate(tls_server which,
                                                  std::string_view chain,
                                                  std::string_view key) {
  auto pair = make_tls_pair(chain, key);
  if (!pair)
    return tl::unexpected(pair.error());
  worker_->show(which, std::move(pair->context));
  return pair->valid_until;
}

void http_server::guard_metrics(ask_access ask) {
  worker_->guard_metrics(std::move(ask));
}

void http_server::show_caches(std::string missing) {
  worker_->show_caches(std::move(missing));
}

void http_server::note_alive() {
  worker_->note_alive();
}

void http_server::stop(std::function<void()> stopped) {
  worker_->stop(std::move(stopped));
}

} // namespace locust
