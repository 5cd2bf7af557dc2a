// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory whose contents will not change, so that the evaluator may fold what it reads there.
//
//   auto tree = inlay::freeze([&] { return compile(ast); }, {.name = "calc"});   // everything `new`ed inside is
//   constant
//   (*tree)(env);                                                               // a const std::function<...>&
//
// `new` is seen only in programs that link inlay::recorder. Freezing is total: what cannot be frozen stays ordinary,
// working memory, and status() says so in plain words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "inlay/result.h"

// Defined by libinlay. Weak, so that a program which only uses Mutable<T> needs this header and no library.
extern "C" {
[[gnu::weak]] void inlay_open_part_begins(const void* begin, std::size_t size) noexcept;
[[gnu::weak]] void inlay_open_part_ends(const void* begin, std::size_t size) noexcept;
}

namespace inlay {

namespace frozen {
class Arena;
class Region;  // what was frozen or promised together; alive, and unchanged, while anyone holds its shared_ptr

/// Success if all of the region is as constant as was asked for. Otherwise the Error tells what is not frozen, or only
/// checked, and what would do; its notes tell further reasons.
Result<void> status(const Region& region);
}  // namespace frozen

/// How a promise of constancy is kept.
enum class Strength : std::uint8_t {
  Pages,    // the pages become read-only: a write faults there and then
  Checked,  // the pages stay writable, and verify_frozen() finds a write afterwards
};

struct FreezeOptions {
  std::string name = "frozen";  // appears in messages and dumps
  Strength strength = Strength::Pages;
};

/// A value that stays open to change inside frozen or promised memory: a counter in a closure, a cache in a node.
/// Compiled code reads it anew each time. Like a `mutable` member, it may be changed through a const path. Safe across
/// threads as far as T is. Memory that holds one is checked instead of write-protected (see Strength).
template <class T>
class Mutable {
 public:
  Mutable() : value_() { opened(); }
  Mutable(T value) : value_(std::move(value)) { opened(); }
  Mutable(const Mutable& other) : value_(other.value_) { opened(); }
  Mutable(Mutable&& other) noexcept(std::is_nothrow_move_constructible_v<T>) : value_(std::move(other.value_)) {
    opened();
  }
  ~Mutable() {
    if (inlay_open_part_ends) inlay_open_part_ends(this, sizeof(T));
  }

  template <class U>
    requires(!std::is_same_v<std::remove_cvref_t<U>, Mutable> && std::is_assignable_v<T&, U>)
  const Mutable& operator=(U&& value) const {
    value_ = std::forward<U>(value);
    return *this;
  }
  template <class U>
    requires(!std::is_same_v<std::remove_cvref_t<U>, Mutable> && std::is_assignable_v<T&, U>)
  Mutable& operator=(U&& value) {
    value_ = std::forward<U>(value);
    return *this;
  }
  Mutable& operator=(const Mutable& other) {
    value_ = other.value_;
    return *this;
  }
  Mutable& operator=(Mutable&& other) noexcept(std::is_nothrow_move_assignable_v<T>) {
    value_ = std::move(other.value_);
    return *this;
  }

  T& get() const { return value_; }
  void set(T value) const { value_ = std::move(value); }
  T& operator*() const { return value_; }
  T* operator->() const { return std::addressof(value_); }
  operator T&() const { return value_; }

 private:
  void opened() const {
    static_assert(sizeof(Mutable) == sizeof(T), "a Mutable<T> lies exactly where its T does");
    if (inlay_open_part_begins) inlay_open_part_begins(this, sizeof(T));
  }

  mutable T value_;
};

/// Records what this thread allocates with `new` from its construction to freeze(), which makes all of it constant.
/// Scopes nest: an allocation belongs to the innermost one. Without a freeze(), what was recorded stays ordinary
/// memory, to be deleted as usual. Begin, freeze and destroy a scope on one thread.
class FreezeScope {
 public:
  explicit FreezeScope(FreezeOptions options = {});
  FreezeScope(const FreezeScope&) = delete;
  FreezeScope& operator=(const FreezeScope&) = delete;
  ~FreezeScope();

  /// Constructs the result of `make` in memory that will be frozen. It is destroyed when the last owner of the region
  /// goes (when nothing is frozen any more, so that its destructor may write), or with a scope that never froze.
  template <class Make>
  auto& keep(Make&& make);

  /// Ends the recording and freezes. Null if the scope was frozen already. Objects that nothing keeps must outlive
  /// their use, as always; destroy them after the region if their destructors write into them.
  std::shared_ptr<frozen::Region> freeze();

 private:
  void* allocate(std::size_t size, std::size_t alignment);
  void deallocate(void* memory) noexcept;
  void adopt(void* object, void (*destroy)(void*) noexcept);

  friend struct FreezeScopeList;
  frozen::Arena* arena_;
  FreezeScope* outer_ = nullptr;  // the scope of this thread that this one is nested in
};

/// A memory resource whose allocations can all be made constant. Its memory is given back when both it and the region
/// are gone, deallocated or not. Safe across threads, as far as freeze() happens after the allocations it is to cover;
/// what is allocated later is ordinary memory, to be deallocated.
class FrozenResource final : public std::pmr::memory_resource {
 public:
  explicit FrozenResource(FreezeOptions options = {});
  FrozenResource(const FrozenResource&) = delete;
  FrozenResource& operator=(const FrozenResource&) = delete;
  ~FrozenResource() override;

  /// Freezes what was allocated and not deallocated. Null if that was done already.
  std::shared_ptr<frozen::Region> freeze();

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }

  frozen::Arena* arena_;
};

/// A constant T with everything it was built from. Copies share it. The T is destroyed and the memory given back when
/// the last of the copies and of the code compiled from them goes. Empty only after being moved from.
template <class T>
class Frozen {
 public:
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_; }
  const T* get() const { return value_; }

  const std::shared_ptr<frozen::Region>& region() const { return region_; }
  /// See frozen::status().
  Result<void> status() const { return frozen::status(*region_); }

 private:
  Frozen(std::shared_ptr<frozen::Region> region, const T* value) : region_(std::move(region)), value_(value) {}

  template <class Fn>
  friend auto freeze(Fn&& fn, FreezeOptions options) -> Frozen<std::decay_t<std::invoke_result_t<Fn>>>;

  std::shared_ptr<frozen::Region> region_;
  const T* value_;
};

/// Runs `fn` and makes its result, and everything it allocated with `new` on this thread and has not deleted, constant
/// from then on. Reference counts of std::shared_ptr keep working inside. If `fn` throws, nothing is frozen and what it
/// left behind is ordinary memory. What `fn` initializes for others to change (a cache, a static) would freeze too:
/// warm it up before.
template <class Fn>
auto freeze(Fn&& fn, FreezeOptions options = {}) -> Frozen<std::decay_t<std::invoke_result_t<Fn>>> {
  static_assert(!std::is_void_v<std::invoke_result_t<Fn>>, "return what is to be frozen, or use a FreezeScope");
  FreezeScope scope(std::move(options));
  const auto& value = scope.keep(std::forward<Fn>(fn));
  return {scope.freeze(), &value};
}

/// The handle of a promise that memory of the user's own is constant. The promise ends when all copies of the handle
/// and all code that was compiled with it are gone; the memory must stay until then.
class Promise {
 public:
  explicit Promise(std::shared_ptr<frozen::Region> region) : region_(std::move(region)) {}
  const std::shared_ptr<frozen::Region>& region() const { return region_; }
  /// See frozen::status().
  Result<void> status() const { return frozen::status(*region_); }
  /// The promise ends now, whoever holds it: compiled code that read the memory is retired, and none is made from it
  /// any more. Calls that began before may still read it. (Memory that is changed now and then: inlay/changing.h.)
  void withdraw() const;

 private:
  std::shared_ptr<frozen::Region> region_;
};

/// Promises that the `bytes` bytes at `begin` do not change, but for the Mutable<T> among them. With Strength::Pages,
/// memory that begins and ends on page boundaries is write-protected; any other is checked. Refuses memory that is not
/// readable, and memory of which a part is frozen or promised already.
Result<Promise> promise_constant(const void* begin, std::size_t bytes, std::string name,
                                 Strength strength = Strength::Pages);

/// Promises that everything reached from `root` through pointers is constant, but for what lies in a Mutable<T>.
/// Nothing protects or checks it: Inlay does not know how far it reaches.
Result<Promise> constant_graph(const void* root, std::string name);

/// Looks whether checked memory still has the bytes it had when it was frozen or promised. BrokenPromise names the
/// first object that has not, and its promise. Objects being changed or deleted meanwhile by other threads may count as
/// broken.
Result<void> verify_frozen();

/// From now on, a write to write-protected memory says on `fd`, in one line, where and whose promise it breaks, before
/// the program gets its SIGSEGV. -1, the default, says nothing.
void report_frozen_writes_to(int fd);

template <class Make>
auto& FreezeScope::keep(Make&& make) {
  using T = std::decay_t<std::invoke_result_t<Make>>;
  struct Place {  // gives the memory back if `make` throws
    FreezeScope& scope;
    void* memory;
    ~Place() {
      if (memory) scope.deallocate(memory);
    }
  } place{*this, allocate(sizeof(T), alignof(T))};
  T* value = ::new (place.memory) T(std::forward<Make>(make)());
  adopt(value, [](void* object) noexcept { static_cast<T*>(object)->~T(); });
  place.memory = nullptr;
  return *value;
}

}  // namespace inlay
