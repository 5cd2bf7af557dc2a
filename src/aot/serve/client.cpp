// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <filesystem>

#include "aot/serve/address.h"
#include "aot/serve/message.h"
#include "aot/serve/version.h"
#include "inlay/serve.h"

namespace inlay::aot {

namespace {

constexpr timeval Patience = {.tv_sec = 2, .tv_usec = 0};  // until a server has said that it is there
constexpr timeval Endless = {.tv_sec = 0, .tv_usec = 0};

void wait_no_longer_than(int socket, const timeval& time) {
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

}  // namespace

Result<std::optional<BuildReport>> try_server(const BuildRequest& request, const std::string& socket) {
  using Nobody = std::optional<BuildReport>;
  if (version_text().empty()) return Nobody();
  const std::string path = path_of_socket(socket);
  const Result<sockaddr_un> address = address_of(path);
  // Before anything is made or asked: who listens in a folder of somebody else is nobody to us.
  struct stat folder;
  const std::string parent = path.substr(0, path.rfind('/'));
  if (!address || ::lstat(parent.c_str(), &folder) != 0 || folder.st_uid != ::geteuid()) return Nobody();
  const base::Descriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!connection) return Nobody();
  wait_no_longer_than(connection.number(), Patience);
  if (::connect(connection.number(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return Nobody();
  if (!is_same_user(connection.number())) return Nobody();
  const std::optional<base::Bytes> greeting = receive_message(connection.number());
  if (!greeting || !is_greeting(*greeting)) return Nobody();

  BuildRequest asked = request;
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  if (error) return Nobody();
  asked.directory = (here / request.directory).lexically_normal().string();
  if (!send_message(connection.number(), write_request(asked))) return Nobody();
  // It may take its time for the program, as long as it lives.
  wait_no_longer_than(connection.number(), Endless);
  const std::optional<base::Bytes> bytes = receive_message(connection.number());
  if (!bytes) return Nobody();
  std::optional<Answer> answer = read_answer(*bytes);
  if (!answer || !answer->same_version) return Nobody();
  if (answer->error) return *std::move(answer->error);
  answer->report.by_server = true;
  return Nobody(std::move(answer->report));
}

}  // namespace inlay::aot
