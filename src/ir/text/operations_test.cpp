// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// docs/guide/operations.md is the table of operations for people.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "inlay/ir/ops.h"
#include "inlay_tests/source_folder.h"

namespace inlay::ir {
namespace {

/// The page of operations, from the table.
std::string operations_page() {
  std::string out =
      "# Operations\n\nEvery operation of [program IR](program-ir.md), as\n"
      "[ops.def](../../include/inlay/ir/ops.def) lists them. This page is written by `inlay_ir_test`, with\n"
      "`INLAY_BLESS=1`.\n\nOperands: `a`, `b`, `c` are values, of TYPE unless it says otherwise; `n` is a plain "
      "number.\n\n"
      "| operation | operands | TYPE | yields | meaning |\n|---|---|---|---|---|\n";
  const auto operands = [](std::string_view slots) {
    std::string text;
    char value = 'a';
    for (char letter : slots) {
      const auto slot = static_cast<Slot>(letter);
      if (!text.empty()) text += slot == Slot::Args ? "" : slot == Slot::Cases ? " " : ", ";
      const std::string name(1, value);
      switch (slot) {
        case Slot::Typed:
        case Slot::Returned:
          text += "`" + name + "`", ++value;
          break;
        case Slot::Pointer:
          text += "`" + name + "`: ptr", ++value;
          break;
        case Slot::Index:
          text += "`" + name + "`: i64", ++value;
          break;
        case Slot::Bool:
          text += "`" + name + "`: bool", ++value;
          break;
        case Slot::Truth:
          text += "`" + name + "`: bool or lanes of it", ++value;
          break;
        case Slot::Element:
          text += "`" + name + "`: a lane", ++value;
          break;
        case Slot::Other:
          text += "`" + name + "` of its own type", ++value;
          break;
        case Slot::Code:
          text += "`" + name + "`: function with ptr first", ++value;
          break;
        case Slot::ClosureOf:
          text += "`" + name + "`: closure", ++value;
          break;
        case Slot::InterfaceOf:
          text += "`" + name + "`: interface", ++value;
          break;
        case Slot::Callee:
          text += "`@function`";
          break;
        case Slot::Number:
          text += "`n`";
          break;
        case Slot::Field:
          text += "field";
          break;
        case Slot::Method:
          text += "method";
          break;
        case Slot::Text:
          text += "`\"text\"`";
          break;
        case Slot::Args:
          text += "`(…)`";
          break;
        case Slot::Numbers:
          text += "`[n, …]`";
          break;
        case Slot::Target:
          text += "`block(…)`";
          break;
        case Slot::Cases:
          text += "`[n: block(…), …]`";
          break;
      }
    }
    return text;
  };
  constexpr std::pair<std::uint32_t, const char*> sets[] = {{TypesAnyValue, "any value"},
                                                            {TypesInMemory, "anything in memory"},
                                                            {TypesLoadable, "any value but lanes of bool"},
                                                            {TypesComparable, "bool, int, float, ptr, fn, vector"},
                                                            {TypesVectors, "vector"}};
  constexpr std::pair<std::uint32_t, const char*> kinds[] = {{TypesBool, "bool"},
                                                             {TypesInt, "int"},
                                                             {TypesFloat, "float"},
                                                             {TypesPtr, "ptr"},
                                                             {TypesFn, "fn"},
                                                             {TypesVectors, "vector"},
                                                             {TypesIntVector, "int vector"},
                                                             {TypesFloatVector, "float vector"},
                                                             {TypesBoolVector, "bool vector"},
                                                             {TypesSlice, "slice"},
                                                             {TypesInterface, "interface"},
                                                             {TypesClosure, "closure"},
                                                             {TypesStruct, "struct"},
                                                             {TypesArray, "array"},
                                                             {TypesByte, "i8"}};
  const auto types = [&](std::uint32_t set) -> std::string {
    for (const auto& [bits, name] : sets)
      if (bits == set) return name;
    std::string text;
    for (const auto& [bits, name] : kinds) {
      if ((set & bits) != bits) continue;
      text += (text.empty() ? "" : ", ") + std::string(name);
      set &= ~bits;
    }
    return text;
  };
  constexpr const char* yields[] = {"", "TYPE", "bool or lanes of it", "a lane", "ptr", "i64", "the result"};
  for (std::uint32_t i = 2; i < OpCount; ++i) {  // not Param, which is not written
    const OpInfo& op = OpInfos[i];
    out += "| `" + std::string(op.text) + "` | " + operands(op.slots) + " | " + types(op.types) + " | " +
           yields[static_cast<std::size_t>(op.yields)] + " | " + std::string(op.meaning) + " |\n";
  }
  return out;
}

TEST(OperationsPage, says_what_the_table_says) {
  const std::filesystem::path path = std::filesystem::path(SourceFolder) / "docs/guide/operations.md";
  const std::string page = operations_page();
  if (std::getenv("INLAY_BLESS")) std::ofstream(path) << page;
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), page) << "the table has changed: run this test with INLAY_BLESS=1";
}

}  // namespace
}  // namespace inlay::ir
