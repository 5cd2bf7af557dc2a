// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/load.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <vector>

#include "inlay/ir/library.h"
#include "inlay/ir/text.h"

namespace inlay::ir {

namespace {

constexpr std::size_t LargestFile = std::size_t{1} << 30;

/// Reads what can be read, from files, pipes and terminals alike. The reason if that failed, as in errno.
int read_all(int file, std::string& text) {
  struct stat status{};
  if (::fstat(file, &status) != 0) return errno;
  const auto said = static_cast<std::uint64_t>(S_ISREG(status.st_mode) ? status.st_size : 0);
  if (said > LargestFile) return EFBIG;
  // One more than it should be, so that the end is seen; what is no file has no size.
  text.resize(static_cast<std::size_t>(said) + 1);
  for (std::size_t size = 0;;) {
    if (size == text.size()) text.resize(2 * size + (1 << 16));
    const ssize_t n = ::read(file, text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    size += static_cast<std::size_t>(n);
    if (size > LargestFile) return EFBIG;
    if (n > 0) continue;
    text.resize(size);
    return 0;
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path, const std::string& name, std::string memory) {
  const int file = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int reason = file < 0 ? errno : read_all(file, memory);
  if (file >= 0) ::close(file);
  // Some editors put a mark of its encoding at the front of a text.
  constexpr std::string_view Mark = "\xef\xbb\xbf";
  if (reason == 0 && std::string_view(memory).starts_with(Mark)) memory.erase(0, Mark.size());
  if (reason == 0) return memory;
  return Error(reason == ENOENT ? ErrorKind::NotFound : ErrorKind::File,
               "'" + (name.empty() ? path : name) + "' cannot be read: " + std::generic_category().message(reason));
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
