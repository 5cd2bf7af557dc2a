// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace lox {
namespace {

// Positions in a script are 32 bits wide, and nobody writes so much by hand: it is more likely the wrong file.
constexpr std::size_t most_bytes = std::size_t{256} << 20;

std::string why(const std::string& name, int error) {
  const char* advice = "name a file that can be read";
  if (error == ENOENT) advice = "check the name, and the folder you are in";
  if (error == EISDIR) advice = "name a script in it";
  if (error == EACCES) advice = "`ls -l` shows who may read it";
  return "cannot read '" + name + "': " + std::strerror(error) + "; " + advice;
}

std::string read_all(int descriptor, const std::string& name) {
  std::string text;
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = read(descriptor, buffer, sizeof buffer);
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw NoInput(why(name, errno));
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > most_bytes) throw NoInput("'" + name + "' is longer than 256 MiB; name a script in Lox");
  }
}

/// An open file.
class File {
 public:
  explicit File(const std::string& name) : descriptor_(open(name.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw NoInput(why(name, errno));
  }
  File(const File&) = delete;
  ~File() { close(descriptor_); }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

Source read_source(const std::string& file) {
  if (file == "-") return {read_all(STDIN_FILENO, "standard input"), "stdin"};
  const File opened(file);
  return {read_all(opened.descriptor(), file), file};
}

}  // namespace lox
