// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/observe/code_table.h"

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace inlay::jit {
namespace {

// Addresses that no program has.
constexpr std::uintptr_t Base = std::uintptr_t{1} << 60;

CodeFunction function_at(std::uintptr_t begin, std::size_t size = 16) {
  CodeFunction function;
  function.name = "function " + std::to_string(begin - Base);
  function.begin = begin;
  function.size = size;
  return function;
}

bool describe(std::uintptr_t address, unsigned level, CodeFrame& frame) {
  return describe_code(reinterpret_cast<const void*>(address), level, frame);
}

TEST(CodeTable, finds_what_is_there_and_nothing_else) {
  const std::size_t before = size_of_code_table();
  std::mt19937 random(1);
  std::set<std::uintptr_t> there;
  for (int turn = 0; turn < 20'000; ++turn) {
    const std::uintptr_t begin = Base + random() % 500 * 32;
    if (there.insert(begin).second) {
      add_to_code_table({function_at(begin)});
    } else {
      there.erase(begin);
      remove_from_code_table({begin});
    }
    const std::uintptr_t asked = Base + random() % (500 * 32);
    CodeFrame frame;
    const bool known = there.contains(asked / 32 * 32) && asked % 32 < 16;
    ASSERT_EQ(describe(asked, 0, frame), known) << turn;
    if (!known) continue;
    EXPECT_EQ(frame.function, "function " + std::to_string(asked / 32 * 32 - Base));
    EXPECT_EQ(frame.offset, asked % 32);
    EXPECT_EQ(frame.kind, CodeFrame::Kind::Compiled);
  }
  EXPECT_EQ(size_of_code_table(), before + there.size());
  remove_from_code_table({there.begin(), there.end()});
  EXPECT_EQ(size_of_code_table(), before);
}

TEST(CodeTable, goes_through_inlined_frames_to_the_function) {
  CodeFunction function = function_at(Base, 32);
  auto lines = std::make_shared<CodeLines>();
  lines->frames.push_back({CodeFrame::Kind::Guest, "fib", "/fib.asm", 7, 0});
  lines->frames.push_back({CodeFrame::Kind::Host, "add", "/ops.cpp", 100, 1});
  function.lines = lines;
  function.rows = {{4, 2}, {8, 1}, {12, 0}};
  add_to_code_table({function});
  CodeFrame frame;
  const auto text = [&](std::size_t offset, unsigned level) {
    if (!describe(Base + offset, level, frame)) return std::string("none");
    return std::string(frame.function) + " " + frame.file + ":" + std::to_string(frame.line);
  };
  EXPECT_EQ(text(0, 0), "function 0 :0");
  EXPECT_EQ(text(3, 1), "none");
  EXPECT_EQ(text(4, 0), "add /ops.cpp:100");
  EXPECT_EQ(text(7, 1), "fib /fib.asm:7");
  EXPECT_EQ(text(7, 2), "function 0 :0");
  EXPECT_EQ(frame.offset, 7u);
  EXPECT_EQ(text(7, 3), "none");
  EXPECT_EQ(text(8, 0), "fib /fib.asm:7");
  EXPECT_EQ(text(8, 1), "function 0 :0");
  EXPECT_EQ(text(31, 0), "function 0 :0");
  EXPECT_EQ(text(32, 0), "none");
  remove_from_code_table({Base});
}

TEST(CodeTable, cuts_long_names) {
  CodeFunction function = function_at(Base);
  function.name = std::string(1000, 'x');
  add_to_code_table({function});
  CodeFrame frame;
  ASSERT_TRUE(describe(Base, 0, frame));
  EXPECT_EQ(frame.function, std::string(255, 'x'));
  remove_from_code_table({Base});
}

TEST(CodeTableThreads, readers_see_whole_functions_while_writers_change_them) {
  std::atomic<bool> stop = false;
  std::atomic<unsigned> wrong = 0;
  add_to_code_table({function_at(Base + (1 << 20))});
  const auto write = [&](unsigned lane) {
    std::mt19937 random(lane);
    for (int turn = 0; turn < 3000; ++turn) {
      const std::uintptr_t begin = Base + (random() % 64 * 2 + lane) * 32;
      add_to_code_table({function_at(begin)});
      remove_from_code_table({begin});
    }
  };
  const auto read = [&] {
    CodeFrame frame;
    while (!stop) {
      if (!describe(Base + (1 << 20) + 5, 0, frame) || frame.offset != 5) ++wrong;
      for (std::uintptr_t at = Base; at < Base + 128 * 32; at += 32)
        if (describe(at, 0, frame) && frame.function != "function " + std::to_string(at - Base)) ++wrong;
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) readers.emplace_back(read);
  std::thread first(write, 0), second(write, 1);
  first.join();
  second.join();
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0u);
  remove_from_code_table({Base + (1 << 20)});
}

std::atomic<unsigned> handled = 0, handled_wrong = 0;

void on_signal(int) {
  CodeFrame frame;
  if (!describe(Base + (1 << 20) + 5, 0, frame) || frame.offset != 5 || describe(Base - 1, 0, frame)) ++handled_wrong;
  ++handled;
}

TEST(CodeTableThreads, answers_in_a_signal_handler_that_interrupts_a_writer) {
  add_to_code_table({function_at(Base + (1 << 20))});
  struct sigaction action = {}, before = {};
  action.sa_handler = on_signal;
  sigaction(SIGUSR1, &action, &before);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (std::uintptr_t turn = 0; !stop; ++turn) {
      add_to_code_table({function_at(Base + turn % 64 * 32)});
      remove_from_code_table({Base + turn % 64 * 32});
    }
  });
  for (unsigned sent = 0; sent < 300; ++sent) {
    ASSERT_EQ(pthread_kill(writer.native_handle(), SIGUSR1), 0);
    while (handled <= sent) std::this_thread::yield();  // for ever, if the handler waited for the writer
  }
  stop = true;
  writer.join();
  sigaction(SIGUSR1, &before, nullptr);
  EXPECT_EQ(handled_wrong, 0u);
  remove_from_code_table({Base + (1 << 20)});
}

}  // namespace
}  // namespace inlay::jit
