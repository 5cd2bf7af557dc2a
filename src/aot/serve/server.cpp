// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One thread waits for connections and for signals; each connection has a thread of its own for as long as it lasts,
// so that one who says nothing keeps nobody waiting. Builds are made one after another: each uses all processors where
// there is work for them. What is killed at any moment leaves nothing behind that the next one minds: outputs appear
// whole, the store is a log, and the socket belongs to whoever holds the lock beside it.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>

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
    file_ = Handle(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
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
  Handle file_;
};

struct Connection {
  Handle socket;
  std::thread thread;
  std::atomic<bool> done = false;
};

class Server {
 public:
  explicit Server(const ServeOptions& options) : session_(options.store, options.store_bytes) {}

  ~Server() {
    for (Connection& connection : connections_) {
      ::shutdown(connection.socket.number(), SHUT_RD);  // whoever is still to say something is not waited for
      connection.thread.join();
    }
  }

  void start(Handle socket) {
    reap();
    if (connections_.size() >= MostConnections) return;  // closed: the other side builds by itself
    Connection& connection = connections_.emplace_back();
    connection.socket = std::move(socket);
    try {
      connection.thread = std::thread([this, &connection] {
        answer(connection.socket.number());
        ::shutdown(connection.socket.number(), SHUT_RDWR);  // at once; it is closed when somebody looks after it
        connection.done = true;
      });
    } catch (const std::system_error&) {
      connections_.pop_back();  // no more threads: likewise
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
  void answer(int socket) {
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &Patience, sizeof Patience);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &Patience, sizeof Patience);
    if (!is_same_user(socket) || !send_message(socket, write_greeting())) return;
    const std::optional<base::Bytes> message = receive_message(socket);
    if (!message) return;
    Answer answer;
    const std::optional<BuildRequest> request = read_request(*message);
    answer.same_version = request.has_value();
    if (request) {
      std::lock_guard lock(mutex_);
      Result<BuildReport> built = session_.build(*request);
      if (built)
        answer.report = *std::move(built);
      else
        answer.error = std::move(built).error();
    }
    static_cast<void>(send_message(socket, write_answer(answer)));
  }

  std::mutex mutex_;  // of the session
  Session session_;
  std::list<Connection> connections_;
};

}  // namespace

Result<void> serve(const ServeOptions& options) {
  if (version_text().empty())
    return Error(ErrorKind::InvalidArgument,
                 "this build of Inlay cannot be told from others, so nobody would ask it; link it with a build id");
  const std::string path = options.socket.empty() ? default_socket() : options.socket;
  INLAY_TRY(const sockaddr_un address, address_of(path));
  INLAY_TRY_VOID(own_folder_of(path));
  const Handle lock(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!lock) return cannot_serve(path, errno);
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0)
    return Error(ErrorKind::File, "a server listens at '" + path + "' already; end that one first");
  // A socket that lies there now is a dead one's.
  INLAY_TRY_VOID(clear_place_of_socket(path));
  const Handle listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
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
    pollfd waited[] = {{.fd = listener.number(), .events = POLLIN, .revents = 0},
                       {.fd = signals.file(), .events = POLLIN, .revents = 0}};
    const int ready =
        ::poll(waited, 2, idle.count() > 0 ? static_cast<int>(std::min<std::int64_t>(idle.count(), 1000)) : -1);
    if (ready < 0 && errno != EINTR) return cannot_serve(path, errno);
    if (ready > 0 && waited[1].revents) break;
    if (ready > 0 && waited[0].revents) {
      Handle connection(::accept4(listener.number(), nullptr, nullptr, SOCK_CLOEXEC));
      if (connection) {
        server.start(std::move(connection));
      } else {
        // Most likely this process has too much open: who waits goes on waiting, and is not asked about all the time.
        server.reap();
        ::poll(waited + 1, 1, Moment);
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
