// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "frozen/registry.h"

namespace inlay::frozen {
namespace {

// For sandboxes that refuse process_vm_readv, and for processes whose first thread has ended: it is that one's memory
// that both process_vm_readv and /proc/self mean.
bool read_through_proc(const void* address, std::size_t size, void* into) {
  const int file = open("/proc/thread-self/mem", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = pread(file, static_cast<std::byte*>(into) + done, size - done,
                                static_cast<off_t>(reinterpret_cast<std::uintptr_t>(address) + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  close(file);
  return done == size;
}

}  // namespace

bool read_safely(const void* address, std::size_t size, void* into) {
  if (size == 0) return true;
  const int saved_errno = errno;
  iovec local{into, size};
  iovec remote{const_cast<void*>(address), size};
  const ssize_t count = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
  bool whole = count == static_cast<ssize_t>(size);
  if (count < 0 && errno != EFAULT) whole = read_through_proc(address, size, into);
  errno = saved_errno;
  return whole;
}

}  // namespace inlay::frozen
