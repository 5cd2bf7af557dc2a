// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes to frozen memory: they fault, and the report names the object and the promise.
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "frozen/memory/space.h"
#include "frozen/region.h"
#include "frozen/registry.h"

namespace inlay::frozen {
namespace {

struct Outcome {
  int status;            // as of waitpid()
  std::string reported;  // what the child wrote to its reporter
};

// Runs `body` in a child process whose faults are reported.
Outcome run_in_child(const std::function<void()>& body) {
  std::array<int, 2> ends;
  EXPECT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);  // what a sanitizer has to say about it is not the subject
    close(ends[0]);
    report_frozen_writes_to(ends[1]);
    body();
    _exit(0);
  }
  close(ends[1]);
  Outcome outcome{};
  std::array<char, 256> buffer;
  for (ssize_t count; (count = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    outcome.reported.append(buffer.data(), static_cast<std::size_t>(count));
  }
  close(ends[0]);
  waitpid(child, &outcome.status, 0);
  return outcome;
}

bool died_of_fault(const Outcome& outcome) {
  return WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGSEGV;
}

// A write that the compiler can neither drop nor see to be to const memory.
void write_to(const void* address) { *static_cast<volatile char*>(const_cast<void*>(address)) = 'w'; }

// The handler is installed once a process; so these tests never freeze anything in the parent.
TEST(Fault, a_write_to_a_frozen_object_ends_the_program_with_a_report) {
  const Outcome outcome = run_in_child([] {
    const auto text = freeze([] { return std::string(100, 'x'); }, {.name = "calc"});
    write_to(text->data() + 42);
  });
  EXPECT_TRUE(died_of_fault(outcome));
  EXPECT_EQ(outcome.reported.find("inlay: write to constant memory at 0x"), 0u) << outcome.reported;
  EXPECT_NE(outcome.reported.find(": object "), std::string::npos) << outcome.reported;
  EXPECT_NE(outcome.reported.find("(size 101, offset 42) of region \"calc\", frozen by freeze(\"calc\")\n"),
            std::string::npos)
      << outcome.reported;
}

TEST(Fault, a_write_to_a_promised_page_names_the_promise) {
  const Outcome outcome = run_in_child([] {
    void* page = mmap(nullptr, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const Promise promise = promise_constant(page, page_size(), "table").value();
    write_to(static_cast<char*>(page) + 7);
  });
  EXPECT_TRUE(died_of_fault(outcome));
  EXPECT_NE(outcome.reported.find("(size 4096, offset 7) of region \"table\", promised constant as \"table\"\n"),
            std::string::npos)
      << outcome.reported;
}

TEST(Fault, a_write_between_objects_is_reported_too) {
  const Outcome outcome = run_in_child([] {
    const auto number = freeze([] { return 5L; }, {.name = "n"});
    write_to(reinterpret_cast<const char*>(number.get()) - 1);
  });
  EXPECT_TRUE(died_of_fault(outcome));
  EXPECT_NE(outcome.reported.find("no live object of region \"n\""), std::string::npos) << outcome.reported;
}

TEST(Fault, nothing_is_said_unless_asked_for) {
  const Outcome outcome = run_in_child([] {
    report_frozen_writes_to(-1);
    const auto number = freeze([] { return 5L; });
    write_to(number.get());
  });
  EXPECT_TRUE(died_of_fault(outcome));
  EXPECT_EQ(outcome.reported, "");
}

TEST(Fault, other_faults_are_none_of_ours) {
  const Outcome outcome = run_in_child([] {
    const auto number = freeze([] { return 5L; });
    const volatile std::uintptr_t nowhere = 16;
    write_to(reinterpret_cast<const void*>(nowhere));
  });
  EXPECT_TRUE(died_of_fault(outcome));
  EXPECT_EQ(outcome.reported, "");
}

TEST(Fault, a_write_after_the_end_of_a_region_faults) {
  const Outcome outcome = run_in_child([] {
    const void* address = freeze([] { return 5L; }).get();
    write_to(address);
  });
  EXPECT_TRUE(died_of_fault(outcome));
}

TEST(Fault, the_handler_that_was_there_decides) {
  const Outcome outcome = run_in_child([] {
    struct sigaction theirs = {};
    theirs.sa_flags = SA_SIGINFO;
    theirs.sa_sigaction = [](int, siginfo_t* info, void*) { _exit(info->si_addr ? 17 : 18); };
    sigaction(SIGSEGV, &theirs, nullptr);
    const auto number = freeze([] { return 5L; }, {.name = "mine"});
    write_to(number.get());
  });
  EXPECT_TRUE(WIFEXITED(outcome.status));
  EXPECT_EQ(WEXITSTATUS(outcome.status), 17);
  EXPECT_NE(outcome.reported.find("mine"), std::string::npos);
}

TEST(Fault, an_object_beside_a_count_is_still_protected) {
  const Outcome outcome = run_in_child([] {
    const auto pointer = freeze([] { return std::make_shared<long>(5); }, {.name = "shared"});
    const std::shared_ptr<long> copy = *pointer;
    if (copy.use_count() != 2 || pointer.region()->thawed_pages() != 1) _exit(1);
  });
  EXPECT_TRUE(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0);
  const Outcome written = run_in_child([] {
    const auto pointer = freeze([] { return std::make_shared<long>(5); }, {.name = "shared"});
    write_to(pointer->get());
  });
  EXPECT_TRUE(died_of_fault(written));
  EXPECT_NE(written.reported.find("(size 24, offset 16) of region \"shared\""), std::string::npos) << written.reported;
}

TEST(Fault, a_signal_that_somebody_sent_still_ends_the_program) {
  const Outcome outcome = run_in_child([] {
    const auto number = freeze([] { return 5L; });
    raise(SIGSEGV);
  });
  EXPECT_TRUE(died_of_fault(outcome));
}

}  // namespace
}  // namespace inlay::frozen
