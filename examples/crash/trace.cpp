// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "trace.h"

#include <dlfcn.h>
#include <unistd.h>
#include <unwind.h>

#include <csignal>
#include <cstring>

#include "inlay/debug.h"

namespace crash {

namespace {

// What a handler may call is little: no printf, no std::string.
void print(const char* text) { [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, std::strlen(text)); }

void print(std::size_t number, unsigned base) {
  char digits[24];
  char* first = digits + sizeof digits - 1;
  *first = 0;
  do {
    *--first = "0123456789abcdef"[number % base];
    number /= base;
  } while (number != 0);
  print(first);
}

void print(const inlay::CodeFrame& frame) {
  switch (frame.kind) {
    case inlay::CodeFrame::Kind::Guest:
      print("  guest     ");
      break;
    case inlay::CodeFrame::Kind::Host:
      print("    host    ");
      break;
    case inlay::CodeFrame::Kind::Compiled:
      print("    code    ");
      break;
  }
  print(frame.function);
  if (frame.kind == inlay::CodeFrame::Kind::Compiled) {
    print(" + ");
    print(frame.offset, 10);
  }
  if (frame.line != 0) {
    print(", ");
    print(frame.file);
    print(":");
    print(frame.line, 10);
  }
  print("\n");
}

_Unwind_Reason_Code print_frame(_Unwind_Context* context, void* found_crash) {
  int before_instruction = 0;
  const _Unwind_Ptr ip = _Unwind_GetIPInfo(context, &before_instruction);
  // Of a call that has not returned, the byte before belongs to it.
  const void* address = reinterpret_cast<const void*>(before_instruction ? ip : ip - 1);
  bool& found = *static_cast<bool*>(found_crash);
  found |= before_instruction != 0;  // what is above is this handler
  if (!found || ip == 0) return _URC_NO_REASON;
  inlay::CodeFrame frame;
  if (inlay::describe_code(address, 0, frame)) {
    for (unsigned level = 0; inlay::describe_code(address, level, frame); ++level) print(frame);
    return _URC_NO_REASON;
  }
  Dl_info info;
  print("  program   ");
  print(dladdr(address, &info) && info.dli_sname ? info.dli_sname : "?");
  print(" at ");
  print(reinterpret_cast<std::size_t>(address), 16);
  print("\n");
  return _URC_NO_REASON;
}

void on_crash(int) {
  print("crashed:\n");
  bool found = false;
  _Unwind_Backtrace(print_frame, &found);
  // The handler is gone (SA_RESETHAND): returning runs the same instruction again, and the process ends as without us.
}

}  // namespace

void trace_crashes() {
  // Unwinding loads what it needs at its first use, which had better not be in the handler.
  _Unwind_Backtrace([](_Unwind_Context*, void*) { return _URC_END_OF_STACK; }, nullptr);
  struct sigaction action = {};
  action.sa_handler = on_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGSEGV, &action, nullptr);
}

}  // namespace crash
