// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What remarks say of interpreters: in the words, and at the places, of those who wrote them.
#include "subject.h"

#include <gtest/gtest.h>

namespace inlay::interpreters {
namespace {

std::vector<Remark> ways_out(const Subject& subject, const CompileOptions& options) {
  Report report = subject.compile(jit(), options).value().report;
  std::erase_if(report.remarks, [](const Remark& remark) { return remark.kind != Remark::Kind::LeavesCode; });
  return report.remarks;
}

Subject shipped(const Machine& machine, const std::string& program) {
  for (const Subject& subject : machine.shipped())
    if (subject.name.ends_with(program)) return subject;
  throw std::runtime_error(program);
}

TEST(Remarks, stand_where_the_hint_was_written) {
  for (const Machine* machine : {&register_machine(), &stack_machine(), &byte_machine(), &threaded_machine()}) {
    CompileOptions options;
    options.max_contexts = 3;
    std::vector<Remark> remarks = ways_out(machine->shipped().front(), options);
    EXPECT_FALSE(remarks.empty()) << machine->name;
    for (const Remark& remark : remarks) {
      EXPECT_TRUE(remark.place.known());
      EXPECT_EQ(remark.place.file.find("annotate.h"), std::string::npos) << remark.place.to_string();
    }
  }
}

TEST(Remarks, name_hints_as_they_are_written) {
  std::vector<Remark> remarks = ways_out(shipped(stack_machine(), "fib"), {});
  bool promote = false;
  for (const Remark& remark : remarks) {
    EXPECT_EQ(remark.reason.find("inlay_marker"), std::string::npos) << remark.reason;
    promote |= remark.reason.find("promote()") != std::string::npos;
  }
  EXPECT_TRUE(remarks.empty() || promote);  // all of its returns may be found one day
}

TEST(Remarks, name_the_handler_that_is_left) {
  CompileOptions options;
  std::string names;
  for (options.leave_at_context = 1; options.leave_at_context < 12; ++options.leave_at_context)
    for (const Remark& remark : ways_out(shipped(byte_machine(), "sieve"), options)) {
      names += remark.callee + " ";
      EXPECT_EQ(remark.reason.find("are tried"), std::string::npos) << remark.reason;
    }
  EXPECT_NE(names.find("store"), std::string::npos) << names;
  EXPECT_NE(names.find("immediate"), std::string::npos) << names;
}

}  // namespace
}  // namespace inlay::interpreters
