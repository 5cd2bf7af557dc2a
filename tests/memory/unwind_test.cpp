// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exceptions through compiled code, while other code comes and goes.
#include "jit/link/unwind.h"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "inlay/inlay.h"
#include "runtime.h"

namespace inlay {
namespace {

using memory::Int;

Int thrower(Int x) {
  if (x > 0) throw x;
  return x;
}

Function<Int(Int)> compile(const Jit& jit) {
  CompileOptions options;
  options.level = Level::O0;
  using Host = Int (*)(Int);
  const Host host = thrower;
  Function<Int(Int)> function =
      jit.specialize_with(options, memory::call, constant(host), std::placeholders::_1).value();
  EXPECT_TRUE(function.compiled()) << function.explain().to_text();
  return function;
}

bool throws(const Function<Int(Int)>& function, Int value) {
  try {
    function(value);
  } catch (Int caught) {
    return caught == value;
  }
  return false;
}

TEST(Unwind, passes_through_any_of_many_functions) {
  const Jit jit = Jit::create().value();
  std::vector<Function<Int(Int)>> all;
  for (int i = 0; i < 300; ++i) {
    all.push_back(compile(jit));
    if (i % 50 == 0) {
      EXPECT_TRUE(throws(all[static_cast<std::size_t>(i / 2)], i + 1));
    }
  }
  for (std::size_t i = 0; i < all.size(); i += 2) all[i] = compile(jit);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_TRUE(throws(all[i], static_cast<Int>(i) + 1)) << i;
  EXPECT_EQ(all[0](-1), 0);
}

TEST(UnwindThreads, passes_while_others_compile_and_drop) {
  const Jit jit = Jit::create().value();
  const Function<Int(Int)> lasting = compile(jit);
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 150; ++i) {
        const Function<Int(Int)> passing = compile(jit);
        if (!throws(passing, i + 1)) ++wrong;
      }
      done = true;
    });
  }
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      for (Int i = 1; !done; ++i)
        if (!throws(lasting, i)) ++wrong;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// A section as compilers write them, of a function that does nothing, so that both ways can be tried on any system.
struct Frames {
  explicit Frames(const void* code) {
    const auto begin = reinterpret_cast<std::uint64_t>(code);
    const std::uint32_t cie[] = {12, 0, 0x00000001 /* version 1, no augmentation */, 0x00107801 /* 1, -8, rip, nop */};
    std::memcpy(bytes, cie, sizeof cie);
    const std::uint32_t head[] = {20, 20};  // length, and back to the CIE
    std::memcpy(bytes + 16, head, sizeof head);
    const std::uint64_t range[] = {begin, 16};
    std::memcpy(bytes + 24, range, sizeof range);
  }
  alignas(8) unsigned char bytes[48] = {};  // ends in a terminator
};

TEST(Unwind, sections_come_and_go_in_any_order) {
  static unsigned char code[200][1024];
  std::vector<std::unique_ptr<Frames>> frames;
  for (auto& each : code) frames.push_back(std::make_unique<Frames>(each));
  for (jit::UnwindRegistration how : {jit::UnwindRegistration::Groups, jit::UnwindRegistration::Single}) {
    if (how == jit::UnwindRegistration::Groups && jit::unwind_registration() != how) continue;
    for (std::size_t i = 0; i < 200; ++i) jit::register_frames(how, code[i], frames[i]->bytes);
    EXPECT_THROW(throw std::runtime_error("sorted now"), std::runtime_error);
    for (std::size_t i = 0; i < 200; i += 3) jit::remove_frames(how, code[i], frames[i]->bytes);
    EXPECT_THROW(throw std::runtime_error("and again"), std::runtime_error);
    for (std::size_t i = 0; i < 200; i += 3) jit::register_frames(how, code[i], frames[i]->bytes);
    for (std::size_t i = 200; i-- > 0;) jit::remove_frames(how, code[i], frames[i]->bytes);
    EXPECT_THROW(throw std::runtime_error("and none"), std::runtime_error);
  }
}

}  // namespace
}  // namespace inlay
