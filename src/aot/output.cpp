// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace inlay::aot {

namespace {

Error cannot_write(const std::string& path, int reason) {
  return {ErrorKind::File, "'" + path + "' cannot be written: " + std::generic_category().message(reason)};
}

}  // namespace

Result<Output> Output::create(const std::string& path) {
  struct stat present{};
  if (path.empty()) return Error(ErrorKind::InvalidArgument, "the name of the file to write is empty");
  if (::stat(path.c_str(), &present) == 0 && !S_ISREG(present.st_mode))
    return cannot_write(path, S_ISDIR(present.st_mode) ? EISDIR : EEXIST);
  std::size_t slash = path.rfind('/');
  std::size_t name = slash == std::string::npos ? 0 : slash + 1;
  std::string temporary = path.substr(0, name) + ".inlay.XXXXXX";
  int file = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0) return cannot_write(path, errno);
  ::close(file);
  return Output(path, std::move(temporary));
}

Output::Output(Output&& other) noexcept : path_(std::move(other.path_)), temporary_(std::move(other.temporary_)) {
  other.temporary_.clear();
}

Output::~Output() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> Output::write(std::string_view bytes) {
  int file = ::open(temporary_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (file < 0) return cannot_write(path_, errno);
  while (!bytes.empty()) {
    ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      int reason = errno;
      ::close(file);
      return cannot_write(path_, reason);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::close(file) != 0) return cannot_write(path_, errno);
  return {};
}

Result<void> Output::commit(unsigned mode) {
  if (::chmod(temporary_.c_str(), mode) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0)
    return cannot_write(path_, errno);
  temporary_.clear();
  return {};
}

}  // namespace inlay::aot
