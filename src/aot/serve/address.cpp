// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/serve/address.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "inlay/serve.h"

namespace inlay::aot {

std::string default_socket() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime && *runtime == '/') return std::string(runtime) + "/inlay/server";
  return "/tmp/inlay-" + std::to_string(::geteuid()) + "/server";
}

std::string path_of_socket(const std::string& socket) {
  if (socket.empty()) return default_socket();
  return socket.find('/') == std::string::npos ? "./" + socket : socket;
}

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return Error(ErrorKind::InvalidArgument, "'" + path + "' is too long for a socket; name a shorter one");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Result<void> own_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0)
    return Error(ErrorKind::InvalidArgument,
                 "'" + path + "' is no place for a socket; name a file in a folder that is yours alone (chmod 700)");
  const std::string folder = path.substr(0, slash);
  auto cannot = [&](const std::string& why) {
    return Error(ErrorKind::File, "'" + folder + "' cannot be used for a server: " + why);
  };
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return cannot(std::generic_category().message(errno));
  struct stat status;
  if (::lstat(folder.c_str(), &status) != 0) return cannot(std::generic_category().message(errno));
  if (!S_ISDIR(status.st_mode)) return cannot("it is no folder");
  if (status.st_uid != ::geteuid()) return cannot("it belongs to another user");
  if (status.st_mode & (S_IRWXG | S_IRWXO))
    return cannot(
        "others may look into it; take that right away (chmod 700), or name a socket in a folder that is yours alone");
  return {};
}

Result<void> clear_place_of_socket(const std::string& path) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode))
    return Error(ErrorKind::File, "'" + path + "' is there and no socket; name another place to listen");
  ::unlink(path.c_str());
  return {};
}

bool is_same_user(int socket) {
  ucred other = {};
  socklen_t size = sizeof other;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &other, &size) == 0 && other.uid == ::geteuid();
}

}  // namespace inlay::aot
