// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program whose limit on address space leaves no room to reserve: freezing still works, on ordinary memory, and says
// so. Exits 0 if so.
#include <sys/resource.h>

#include <memory>
#include <string>

#include "inlay/frozen.h"

int main() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which need their own terabytes
  const rlimit limit{512u << 20, 512u << 20};
  if (setrlimit(RLIMIT_AS, &limit) != 0) return 1;
  std::shared_ptr<std::string> copied_out;
  {
    const auto text = inlay::freeze([] { return std::make_shared<std::string>(100, 'x'); });
    if (text.status() || text.status().error().kind() != inlay::ErrorKind::OutOfMemory) return 2;
    if (**text != std::string(100, 'x')) return 3;
    copied_out = *text;
  }
  if (*copied_out != std::string(100, 'x')) return 4;
#endif
  return 0;
}
