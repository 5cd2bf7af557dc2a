// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One thread waits for connections and for signals; each connection has a thread of its own for as long as it lasts,
// so that one who says nothing keeps nobody waiting. Two programs are built at a time, and each uses all processors
// where there is work for them; when who asked goes away, so does the build. What is killed at any moment leaves
// nothing behind that the next one minds: outputs appear whole, the store is a log, and the socket belongs to whoever
// holds the lock beside it.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <system_error>
#include <thread>
#include <vector>

#include "aot/serve/address.h"
#include "aot/serve/message.h"
#include "aot/serve/session.h"
#include "aot/serve/version.h"

namespace inlay::aot {

namespace {

constexpr timeval Patience = {.tv_sec = 10, .tv_usec = 0};  // with who says nothing
constexpr std::size_t MostConnections = 64;
constexpr int Backlog = 64;
constexpr int Moment = 50;  // milliseconds
constexpr std::size_t BuildsAtATime = 2;
constexpr std::size_t MostKnown = 256;  // names of programs, of each session

Error cannot_serve(const std::string& path, int reason) {
  return {ErrorKind::File, "a server cannot listen at '" + path + "': " + std::generic_category().message(reason)};
}

/// Takes SIGTERM and SIGINT as something to read, for as long as it lives.
class Signals {
 public:
  Signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set, &before_);
    file_ = base::Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  Signals(const Signals&) = delete;
  ~Signals() {
    // What came is taken, or it would end the process when it is let through again.
    signalfd_siginfo ignored;
    while (::read(file_.number(), &ignored, sizeof ignored) > 0) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  int file() const { return file_.number(); }

 private:
  sigset_t before_;
  base::Descriptor file_;
};

/// Sessions, of which each builds for one at a time: so a long build keeps at most those waiting who ask for the same
/// program. A program stays with its session as long as that is free when it is asked for.
class Sessions {
 public:
  explicit Sessions(const ServeOptions& options) : options_(options) {}

  /// Nothing if it was stopped.
  std::optional<Result<BuildReport>> build(const BuildRequest& request, std::stop_token stop) {
    const std::string program = name_of(request);
    Slot* slot = nullptr;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return (slot = choose(program)) != nullptr; })) return std::nullopt;
      slot->busy = true;
      slot->building = program;
      if (slot->known.size() >= MostKnown) slot->known.clear();
      slot->known.insert(program);
    }
    if (!slot->session) slot->session.emplace(options_.store, options_.store_bytes);
    Result<BuildReport> report = slot->session->build(request, stop);
    {
      std::lock_guard lock(mutex_);
      slot->busy = false;
    }
    changed_.notify_all();
    if (stop.stop_requested()) return std::nullopt;
    return report;
  }

 private:
  struct Slot {
    bool busy = false;
    std::string building;
    std::set<std::string> known;  // what it was asked for
    std::optional<Session> session;
  };

  static std::string name_of(const BuildRequest& request) {
    std::string name = request.directory;
    for (const std::vector<std::string>* files : {&request.sources, &request.libraries})
      for (const std::string& file : *files) (name += '\0') += file;
    return name;
  }

  Slot* choose(const std::string& program) {
    Slot* found = nullptr;
    for (Slot& slot : slots_) {
      // To build the same twice at a time is to do everything twice.
      if (slot.busy && slot.building == program) return nullptr;
      if (!slot.busy && (!found || (slot.known.contains(program) && !found->known.contains(program)))) found = &slot;
    }
    return found;
  }

  const ServeOptions& options_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::array<Slot, BuildsAtATime> slots_;
};

struct Connection {
  base::Descriptor socket;
  std::thread thread;
  std::stop_source stop;
  std::atomic<bool> done = false;
};

class Server {
 public:
  explicit Server(const ServeOptions& options) : sessions_(options) {}

  /// Builds that go on are stopped: who waits for them builds by itself.
  ~Server() {
    for (Connection& connection : connections_) connection.stop.request_stop();
    for (Connection& connection : connections_) {
      ::shutdown(connection.socket.number(), SHUT_RD);  // whoever is still to say something is not waited for
      connection.thread.join();
    }
  }

  void start(base::Descriptor socket) {
    reap();
    if (connections_.size() >= MostConnections) return;  // closed: the other side builds by itself
    Connection& connection = connections_.emplace_back();
    connection.socket = std::move(socket);
    try {
      connection.thread = std::thread([this, &connection] {
        answer(connection.socket.number(), connection.stop.get_token());
        ::shutdown(connection.socket.number(), SHUT_RDWR);  // at once; it is closed when somebody looks after it
        connection.done = true;
      });
    } catch (const std::system_error&) {
      connections_.pop_back();  // no more threads: likewise
    }
  }

  /// Adds what tells that somebody went away.
  void watch(std::vector<pollfd>& waited) const {
    for (const Connection& connection : connections_)
      if (!connection.stop.stop_requested())
        waited.push_back({.fd = connection.socket.number(), .events = POLLRDHUP, .revents = 0});
  }
  /// What was found there: their builds are stopped.
  void look_at(std::span<const pollfd> waited) {
    for (const pollfd& one : waited) {
      if (one.revents == 0) continue;
      for (Connection& connection : connections_)
        if (connection.socket.number() == one.fd) connection.stop.request_stop();
    }
  }

  /// Whether nothing is being built or asked.
  bool idle() {
    reap();
    return connections_.empty();
  }

  /// Closes what is done.
  void reap() {
    connections_.remove_if([](Connection& connection) {
      if (!connection.done) return false;
      connection.thread.join();
      return true;
    });
  }

 private:
  void answer(int socket, std::stop_token stop) {
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &Patience, sizeof Patience);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &Patience, sizeof Patience);
    if (!is_same_user(socket) || !send_message(socket, write_greeting())) return;
    const std::optional<base::Bytes> message = receive_message(socket);
    if (!message) return;
    Answer answer;
    const std::optional<BuildRequest> request = read_request(*message);
    answer.same_version = request.has_value();
    if (request) {
      std::optional<Result<BuildReport>> built = sessions_.build(*request, stop);
      if (!built) return;
      if (*built)
        answer.report = **std::move(built);
      else
        answer.error = std::move(*built).error();
    }
    static_cast<void>(send_message(socket, write_answer(answer)));
  }

  Sessions sessions_;
  std::list<Connection> connections_;
};

}  // namespace

Result<void> serve(const ServeOptions& options) {
  if (version_text().empty())
    return Error(ErrorKind::InvalidArgument,
                 "this build of Inlay cannot be told from others, so nobody would ask it; link it with a build id");
  const std::string path = path_of_socket(options.socket);
  INLAY_TRY(const sockaddr_un address, address_of(path));
  INLAY_TRY_VOID(own_folder_of(path));
  const base::Descriptor lock(
      ::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!lock) return cannot_serve(path, errno);
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0)
    return Error(ErrorKind::File, "a server listens at '" + path + "' already; end that one first");
  // A socket that lies there now is a dead one's.
  INLAY_TRY_VOID(clear_place_of_socket(path));
  const base::Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener) return cannot_serve(path, errno);
  if (::bind(listener.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener.number(), Backlog) != 0)
    return cannot_serve(path, errno);

  const Signals signals;
  if (signals.file() < 0) return cannot_serve(path, errno);
  Server server(options);
  const auto idle = std::chrono::duration_cast<std::chrono::milliseconds>(options.idle);
  auto last_asked = std::chrono::steady_clock::now();
  for (;;) {
    std::vector<pollfd> waited = {{.fd = listener.number(), .events = POLLIN, .revents = 0},
                                  {.fd = signals.file(), .events = POLLIN, .revents = 0}};
    server.watch(waited);
    const int ready = ::poll(waited.data(), waited.size(),
                             idle.count() > 0 ? static_cast<int>(std::min<std::int64_t>(idle.count(), 1000)) : -1);
    if (ready < 0 && errno != EINTR) return cannot_serve(path, errno);
    if (ready > 0 && waited[1].revents) break;
    if (ready > 0) server.look_at(std::span(waited).subspan(2));
    if (ready > 0 && waited[0].revents) {
      base::Descriptor connection(::accept4(listener.number(), nullptr, nullptr, SOCK_CLOEXEC));
      if (connection) {
        server.start(std::move(connection));
      } else {
        // Most likely this process has too much open: who waits goes on waiting, and is not asked about all the time.
        server.reap();
        ::poll(&waited[1], 1, Moment);
      }
      last_asked = std::chrono::steady_clock::now();
    } else if (idle.count() > 0) {
      if (!server.idle()) last_asked = std::chrono::steady_clock::now();
      if (std::chrono::steady_clock::now() - last_asked >= idle) break;
    }
  }
  ::unlink(path.c_str());
  return {};
}

}  // namespace inlay::aot
