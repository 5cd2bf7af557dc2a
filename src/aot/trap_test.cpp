// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What written programs say when they cannot go on.
#include "aot/test_support.h"
#include "inlay/aot.h"

#include <gtest/gtest.h>

namespace inlay::aot {
namespace {

constexpr const char* Traps = R"(
file 1 "sum.inlay"

func @element(%numbers: []i64, %i: i64) -> i64 noinline { !3
  %at = elem []i64 %numbers, %i !4
  %number = load i64 %at !4
  return i64 %number !4
}

func @quotient(%a: i64, %b: i64) -> i64 noinline { !10
  %q = div i64 %a, %b !12
  return i64 %q !12
}

func @deep(%n: i64, %numbers: []i64) -> i64 noinline { !20
  %more = gt i64 %n, 0 !21
  branch %more, deeper, end !21
deeper:
  %less = sub i64 %n, 1 !22
  %r = call fn(i64, []i64) -> i64 @deep(%less, %numbers) !22
  %r.1 = sub i64 %n, %r !22
  return i64 %r.1 !22
end:
  %e = call fn([]i64, i64) -> i64 @element(%numbers, 5) !24
  %e.1 = add i64 %e, 1 !24
  return i64 %e.1 !24
}

func @part(%numbers: []i64, %from: i64, %to: i64) -> i64 noinline { !30
  %part = subslice []i64 %numbers, %from, %to !31
  %n = len []i64 %part !31
  return i64 %n !31
}

func @give_up() noinline { !40
  trap "no such thing" !41
}

func @of_nothing(%p: ptr) -> i64 noinline { !50
  %v = load i64 %p !51
  return i64 %v !51
}

func @grow(%a: i64) -> i64 noinline { !60
  %s = add_trap i64 %a, %a !61
  return i64 %s !61
}

data @three : [3]i64 = [1, 2, 3]

export func @main(%argc: i32, %argv: ptr) -> i32 { !70
  %all = make_slice []i64 @three, 3 !71
  switch i32 %argc, none [1: index, 2: divide, 3: overflow, 4: deep, 5: range, 6: message, 7: null, 8: grow] !72
index:
  %a = call fn([]i64, i64) -> i64 @element(%all, 5) !73
  jump none !73
divide:
  %b = call fn(i64, i64) -> i64 @quotient(7, 0) !74
  jump none !74
overflow:
  %c = call fn(i64, i64) -> i64 @quotient(-9223372036854775808, -1) !75
  jump none !75
deep:
  %d = call fn(i64, []i64) -> i64 @deep(3, %all) !76
  jump none !76
range:
  %e = call fn([]i64, i64, i64) -> i64 @part(%all, -1, 2) !77
  jump none !77
message:
  call fn() @give_up() !78
  jump none !78
null:
  %f = call fn(ptr) -> i64 @of_nothing(null) !79
  jump none !79
grow:
  %g = call fn(i64) -> i64 @grow(9223372036854775807) !80
  jump none !80
none:
  return i32 0 !90
}
)";

struct Case {
  const char* arguments;
  const char* text;
};
constexpr Case cases[] = {
    {"",
     "sum.inlay:4: trap: index 5 is out of bounds of length 3 in @element\n"
     "  at @element (sum.inlay:3)\n  at @main (sum.inlay:70)\n"},
    {"a",
     "sum.inlay:12: trap: division by zero in @quotient\n"
     "  at @quotient (sum.inlay:10)\n  at @main (sum.inlay:70)\n"},
    {"a b",
     "sum.inlay:12: trap: the result does not fit in @quotient\n"
     "  at @quotient (sum.inlay:10)\n  at @main (sum.inlay:70)\n"},
    {"a b c",
     "sum.inlay:4: trap: index 5 is out of bounds of length 3 in @element\n"
     "  at @element (sum.inlay:3)\n  at @deep (sum.inlay:20)\n  at @deep (sum.inlay:20)\n"
     "  at @deep (sum.inlay:20)\n  at @deep (sum.inlay:20)\n  at @main (sum.inlay:70)\n"},
    {"a b c d",
     "sum.inlay:31: trap: range -1 to 2 does not lie in the slice in @part\n"
     "  at @part (sum.inlay:30)\n  at @main (sum.inlay:70)\n"},
    {"a b c d e",
     "sum.inlay:41: trap: no such thing in @give_up\n"
     "  at @give_up (sum.inlay:40)\n  at @main (sum.inlay:70)\n"},
    {"a b c d e f",
     "sum.inlay:51: trap: null pointer in @of_nothing\n"
     "  at @of_nothing (sum.inlay:50)\n  at @main (sum.inlay:70)\n"},
    {"a b c d e f g",
     "sum.inlay:61: trap: the result does not fit in @grow\n"
     "  at @grow (sum.inlay:60)\n  at @main (sum.inlay:70)\n"},
};

class Trap : public ::testing::TestWithParam<Architecture> {
 protected:
  Folder folder_;
};

TEST_P(Trap, says_what_happened_where_and_who_called) {
  const std::optional<std::string> with = runner_of(GetParam());
  if (!with) GTEST_SKIP() << "qemu-user is not installed";
  std::optional<Unit> unit = program_of(Traps, GetParam());
  ASSERT_TRUE(unit);
  for (Level level : {Level::O0, Level::O2})
    for (bool freestanding : {true, false}) {
      if (!freestanding && GetParam() != Architecture::X86_64) continue;
      std::string path = folder_ / "traps";
      Result<void> written = write_executable(
          *unit, path, {.level = level, .strip = true, .architecture = GetParam(), .freestanding = freestanding});
      ASSERT_TRUE(written) << written.error().to_string();
      for (const Case& each : cases) {
        Ran ran = run("exec " + *with + path + " " + each.arguments + " 2>&1");
        EXPECT_EQ(ran.output.substr(0, ran.output.find("qemu: ")), each.text) << "freestanding " << freestanding;
        EXPECT_EQ(ran.status, 134);
      }
      EXPECT_EQ(run(*with + path + " a b c d e f g h").status, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(All, Trap,
                         ::testing::Values(Architecture::X86_64, Architecture::AArch64, Architecture::RiscV64),
                         [](const auto& info) { return std::string(to_string(info.param)); });

}  // namespace
}  // namespace inlay::aot
