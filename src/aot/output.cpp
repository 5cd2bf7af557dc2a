// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace inlay::aot {

namespace {

Error cannot_write(const std::string& path, int reason) {
  return {ErrorKind::File, "'" + path + "' cannot be written: " + std::generic_category().message(reason)};
}

/// A file without a name in the folder of `path`; -1 if that cannot be.
int create_unnamed(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path();
  const int writer = ::open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (writer < 0) return -1;
  const int reader = ::open(("/proc/self/fd/" + std::to_string(writer)).c_str(), O_RDONLY | O_CLOEXEC);
  ::close(writer);
  return reader;
}

/// What the process takes from the rights of the files that it makes. Asked of the system in this way, as umask() would
/// change it for a moment, for all threads.
mode_t rights_not_given() {
  constexpr mode_t Usual = 022;
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "Umask:") {
      unsigned mask = Usual;
      status >> std::oct >> mask;
      return mask & 0777;
    }
  return Usual;
}

/// Gives the file `name` the name `path`, in one step for all who look. What had it before is exchanged for it rather
/// than replaced where that can be: ext4 writes to the disk what replaces a file before it goes on, which takes longer
/// than to build it.
bool take_place(const char* name, const char* path) {
  if (::renameat2(AT_FDCWD, name, AT_FDCWD, path, RENAME_EXCHANGE) == 0) {
    ::unlink(name);
    return true;
  }
  return ::rename(name, path) == 0;
}

/// A name beside `path` that nothing has, made by `make` (which is to fail with EEXIST otherwise).
template <class Make>
Result<std::string> name_beside(const std::string& path, Make make) {
  static std::atomic<unsigned> count = 0;
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  for (;;) {
    std::string name = folder + ".inlay." + std::to_string(::getpid()) + "." + std::to_string(count++);
    if (make(name.c_str())) return name;
    if (errno != EEXIST) return cannot_write(path, errno);
  }
}

}  // namespace

Result<Output> Output::create(const std::string& path) {
  struct stat present{};
  if (path.empty()) return Error(ErrorKind::InvalidArgument, "the name of the file to write is empty");
  if (::stat(path.c_str(), &present) == 0 && !S_ISREG(present.st_mode)) {
    if (S_ISDIR(present.st_mode)) return cannot_write(path, EISDIR);
    return Error(ErrorKind::File, "'" + path + "' cannot be written: it is a device or the like, not a file");
  }
  Output output(path);
  output.unnamed_ = create_unnamed(path);
  if (output.unnamed_ >= 0) {
    output.temporary_ = "/proc/self/fd/" + std::to_string(output.unnamed_);
    return output;
  }
  INLAY_TRY(output.temporary_, name_beside(path, [](const char* name) {
              const int file = ::open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
              return file >= 0 && ::close(file) == 0;
            }));
  output.named_ = true;
  return output;
}

Output::Output(Output&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      named_(std::exchange(other.named_, false)),
      unnamed_(std::exchange(other.unnamed_, -1)) {}

Output::~Output() {
  if (unnamed_ >= 0) ::close(unnamed_);
  if (named_) ::unlink(temporary_.c_str());
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

Result<std::string> Output::name() {
  if (named_) return temporary_;
  INLAY_TRY(temporary_, name_beside(path_, [&](const char* name) {
              return ::linkat(AT_FDCWD, temporary_.c_str(), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
            }));
  named_ = true;
  return temporary_;
}

Result<void> Output::commit(unsigned mode) {
  if (::chmod(temporary_.c_str(), mode & ~rights_not_given()) != 0) return cannot_write(path_, errno);
  INLAY_TRY_VOID(name());  // of its own first: links replace nothing
  if (!take_place(temporary_.c_str(), path_.c_str())) return cannot_write(path_, errno);
  named_ = false;
  return {};
}

}  // namespace inlay::aot
