// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std::shared_mutex lets readers in as long as others read: on this system a change would wait for as long as enough
// threads compile. Here readers wait behind a writer. So a thread must not take the shared lock twice.
#pragma once

#include <pthread.h>

namespace inlay::frozen {

class FairMutex {
 public:
  FairMutex() {
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&lock_, &attributes);
    pthread_rwlockattr_destroy(&attributes);
  }
  FairMutex(const FairMutex&) = delete;
  FairMutex& operator=(const FairMutex&) = delete;
  ~FairMutex() { pthread_rwlock_destroy(&lock_); }

  void lock() { pthread_rwlock_wrlock(&lock_); }
  void unlock() { pthread_rwlock_unlock(&lock_); }
  void lock_shared() { pthread_rwlock_rdlock(&lock_); }
  void unlock_shared() { pthread_rwlock_unlock(&lock_); }

 private:
  pthread_rwlock_t lock_;
};

}  // namespace inlay::frozen
