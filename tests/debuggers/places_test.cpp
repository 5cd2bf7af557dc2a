// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where code of annotated programs says that it is: of trees, of closures, of bytecode, of code that was entered while
// it ran; what describe_code() and reports tell.
#include <unwind.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <thread>

#include "inlay/inlay.h"
#include "jit/observe/code_table.h"
#include "runtime.h"

#include <gtest/gtest.h>
#include <llvm/ExecutionEngine/Orc/TargetProcess/JITLoaderGDB.h>
#include <llvm/Support/JSON.h>

extern "C" jit_descriptor __jit_debug_descriptor;

namespace {

using std::placeholders::_1;

/// What compiled code that called the probe says of itself: the levels of each call, `G fib:7 < H eval:12 < ...`.
std::vector<std::string> seen;
bool throws = false;

std::string levels_at(const void* address) {
  std::string text;
  inlay::CodeFrame frame;
  for (unsigned level = 0; inlay::describe_code(address, level, frame); ++level) {
    if (level > 0) text += " < ";
    if (frame.kind == inlay::CodeFrame::Kind::Compiled) {
      text += "compiled";
    } else {
      text += frame.kind == inlay::CodeFrame::Kind::Guest ? "guest " : "host ";
      text += frame.function;
      if (frame.kind == inlay::CodeFrame::Kind::Guest) text += ":" + std::to_string(frame.line);
    }
  }
  return text;
}

_Unwind_Reason_Code look(_Unwind_Context* context, void* into) {
  const std::string text = levels_at(reinterpret_cast<const void*>(_Unwind_GetIP(context) - 1));
  if (!text.empty()) *static_cast<std::string*>(into) += (static_cast<std::string*>(into)->empty() ? "" : " | ") + text;
  return _URC_NO_REASON;
}

inlay::Jit jit_with_lines() { return inlay::Jit::create({.lines = true}).value(); }

}  // namespace

[[gnu::noinline]] long probe(long value) {
  std::string text;
  _Unwind_Backtrace(look, &text);
  seen.push_back(text);
  if (throws) throw std::runtime_error("from the probe");
  return value;
}

namespace {

class Places : public ::testing::Test {
 protected:
  void SetUp() override {
    seen.clear();
    throws = false;
  }
};

inlay::Frozen<std::unique_ptr<Node>> make_tree(const inlay::Jit& jit) {
  inlay::GuestSource source;
  const unsigned function = source.add_function("tree", "/guest.tree", 1);
  auto tree = jit.freeze([&] {
    auto leaf = std::make_unique<Leaf>();
    source.add_node(leaf.get(), function, 3);
    auto twice = std::make_unique<Twice>(std::move(leaf));
    source.add_node(twice.get(), function, 2);
    return std::unique_ptr<Node>(std::move(twice));
  });
  EXPECT_TRUE(inlay::annotate_source(tree.region(), source));
  return tree;
}

TEST_F(Places, of_nodes) {
  const inlay::Jit jit = jit_with_lines();
  const auto run = jit.optimize(make_tree(jit), &Node::eval).value();
  ASSERT_TRUE(run.compiled()) << run.explain().to_text();
  EXPECT_EQ(run(5), 12);
  EXPECT_EQ(seen, (std::vector<std::string>{"host eval < guest tree:3 < host eval < guest tree:2 < compiled",
                                            "host eval < guest tree:2 < compiled"}));
}

TEST_F(Places, of_closures) {
  const inlay::Jit jit = jit_with_lines();
  inlay::GuestSource source;
  const unsigned function = source.add_function("closures", "/guest.calc", 1);
  const auto tree = jit.freeze([&] { return make_twice(make_leaf(3, source, function, 7), source, function, 6); });
  ASSERT_TRUE(inlay::annotate_source(tree.region(), source));
  const auto run = jit.optimize(tree).value();
  ASSERT_TRUE(run.compiled()) << run.explain().to_text();
  EXPECT_EQ(run(5), 16);
  ASSERT_EQ(seen.size(), 2u);
  const auto guests = [](std::string text) {
    std::string found;
    for (std::size_t at; (at = text.find("guest ")) != std::string::npos;) {
      text.erase(0, at + 6);
      found += text.substr(0, text.find(" <")) + ' ';
    }
    return found;
  };
  EXPECT_EQ(guests(seen[0]), "closures:7 closures:6 ") << seen[0];
  EXPECT_EQ(guests(seen[1]), "closures:6 ") << seen[1];
  EXPECT_EQ(seen[1].rfind("host operator() < ", 0), 0u) << seen[1];
}

inlay::Frozen<std::vector<Code>> make_numbered(const inlay::Jit& jit) {
  const auto code = jit.freeze(
      [] { return std::vector<Code>{Code::Probe, Code::Decrement, Code::JumpNotZero, Code::Probe, Code::Return}; });
  inlay::GuestSource source;
  const unsigned function = source.add_function("numbered", "/guest.code", 10);
  for (unsigned i = 0; i < code->size(); ++i) source.add_code(&(*code)[i], 1, function, 11 + i, i + 1);
  EXPECT_TRUE(inlay::annotate_source(code.region(), source));
  return code;
}

TEST_F(Places, of_programs_whose_places_are_numbers) {
  const inlay::Jit jit = jit_with_lines();
  const auto run = jit.specialize(run_numbered, inlay::constant(make_numbered(jit)), _1).value();
  ASSERT_TRUE(run.compiled()) << run.explain().to_text();
  EXPECT_EQ(run(2), 3);
  const std::string loop = "host run_numbered < guest numbered:11 < compiled";
  EXPECT_EQ(seen, (std::vector<std::string>{loop, loop, "host run_numbered < guest numbered:14 < compiled"}));
  // In the report, with no option for it.
  std::vector<std::uint32_t> lines;
  const inlay::Report report = run.explain();
  for (const inlay::GuestInstruction& guest : report.guest) {
    lines.push_back(guest.source.line);
    EXPECT_EQ(guest.source.file, "/guest.code");
    EXPECT_EQ(guest.source.column + 10, guest.source.line);
    EXPECT_EQ(guest.source_function, "numbered");
  }
  EXPECT_EQ(lines, (std::vector<std::uint32_t>{11, 12, 13, 14, 15}));
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(run.explain().to_json());
  ASSERT_TRUE(bool(json)) << llvm::toString(json.takeError());
  const llvm::json::Object& first = *(*json->getAsObject()->getArray("guest"))[0].getAsObject();
  ASSERT_TRUE(first.getObject("source"));
  EXPECT_EQ(first.getObject("source")->getString("file"), "/guest.code");
  EXPECT_EQ(first.getObject("source")->getInteger("line"), 11);
}

TEST_F(Places, of_code_that_was_entered_while_it_ran) {
  const inlay::Jit jit = jit_with_lines();
  const auto code = make_numbered(jit);
  inlay::HotOptions options;
  options.threshold = 10;
  const inlay::HotCode hot = jit.compile_hot(run_numbered, options).value();
  EXPECT_EQ(run_numbered(*code, 100), 100 * 101 / 2);
  ASSERT_FALSE(hot.entries().empty());
  EXPECT_TRUE(hot.entries()[0].report.compiled) << hot.entries()[0].report.to_text();
  ASSERT_EQ(seen.size(), 101u);
  EXPECT_EQ(seen.front(), "");
  EXPECT_NE(seen[99].find("guest numbered:11"), std::string::npos) << seen[99];
  EXPECT_NE(seen[100].find("guest numbered:14"), std::string::npos) << seen[100];
}

TEST_F(Places, beside_the_map_of_machine_code) {
  const inlay::Jit jit = jit_with_lines();
  inlay::CompileOptions options;
  options.explain_code = true;
  const auto run = jit.specialize_with(options, run_numbered, inlay::constant(make_numbered(jit)), _1).value();
  EXPECT_EQ(run(2), 3);
  EXPECT_EQ(seen[0], "host run_numbered < guest numbered:11 < compiled");
  const std::vector<inlay::GuestInstruction>& guest = run.explain().guest;
  ASSERT_EQ(guest.size(), 5u);
  EXPECT_GT(guest[0].code_bytes(), 0u);
  EXPECT_NE(guest[0].assembly.find("call"), std::string::npos) << guest[0].assembly;
  EXPECT_GT(guest[3].code_bytes(), 0u);
  EXPECT_NE(run.explain().to_text().find("/guest.code:14"), std::string::npos) << run.explain().to_text();
}

/// The lines of closures with machine code that holds this, from outer to inner places.
std::vector<unsigned> lines_with(const inlay::Report& report, const std::string& part) {
  std::vector<unsigned> lines;
  for (const inlay::GuestInstruction& guest : report.guest)
    if (guest.assembly.find(part) != std::string::npos) lines.push_back(guest.source.line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST_F(Places, of_closures_in_the_map_of_machine_code) {
  for (const bool lines : {false, true}) {
    const inlay::Jit jit = inlay::Jit::create({.lines = lines}).value();
    inlay::GuestSource source;
    const unsigned function = source.add_function("closures", "/guest.calc", 1);
    const auto tree = jit.freeze([&] { return make_twice(make_leaf(3, source, function, 7), source, function, 6); });
    ASSERT_TRUE(inlay::annotate_source(tree.region(), source));
    inlay::CompileOptions options;
    options.explain_code = true;
    const auto run = jit.optimize(tree, options).value();
    EXPECT_EQ(run(5), 16);
    const inlay::Report report = run.explain();
    ASSERT_EQ(report.guest.size(), 2u) << report.to_text();
    EXPECT_EQ(lines_with(report, "# probe(long)"), (std::vector<unsigned>{6, 7})) << report.to_listing();
    for (const inlay::GuestInstruction& guest : report.guest) {
      EXPECT_EQ(guest.source_function, "closures");
      EXPECT_NE(guest.interpreter.find("make_"), std::string::npos) << guest.interpreter;
      EXPECT_GT(guest.instructions, 0u);
    }
    // What is left of calls knows its line, too.
    std::vector<unsigned> left;
    for (const inlay::Remark& remark : report.remarks)
      if (remark.callee == "probe(long)") left.push_back(remark.source.line);
    std::sort(left.begin(), left.end());
    EXPECT_EQ(left, (std::vector<unsigned>{6, 7})) << report.to_text();
    EXPECT_NE(report.to_text().find("; in closures, /guest.calc:7"), std::string::npos) << report.to_text();
    EXPECT_NE(report.to_json().find("\"assembly\""), std::string::npos);
    // All code of a function is there, also what belongs to no place.
    ASSERT_FALSE(report.functions.empty());
    EXPECT_NE(report.functions[0].assembly.find("ret"), std::string::npos) << report.functions[0].assembly;
  }
}

TEST_F(Places, of_nodes_without_a_switch_in_the_map_of_machine_code) {
  const inlay::Jit jit = inlay::Jit::create().value();
  inlay::CompileOptions options;
  options.explain_code = true;
  const auto run = jit.optimize(make_tree(jit), &Node::eval, options).value();
  EXPECT_EQ(run(5), 12);
  EXPECT_EQ(lines_with(run.explain(), "# probe(long)"), (std::vector<unsigned>{2, 3})) << run.explain().to_listing();
}

TEST_F(Places, of_the_guest_alone) {
  const inlay::Jit jit = inlay::Jit::create({.lines = true, .only_guest = true}).value();
  const auto run = jit.optimize(make_tree(jit), &Node::eval).value();
  EXPECT_EQ(run(5), 12);
  // The nodes lie in one another, and are all of one function that runs once.
  EXPECT_EQ(seen, (std::vector<std::string>{"guest tree:3 < compiled", "guest tree:2 < compiled"}));
}

TEST_F(Places, of_the_guest_alone_tell_where_functions_are_entered) {
  const inlay::Jit jit = inlay::Jit::create({.lines = true, .only_guest = true}).value();
  inlay::GuestSource source;
  const unsigned function = source.add_function("tree", "/guest.tree", 1);
  auto tree = jit.freeze([&] {
    auto leaf = std::make_unique<Leaf>();
    source.add_node(leaf.get(), function, 3);
    auto entered = std::make_unique<Twice>(std::move(leaf));
    source.add_entry(entered.get(), function);
    auto twice = std::make_unique<Twice>(std::move(entered));
    source.add_node(twice.get(), function, 2);
    return std::unique_ptr<Node>(std::move(twice));
  });
  ASSERT_TRUE(inlay::annotate_source(tree.region(), source));
  const auto run = jit.optimize(tree, &Node::eval).value();
  EXPECT_EQ(run(5), 24);
  EXPECT_EQ(seen, (std::vector<std::string>{"guest tree:3 < guest tree:2 < compiled",
                                            "guest tree:1 < guest tree:2 < compiled", "guest tree:2 < compiled"}));
}

TEST_F(Places, of_remarks_with_lines_alone) {
  const inlay::Jit jit = jit_with_lines();
  const auto run = jit.optimize(make_tree(jit), &Node::eval).value();
  std::vector<unsigned> left;
  const inlay::Report report = run.explain();
  for (const inlay::Remark& remark : report.remarks) left.push_back(remark.source.line);
  std::sort(left.begin(), left.end());
  EXPECT_EQ(left, (std::vector<unsigned>{2, 3})) << report.to_text();
  EXPECT_TRUE(report.guest.empty());
}

TEST_F(Places, without_lines_are_functions_and_offsets) {
  const inlay::Jit jit = inlay::Jit::create().value();
  const auto run = jit.optimize(make_tree(jit), &Node::eval).value();
  EXPECT_EQ(run(5), 12);
  EXPECT_EQ(seen, (std::vector<std::string>{"compiled", "compiled"}));
}

TEST_F(Places, of_ways_out) {
  const inlay::Jit jit = jit_with_lines();
  const auto code = make_numbered(jit);
  inlay::CompileOptions options;
  options.leave_at_context = 2;
  const auto run = jit.specialize_with(options, run_pointed, inlay::constant(code->data()), _1).value();
  EXPECT_EQ(run(2), 3);
  EXPECT_EQ(seen[0], "host run_pointed < guest numbered:11 < compiled");
  // The interpreter called the probe, and the compiled code, at the instruction before, the interpreter.
  EXPECT_NE(seen[1].find("host run_pointed < guest numbered:12 < compiled"), std::string::npos) << seen[1];
  const std::vector<inlay::Remark>& remarks = run.explain().remarks;
  const auto leaves = std::find_if(remarks.begin(), remarks.end(), [](const inlay::Remark& remark) {
    return remark.kind == inlay::Remark::Kind::LeavesCode;
  });
  ASSERT_NE(leaves, remarks.end()) << run.explain().to_text();
  EXPECT_NE(leaves->reason.find("numbered, /guest.code:13:3"), std::string::npos) << leaves->reason;
}

/// A loop, as often as the argument says, with probes here and there.
std::vector<Code> random_code(std::mt19937& random) {
  std::vector<Code> code;
  const auto probes = [&] {
    for (unsigned i = random() % 4; i > 0; --i) code.push_back(Code::Probe);
  };
  probes();
  code.push_back(Code::Decrement);
  for (unsigned i = random() % 3; i > 0; --i) {
    probes();
    code.push_back(Code::JumpNotZero);
  }
  probes();
  code.push_back(Code::Return);
  return code;
}

/// The places of the probes that a run meets.
std::vector<std::size_t> probes_of(const std::vector<Code>& code, long argument) {
  std::vector<std::size_t> met;
  for (std::size_t pc = 0; code[pc] != Code::Return; ++pc) {
    if (code[pc] == Code::Probe) met.push_back(pc);
    argument -= code[pc] == Code::Decrement;
    if (code[pc] == Code::JumpNotZero && argument != 0) pc = ~std::size_t{0};
  }
  return met;
}

TEST_F(Places, of_random_programs_are_exact) {
  const inlay::Jit jit = jit_with_lines();
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    const auto code = jit.freeze([&] { return random_code(random); });
    inlay::GuestSource source;
    std::vector<std::string> places(code->size());  // empty: nothing is said
    for (unsigned i = 0, functions = 0; i < code->size(); ++i) {
      if (functions == 0 || random() % 4 == 0) {
        ++functions;
        source.add_function("f" + std::to_string(functions), "/f" + std::to_string(functions % 2), functions);
      }
      if (random() % 5 == 0) continue;
      source.add_code(&(*code)[i], 1, functions, 100 + i);
      places[i] = "guest f" + std::to_string(functions) + ":" + std::to_string(100 + i);
    }
    ASSERT_TRUE(inlay::annotate_source(code.region(), source));
    inlay::CompileOptions options;
    options.level = static_cast<inlay::Level>(seed % 4);
    options.explain_code = seed % 3 == 0;
    const auto run = seed % 2 ? jit.specialize_with(options, run_numbered, inlay::constant(code), _1).value()
                              : jit.specialize_with(options, run_pointed, inlay::constant(code->data()), _1).value();
    ASSERT_TRUE(run.compiled()) << run.explain().to_text();
    const long argument = 1 + random() % 5;
    seen.clear();
    const long expected = seed % 2 ? run_numbered(*code, argument) : run_pointed(code->data(), argument);
    seen.clear();
    EXPECT_EQ(run(argument), expected) << "seed " << seed;
    const std::vector<std::size_t> met = probes_of(*code, argument);
    ASSERT_EQ(seen.size(), met.size()) << "seed " << seed;
    for (std::size_t i = 0; i < met.size(); ++i) {
      if (met.size() == 1 && seen[i].empty()) continue;  // the last thing of all became a jump
      const std::string& place = places[met[i]];
      const std::size_t guest = seen[i].find("guest");
      const std::string innermost = guest == std::string::npos ? "" : seen[i].substr(guest, place.size() + 1);
      if (!place.empty()) {
        EXPECT_EQ(innermost, place + " ") << "seed " << seed << ": " << seen[i];
      }
      EXPECT_EQ(seen[i].rfind("host run_", 0), 0u) << seen[i];
    }
  }
}

TEST_F(Places, hold_while_exceptions_pass_and_code_goes) {
  const inlay::Jit jit = inlay::Jit::create({.debugger = true, .lines = true}).value();
  const std::size_t functions = inlay::jit::size_of_code_table();
  const jit_code_entry* const objects = __jit_debug_descriptor.first_entry;
  for (int turn = 0; turn < 50; ++turn) {
    const auto run = jit.optimize(make_tree(jit), &Node::eval).value();
    ASSERT_TRUE(run.compiled());
    EXPECT_GT(inlay::jit::size_of_code_table(), functions);
    EXPECT_NE(__jit_debug_descriptor.first_entry, objects);
    throws = true;
    EXPECT_THROW(run(turn), std::runtime_error);
    throws = false;
    EXPECT_EQ(run(turn), 2 * (turn + 1));
  }
  EXPECT_EQ(inlay::jit::size_of_code_table(), functions);
  EXPECT_EQ(__jit_debug_descriptor.first_entry, objects);
}

TEST_F(Places, come_by_the_environment) {
  ASSERT_EQ(setenv("INLAY_JIT", "threads=2,lines", 1), 0);
  const inlay::Jit jit = inlay::Jit::create().value();
  unsetenv("INLAY_JIT");
  const auto run = jit.optimize(make_tree(jit), &Node::eval).value();
  EXPECT_EQ(run(5), 12);
  EXPECT_EQ(seen[1], "host eval < guest tree:2 < compiled");
}

TEST_F(Places, of_profilers_that_cannot_be_served_are_an_error) {
  const inlay::Result<inlay::Jit> jit =
      inlay::Jit::create({.perf = inlay::Perf::Dump, .perf_directory = "/nonexistent"});
  ASSERT_FALSE(jit);
  EXPECT_EQ(jit.error().kind(), inlay::ErrorKind::File);
  EXPECT_NE(jit.error().message().find("/nonexistent/jit-"), std::string::npos) << jit.error().message();
}

TEST(PlacesThreads, are_asked_while_code_comes_and_goes) {
  const inlay::Jit jit = inlay::Jit::create({.debugger = true}).value();
  std::vector<std::thread> threads;
  std::atomic<unsigned> wrong = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int turn = 0; turn < 10; ++turn) {
        inlay::GuestSource source;
        const unsigned function = source.add_function("code", "/guest.code", 1);
        const auto code = jit.freeze([] { return std::vector<Code>{Code::Decrement, Code::Return}; });
        source.add_code(code->data(), 1, function, 7);
        if (!inlay::annotate_source(code.region(), source)) ++wrong;
        const auto run = jit.specialize(run_numbered, inlay::constant(code), _1).value();
        if (run(3) != 0 || run.explain().guest[0].source.line != 7) ++wrong;
        inlay::CodeFrame frame;
        for (std::uintptr_t at = 0; at < 64; ++at)
          inlay::describe_code(reinterpret_cast<const char*>(&wrong) + at, 0, frame);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0u);
}

}  // namespace
