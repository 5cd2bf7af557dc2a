// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/load.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include "inlay/ir/library.h"
#include "inlay/ir/text.h"

namespace inlay::ir {

namespace {

Error cannot_read(const std::string& path) {
  return Error(ErrorKind::File, "'" + path + "' cannot be read: " + std::generic_category().message(errno));
}

/// Reads what can be read, from files, pipes and terminals alike.
bool read_all(int file, std::string& text) {
  struct stat status{};
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode))
    text.reserve(static_cast<std::size_t>(status.st_size) + 1);
  for (std::size_t size = 0;;) {
    constexpr std::size_t Step = 1 << 16;
    text.resize(std::max(size + Step, text.capacity()));
    const ssize_t n = ::read(file, text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    size += static_cast<std::size_t>(n);
    text.resize(size);
    if (n == 0) return true;
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  const int file = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return cannot_read(path);
  std::string text;
  const bool good = read_all(file, text);
  const int error = errno;
  ::close(file);
  errno = error;
  if (!good) return cannot_read(path);
  return text;
}

Result<void> load(Module& module, std::span<const std::string> paths) {
  std::vector<Library> libraries;
  bool texts = false;
  for (const std::string& path : paths) {
    if (path.ends_with(".inlaylib")) {
      INLAY_TRY(Library library, Library::open(path));
      libraries.push_back(std::move(library));
      continue;
    }
    INLAY_TRY(const std::string text, read_file(path));
    INLAY_TRY_VOID(parse(module, text, {.file = path == "-" ? "standard input" : path}));
    texts = true;
  }
  std::vector<const Library*> pointers;
  for (const Library& library : libraries) {
    if (!texts) INLAY_TRY_VOID(library.load_all(module));
    pointers.push_back(&library);
  }
  return link(module, pointers);
}

}  // namespace inlay::ir
