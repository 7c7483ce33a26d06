// The core's own engine keeps three threads and more, one of which looks at its timers once a second for ever, though
// there are hardly any: a unix socket's client pauses between two attempts to connect, and that is all. This one has a
// single thread, which comes with the first thing to run and sleeps until the next is due.
// Corresponds to grpc/event_engine/event_engine.h; connections are not made by it.

#include "internal.h"

#include <grpc/event_engine/event_engine.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>
#include <pthread.h>
#include <signal.h>
#include <thread>
#include <utility>

namespace {

using grpc_event_engine::experimental::EventEngine;
using Work = absl::AnyInvocable<void()>;
using Clock = std::chrono::steady_clock;

/// What is to run, and when; outlives the engine for as long as the thread looks at it.
class Agenda {
 public:
  EventEngine::TaskHandle add(EventEngine::Duration when, Work work) {
    const EventEngine::Duration longest = std::chrono::hours(24 * 365);
    std::lock_guard<std::mutex> lock(mutex);
    Key key(Clock::now() + std::min(when, longest), ++last);
    entries.emplace(key, std::move(work));
    changed.notify_one();
    return {{static_cast<intptr_t>(key.first.time_since_epoch().count()), key.second}};
  }

  bool cancel(EventEngine::TaskHandle handle) {
    Work forgotten;  // let go of without the lock: it may own whatever the core has
    std::lock_guard<std::mutex> lock(mutex);
    auto entry = entries.find(Key(Clock::time_point(Clock::duration(handle.keys[0])), handle.keys[1]));
    if (entry == entries.end()) return false;
    forgotten = std::move(entry->second);
    entries.erase(entry);
    return true;
  }

  void close() {
    std::lock_guard<std::mutex> lock(mutex);
    is_closed = true;
    changed.notify_one();
  }

  void run() {
    std::unique_lock<std::mutex> lock(mutex);
    while (!is_closed) {
      if (entries.empty()) {
        changed.wait(lock);
      } else if (auto next = entries.begin(); next->first.first > Clock::now()) {
        auto due = next->first.first;
        changed.wait_until(lock, due);
      } else {
        Work work = std::move(next->second);
        entries.erase(next);
        lock.unlock();
        work();
        work = nullptr;
        lock.lock();
      }
    }
  }

 private:
  using Key = std::pair<Clock::time_point, intptr_t>;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<Key, Work> entries;
  intptr_t last = 0;
  bool is_closed = false;
};

class Engine final : public EventEngine {
 public:
  Engine() { is_made.store(true, std::memory_order_release); }
  ~Engine() override {
    (void)is_made.load(std::memory_order_acquire);
    agenda->close();
    if (!thread.joinable()) return;
    // The core may let go of its engine in something that the engine runs.
    if (IsWorkerThread()) thread.detach();
    else thread.join();
  }

  bool IsWorkerThread() override { return std::this_thread::get_id() == thread.get_id(); }

  void Run(Closure *closure) override { RunAfter(Duration::zero(), closure); }
  void Run(Work work) override { RunAfter(Duration::zero(), std::move(work)); }
  TaskHandle RunAfter(Duration when, Closure *closure) override {
    return RunAfter(when, [closure] { closure->Run(); });
  }
  TaskHandle RunAfter(Duration when, Work work) override {
    std::call_once(has_begun, [this] { begin(); });
    return agenda->add(when, std::move(work));
  }
  bool Cancel(TaskHandle handle) override { return agenda->cancel(handle); }

  // The core of this version has its own ways for what follows, and never asks an engine.
  absl::StatusOr<std::unique_ptr<Listener>> CreateListener(
      Listener::AcceptCallback, absl::AnyInvocable<void(absl::Status)>,
      const grpc_event_engine::experimental::EndpointConfig &,
      std::unique_ptr<grpc_event_engine::experimental::MemoryAllocatorFactory>) override {
    std::abort();
  }
  ConnectionHandle Connect(
      OnConnectCallback, const ResolvedAddress &, const grpc_event_engine::experimental::EndpointConfig &,
      grpc_event_engine::experimental::MemoryAllocator, Duration) override {
    std::abort();
  }
  bool CancelConnect(ConnectionHandle) override { std::abort(); }
  std::unique_ptr<DNSResolver> GetDNSResolver(const DNSResolver::ResolverOptions &) override { std::abort(); }

 private:
  void begin() {
    sigset_t all, before;
    sigfillset(&all);
    // A thread inherits its mask: signals belong to the program's own thread.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread = std::thread([agenda = agenda] {
      pthread_setname_np(pthread_self(), "rpc-timers");
      agenda->run();
    });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  std::shared_ptr<Agenda> agenda = std::make_shared<Agenda>();
  std::once_flag has_begun;
  std::thread thread;
  // The core counts its references, so that the end comes after the beginning, but ThreadSanitizer does not see how.
  std::atomic<bool> is_made{false};
};

}  // namespace

extern "C" void cgrpc_bring_engine(void) {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc_event_engine::experimental::SetEventEngineFactory([] { return std::make_unique<Engine>(); });
  });
}
