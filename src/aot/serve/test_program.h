// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs of many functions, for tests and measurements: each calls some others, uses data, loops, may trap.
#pragma once

#include <string>
#include <vector>

namespace inlay::aot {

/// One function of the program; `seed` decides what it says.
inline std::string test_function(unsigned number, unsigned functions, unsigned seed) {
  const std::string n = std::to_string(number), s = std::to_string(seed % 1000 + 1);
  const std::string below = std::to_string(number / 2), other = std::to_string(number * 2 / 3);
  // Half of them are called by nobody in the program.
  std::string text =
      std::string(number >= functions / 2 ? "export " : "") + "func @f" + n + "(%a: i64, %b: i64) -> i64 {\n";
  text += "  %x = mul i64 %a, " + s + "\n";
  if (seed % 5 == 0) text += "  %unused = sub i64 %a, %b\n";
  text += "  %y = add i64 %x, %b\n";
  text += "  jump head(0, %y)\n";
  text += "head(%i: i64, %t: i64):\n";
  text += "  %more = lt i64 %i, " + std::to_string(seed % 4 + 1) + "\n";
  text += "  branch %more, body, done\n";
  text += "body:\n";
  text += "  %at = at [8]i64 @numbers" + std::to_string((number * 7 + seed) % 16) + ", %i\n";
  text += "  %v = load i64 %at\n";
  text += "  %t.1 = add i64 %t, %v\n";
  text += "  %i.1 = add i64 %i, 1\n";
  text += "  jump head(%i.1, %t.1)\n";
  text += "done:\n";
  if (number > 0) {
    text += "  %r = call fn(i64, i64) -> i64 @f" + below + "(%t, %a)\n";
    if (number % 3 == 0 && number > 2) {
      text += "  %q = call fn(i64, i64) -> i64 @f" + other + "(%r, 3)\n  %z = xor i64 %q, %r\n  return i64 %z\n}\n\n";
    } else {
      text += "  return i64 %r\n}\n\n";
    }
  } else {
    text += "  return i64 %t\n}\n\n";
  }
  return text;
}

inline std::string test_data(unsigned number, unsigned seed) {
  std::string text = "data @numbers" + std::to_string(number) + " : [8]i64 = [";
  for (unsigned i = 0; i < 8; ++i) text += (i ? ", " : "") + std::to_string((number + 1) * (i + 3) + seed);
  return text + "]\n";
}

/// Where it begins, and how it ends: with the low bits of what all functions yield; it writes nothing.
inline std::string test_start(unsigned functions) {
  return "export func @_start() asm x86_64 {\n  xor ebp, ebp\n  and rsp, -16\n  call run\n  mov edi, eax\n"
         "  mov eax, 60\n  syscall\n}\n"
         "export func @inlay_trap(%site: ptr, %a: i64, %b: i64) asm x86_64 {\n  mov edi, 99\n  mov eax, 60\n  "
         "syscall\n}\n\n"
         "var @total : i64 = 5\nvar @zeros : [100]i64 = zero\n"
         "export func @run() -> i32 {\n  %r = call fn(i64, i64) -> i64 @f" +
         std::to_string(functions - 1) +
         "(1, 2)\n  %t = load i64 @total\n  %s = add i64 %r, %t\n  store i64 %s, @total\n  %low = and i64 %s, 63\n"
         "  %status = trunc i32 %low\n  return i32 %status\n}\n\n";
}

}  // namespace inlay::aot
