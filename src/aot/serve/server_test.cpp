// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <thread>

#include "../../../tests/sanitized.h"
#include "aot/serve/address.h"
#include "aot/serve/message.h"
#include "aot/serve/test_program.h"
#include "aot/serve/version.h"
#include "aot/test_support.h"
#include "inlay/serve.h"

namespace inlay::aot {
namespace {

/// A server in a process of its own.
class Served {
 public:
  /// `files`: how many it may have open; 0: as many as we.
  explicit Served(ServeOptions options, rlim_t files = 0) : socket_(options.socket) {
    process_ = ::fork();
    if (process_ == 0) {
      const rlimit limit{files, files};
      if (files != 0) ::setrlimit(RLIMIT_NOFILE, &limit);
      ::_exit(serve(options) ? 0 : 1);
    }
    for (int i = 0; i < 2000 && !answers(); ++i) ::usleep(5000);
  }
  ~Served() {
    if (process_ > 0) end(SIGKILL);
  }
  /// The exit status; 128 + the signal, if one ended it.
  int end(int signal) {
    if (signal != 0) ::kill(process_, signal);
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  pid_t process() const { return process_; }
  bool answers() const {
    const base::Descriptor connection = connect(socket_);
    return static_cast<bool>(connection);
  }
  static base::Descriptor connect(const std::string& path) {
    const Result<sockaddr_un> address = address_of(path);
    base::Descriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!address || ::connect(connection.number(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
      return {};
    return connection;
  }

 private:
  std::string socket_;
  pid_t process_ = -1;
};

std::string program(unsigned functions, unsigned seed = 0) {
  std::string text = test_start(functions);
  for (unsigned i = 0; i < 16; ++i) text += test_data(i, 0);
  for (unsigned i = 0; i < functions; ++i) text += test_function(i, functions, seed + i);
  return text;
}

struct Place {
  Folder folder;
  ServeOptions options{.socket = folder / "own/server", .store = folder / "store"};
  BuildRequest request{.directory = folder / ".", .sources = {"p.inlay"}, .output = "program", .level = Level::O1};
};

TEST(Server, BuildsAsThisProcessDoesAndRemembers) {
  Place place;
  write_bytes(place.folder / "p.inlay", program(10));
  Served server(place.options);
  const auto first = try_server(place.request, place.options.socket);
  ASSERT_TRUE(first) << first.error().to_string();
  ASSERT_TRUE(*first);
  EXPECT_TRUE((*first)->by_server);
  EXPECT_EQ((*first)->compiled, (*first)->functions);
  const std::string file = bytes_of(place.folder / "program");
  const auto second = try_server(place.request, place.options.socket);
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->compiled, 0u);
  EXPECT_TRUE((*second)->incremental);
  const auto here = build_program(place.request);
  ASSERT_TRUE(here);
  EXPECT_FALSE(here->by_server);
  EXPECT_TRUE(bytes_of(place.folder / "program") == file);
  EXPECT_EQ(server.end(SIGTERM), 0);
  EXPECT_FALSE(std::filesystem::exists(place.options.socket));
  // The next one finds the code in the store.
  Served next(place.options);
  const auto third = try_server(place.request, place.options.socket);
  ASSERT_TRUE(third && *third);
  EXPECT_EQ((*third)->compiled, 0u);
}

TEST(Server, TellsErrorsOfTheProgramAsTheyAre) {
  Place place;
  write_bytes(place.folder / "p.inlay", "func @f( {");
  Served server(place.options);
  const auto served = try_server(place.request, place.options.socket);
  const auto here = build_program(place.request);
  ASSERT_FALSE(served);
  ASSERT_FALSE(here);
  EXPECT_EQ(served.error().to_string(), here.error().to_string());
  EXPECT_EQ(served.error().kind(), ErrorKind::InvalidProgram);
}

TEST(Server, WhereThereIsNoneNobodyAnswers) {
  Place place;
  const auto nobody = try_server(place.request, place.options.socket);
  ASSERT_TRUE(nobody);
  EXPECT_FALSE(*nobody);
}

TEST(Server, WhoSaysNothingIsNobody) {
  Place place;
  ASSERT_TRUE(own_folder_of(place.options.socket));
  const sockaddr_un address = address_of(place.options.socket).value();
  const base::Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(listener.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener.number(), 1), 0);
  const auto nobody = try_server(place.request, place.options.socket);
  ASSERT_TRUE(nobody);
  EXPECT_FALSE(*nobody);
  // Nor is one who has no room for more that wait.
  std::vector<base::Descriptor> waiting;
  for (int i = 0; i < 2; ++i) {
    waiting.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    static_cast<void>(::connect(waiting.back().number(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
  }
  const auto full = try_server(place.request, place.options.socket);
  ASSERT_TRUE(full);
  EXPECT_FALSE(*full);
}

TEST(Server, WithTooManyFilesOpenItWaitsAndServesAgain) {
  Place place;
  write_bytes(place.folder / "p.inlay", program(4));
  constexpr int Files = 24;
  Served server(place.options, Files);
  clockid_t clock;
  ASSERT_EQ(::clock_getcpuclockid(server.process(), &clock), 0);
  std::vector<base::Descriptor> silent;
  for (int i = 0; i < Files; ++i) silent.push_back(Served::connect(place.options.socket));
  ::usleep(200'000);
  const auto spent = [&] {
    timespec time = {};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  };
  const double before = spent();
  ::usleep(500'000);
  EXPECT_LT(spent() - before, 0.1);
  silent.clear();
  const auto built = try_server(place.request, place.options.socket);
  ASSERT_TRUE(built) << built.error().to_string();
  EXPECT_TRUE(*built);
}

TEST(Server, WithoutMemoryForThreadsItClosesAndServesAgain) {
  if (Sanitized) GTEST_SKIP() << "sanitizers end a process that is refused memory";
  Place place;
  write_bytes(place.folder / "p.inlay", program(4));
  Served server(place.options);
  const rlimit none{1 << 20, RLIM_INFINITY}, all{RLIM_INFINITY, RLIM_INFINITY};
  ASSERT_EQ(::prlimit(server.process(), RLIMIT_AS, &none, nullptr), 0);
  std::vector<base::Descriptor> connections;
  bool closed = false;
  for (int i = 0; i < 30 && !closed; ++i) {
    connections.push_back(Served::connect(place.options.socket));
    closed = !receive_message(connections.back().number());  // threads that were there before may do
  }
  EXPECT_TRUE(closed);
  ASSERT_EQ(::prlimit(server.process(), RLIMIT_AS, &all, nullptr), 0);
  connections.clear();
  const auto built = try_server(place.request, place.options.socket);
  ASSERT_TRUE(built) << built.error().to_string();
  EXPECT_TRUE(*built);
}

TEST(Server, ServesSeveralAtOnce) {
  Place place;
  constexpr int Clients = 4;
  for (int i = 0; i < Clients; ++i)
    write_bytes(place.folder / (std::to_string(i) + ".inlay"), program(6, static_cast<unsigned>(i) * 100));
  Served server(place.options);
  std::vector<std::thread> clients;
  std::atomic<int> good = 0;
  for (int i = 0; i < Clients; ++i) {
    clients.emplace_back([&, i] {
      BuildRequest request = place.request;
      request.sources = {std::to_string(i) + ".inlay"};
      request.output = "program" + std::to_string(i);
      for (int k = 0; k < 3; ++k) {
        const auto built = try_server(request, place.options.socket);
        if (built && *built) ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, Clients * 3);
  for (int i = 0; i < Clients; ++i) EXPECT_LT(run(place.folder / ("program" + std::to_string(i))).status, 64);
}

/// A client that asks, and does not wait for the answer.
base::Descriptor ask(const std::string& socket, const BuildRequest& request) {
  base::Descriptor connection = Served::connect(socket);
  static_cast<void>(receive_message(connection.number()));
  static_cast<void>(send_message(connection.number(), write_request(request)));
  return connection;
}

TEST(Server, ALongBuildKeepsNobodyElseWaitingAndStopsWhenNobodyWaitsForIt) {
  Place place;
  constexpr unsigned Many = 8000;  // a minute of work at least
  write_bytes(place.folder / "long.inlay", program(Many));
  write_bytes(place.folder / "p.inlay", program(6));
  BuildRequest request = place.request;
  request.sources = {"long.inlay"};
  request.output = "long";
  request.level = Level::O3;
  Served server(place.options);
  base::Descriptor client = ask(place.options.socket, request);
  ASSERT_TRUE(client);
  const auto other = try_server(place.request, place.options.socket);
  ASSERT_TRUE(other && *other);
  EXPECT_TRUE(std::filesystem::exists(place.folder / "program"));
  EXPECT_FALSE(std::filesystem::exists(place.folder / "long"));
  client = base::Descriptor();
  // Whoever asks for it now gets it from the start, and is served once the other build has stopped; so is a third one.
  const base::Descriptor again = ask(place.options.socket, request);
  const auto third = try_server(place.request, place.options.socket);
  ASSERT_TRUE(third && *third);
  EXPECT_FALSE(std::filesystem::exists(place.folder / "long"));
  // It waits for what it has begun, and that is not all of it.
  EXPECT_EQ(server.end(SIGTERM), 0);
  EXPECT_FALSE(std::filesystem::exists(place.folder / "long"));
}

TEST(Server, GarbageAndSilenceKeepNobodyWaiting) {
  Place place;
  write_bytes(place.folder / "p.inlay", program(4));
  Served server(place.options);
  const base::Descriptor silent = Served::connect(place.options.socket);
  ASSERT_TRUE(silent);
  const base::Descriptor garbage = Served::connect(place.options.socket);
  ASSERT_GT(::send(garbage.number(), "GET / HTTP/1.0\r\n\r\n", 18, MSG_NOSIGNAL), 0);
  const std::optional<base::Bytes> greeting = receive_message(garbage.number());
  EXPECT_TRUE(greeting && is_greeting(*greeting));
  char answer;
  EXPECT_LE(::recv(garbage.number(), &answer, 1, 0), 0);  // closed, without another word
  const base::Descriptor half = Served::connect(place.options.socket);
  ASSERT_GT(::send(half.number(), "INLY\x40\0\0\0abc", 11, MSG_NOSIGNAL), 0);
  const auto built = try_server(place.request, place.options.socket);
  ASSERT_TRUE(built) << built.error().to_string();
  EXPECT_TRUE(*built);
}

TEST(Server, AnotherVersionIsToldSoAndBuildsByItself) {
  Place place;
  Served server(place.options);
  const base::Descriptor connection = Served::connect(place.options.socket);
  base::Bytes message;
  base::Writer(message).text("another version");
  EXPECT_FALSE(is_greeting(message));
  ASSERT_TRUE(receive_message(connection.number()));  // the greeting
  ASSERT_TRUE(send_message(connection.number(), message));
  const std::optional<base::Bytes> bytes = receive_message(connection.number());
  ASSERT_TRUE(bytes);
  const std::optional<Answer> answer = read_answer(*bytes);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->same_version);
}

TEST(Server, KilledInTheMiddleItLosesNothing) {
  Place place;
  for (unsigned round = 0; round < 4; ++round) {
    write_bytes(place.folder / "p.inlay", program(40, round));
    Served server(place.options);
    ASSERT_TRUE(server.answers());
    std::thread killer([&] {
      ::usleep(3000 + 20000 * round);
      EXPECT_EQ(server.end(SIGKILL), 128 + SIGKILL);
    });
    const auto served = try_server(place.request, place.options.socket);
    killer.join();
    ASSERT_TRUE(served) << served.error().to_string();
    // Either it was quick enough, or it is for the client to build.
    if (!*served) {
      BuildRequest here = place.request;
      here.store = place.options.store;
      ASSERT_TRUE(build_program(here));
    }
    EXPECT_LT(run(place.folder / "program").status, 64);
    for (const auto& entry : std::filesystem::directory_iterator(place.folder / "."))
      if (entry.path().filename().string().starts_with(".inlay.")) std::filesystem::remove(entry);
  }
}

TEST(Server, TwoDoNotListenAtOnePlace) {
  Place place;
  Served server(place.options);
  const Result<void> second = serve(place.options);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message().find("a server listens at"), std::string::npos);
  EXPECT_TRUE(server.answers());
}

TEST(Server, EndsWhenNothingIsAskedForLong) {
  Place place;
  place.options.idle = std::chrono::seconds(1);
  Served server(place.options);
  EXPECT_EQ(server.end(0), 0);
}

TEST(Server, ListensOnlyWhereNobodyElseCanLook) {
  Place place;
  ASSERT_EQ(::mkdir((place.folder / "own").c_str(), 0777), 0);
  ASSERT_EQ(::chmod((place.folder / "own").c_str(), 0777), 0);
  const Result<void> served = serve(place.options);
  ASSERT_FALSE(served);
  EXPECT_NE(served.error().message().find("others may look into it"), std::string::npos);
  place.options.socket = place.folder / std::string(200, 'x');
  EXPECT_FALSE(serve(place.options));
}

TEST(Messages, WhatHasNoBuildIdHasNoVersion) {
  const int nowhere = 0;
  EXPECT_FALSE(version_at(&nowhere));
  EXPECT_TRUE(version_at(reinterpret_cast<const void*>(&version_text)));
  EXPECT_TRUE(is_greeting(write_greeting()));
  base::Bytes empty;
  base::Writer(empty).text("");
  EXPECT_FALSE(is_greeting(empty));
  EXPECT_FALSE(is_greeting({}));
}

TEST(Messages, DamagedOnesAreRefused) {
  BuildRequest request{.directory = "/d", .sources = {"a", "b"}, .libraries = {"l"}, .output = "o", .level = Level::O3};
  request.strip = true;
  const base::Bytes bytes = write_request(request);
  const auto read = read_request(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sources, request.sources);
  EXPECT_EQ(read->level, Level::O3);
  EXPECT_TRUE(read->strip);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(read_request(std::span(bytes).first(size)));
  Answer answer;
  answer.error = Error(ErrorKind::Trap, "message", {"file", 3, 4}).with_note("note");
  const base::Bytes answered = write_answer(answer);
  const auto again = read_answer(answered);
  ASSERT_TRUE(again && again->error);
  EXPECT_EQ(again->error->to_string(), answer.error->to_string());
  for (std::size_t at = 0; at < answered.size(); ++at) {
    base::Bytes changed = answered;
    changed[at] ^= std::byte{0xff};
    static_cast<void>(read_answer(changed));
  }
  for (std::size_t size = version_text().size() + 4; size < answered.size(); ++size)
    EXPECT_FALSE(read_answer(std::span(answered).first(size))) << size;
}

}  // namespace
}  // namespace inlay::aot
