// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The calls of sim65 as cc65's library makes them (`cl65 -t sim6502`): the last argument in A and X, others on C's
// stack in memory, whose pointer is in page 0. What they answer goes into A and X; -1 tells that they failed.
//
// Of C's library only, for executables that were built ahead of time have them too.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "system/call_addresses.h"

namespace inlay::m6502 {

struct CallRegisters {
  std::uint16_t pc = 0;
  std::uint8_t a = 0, x = 0, y = 0, s = 0;
};

/// `Guest` has `peek(address)` and `poke(address, value)`.
template <class Guest>
class SystemCalls {
 public:
  /// The process's descriptors behind the program's first three, -1 for none; the words must outlive the calls.
  SystemCalls(std::uint8_t c_stack, bool may_open, const int (&standard)[3], const char* const* words, int count)
      : words_(words), word_count_(count), c_stack_(c_stack), may_open_(may_open) {
    for (int& file : files_) file = -1;
    for (int k = 0; k < Standard; ++k) files_[k] = standard[k];
  }
  ~SystemCalls() {
    for (int file = Standard; file < MostFiles; ++file)
      if (files_[file] >= 0) ::close(files_[file]);
  }
  SystemCalls(const SystemCalls&) = delete;
  SystemCalls& operator=(const SystemCalls&) = delete;

  /// Does the call that is entered at the pc, and returns from it as RTS would. Whether the program goes on; else
  /// exit_code() is there.
  bool call(Guest& guest, CallRegisters& registers) {
    const auto argument = static_cast<std::uint16_t>(registers.a | registers.x << 8);
    std::uint16_t result = argument;
    switch (registers.pc - Sim65Calls) {
      case 0:
        result = open(guest, registers.y);
        break;
      case 1:
        result = close(argument);
        break;
      case 2:
        result = read(guest, argument);
        break;
      case 3:
        result = write(guest, argument);
        break;
      case 4:
        result = arguments(guest, argument);
        break;
      default:
        exit_code_ = registers.a;
        return false;
    }
    registers.a = static_cast<std::uint8_t>(result);
    registers.x = static_cast<std::uint8_t>(result >> 8);
    const auto pop = [&] { return guest.peek(static_cast<std::uint16_t>(0x0100 | ++registers.s)); };
    const std::uint8_t low = pop();
    registers.pc = static_cast<std::uint16_t>((low | pop() << 8) + 1);
    return true;
  }
  /// -1: the program has not ended.
  int exit_code() const { return exit_code_; }

 private:
  static constexpr std::uint16_t Failed = 0xFFFF;
  static constexpr int LongestPath = 1024, MostFiles = 64, Standard = 3;

  /// The flags of open() in cc65's fcntl.h.
  enum OpenFlag : std::uint16_t {
    AccessMask = 0x03,
    ReadOnly = 0x01,
    WriteOnly = 0x02,
    Create = 0x10,
    Truncate = 0x20,
    Append = 0x40,
    Exclusive = 0x80,
  };
  /// The bits of its mode, which is the third argument.
  enum OpenMode : std::uint16_t { Readable = 0x01, Writable = 0x02 };

  static int host_flags(std::uint16_t flags) {
    int result = O_CLOEXEC;
    switch (flags & AccessMask) {
      case WriteOnly:
        result |= O_WRONLY;
        break;
      case ReadOnly | WriteOnly:
        result |= O_RDWR;
        break;
      default:
        result |= O_RDONLY;
    }
    if (flags & Create) result |= O_CREAT;
    if (flags & Truncate) result |= O_TRUNC;
    if (flags & Append) result |= O_APPEND;
    if (flags & Exclusive) result |= O_EXCL;
    return result;
  }

  static std::uint16_t word_at(const Guest& guest, std::uint16_t address) {
    return static_cast<std::uint16_t>(guest.peek(address) | guest.peek(static_cast<std::uint16_t>(address + 1)) << 8);
  }
  static void set_word(Guest& guest, std::uint16_t address, std::uint16_t value) {
    guest.poke(address, static_cast<std::uint8_t>(value));
    guest.poke(static_cast<std::uint16_t>(address + 1), static_cast<std::uint8_t>(value >> 8));
  }

  /// The topmost word of C's stack, which then is `size` bytes lower.
  std::uint16_t pop_argument(Guest& guest, std::uint16_t size = 2) const {
    const std::uint16_t stack = word_at(guest, c_stack_);
    set_word(guest, c_stack_, static_cast<std::uint16_t>(stack + size));
    return word_at(guest, stack);
  }

  int host_file(std::uint16_t file) const { return file < MostFiles ? files_[file] : -1; }

  std::uint16_t open(Guest& guest, std::uint8_t y) {
    // Y is the size of the arguments: with a mode or without. The mode is below the others.
    const auto size_of_mode = static_cast<std::uint8_t>(y - 4);
    std::uint16_t mode = pop_argument(guest, size_of_mode);
    if (size_of_mode < 2) mode = Readable | Writable;
    const std::uint16_t flags = pop_argument(guest);
    std::uint16_t name = pop_argument(guest);
    char path[LongestPath + 1];
    int length = 0;
    for (std::uint8_t byte; (byte = guest.peek(name++)) != 0;) {
      if (length == LongestPath) return Failed;
      path[length++] = static_cast<char>(byte);
    }
    path[length] = 0;
    if (!may_open_) return Failed;
    int file = Standard;
    while (file < MostFiles && files_[file] >= 0) ++file;
    if (file == MostFiles) return Failed;
    // 0644 and its like: who may read it is the umask's to say.
    mode_t rights = 0;
    if (mode & Readable) rights |= S_IRUSR | S_IRGRP | S_IROTH;
    if (mode & Writable) rights |= S_IWUSR | S_IWGRP | S_IWOTH;
    files_[file] = ::open(path, host_flags(flags), rights);
    return files_[file] < 0 ? Failed : static_cast<std::uint16_t>(file);
  }

  std::uint16_t close(std::uint16_t file) {
    const int host = host_file(file);
    if (host < 0) return Failed;
    files_[file] = -1;
    // Standard streams are the process's, which may want to say something yet.
    if (file < Standard) return 0;
    return ::close(host) == 0 ? 0 : Failed;
  }

  std::uint16_t read(Guest& guest, std::uint16_t count) {
    std::uint16_t address = pop_argument(guest);
    const int host = host_file(pop_argument(guest));
    if (host < 0) return Failed;
    const ssize_t got = ::read(host, buffer_, count);
    if (got < 0) return Failed;
    for (ssize_t k = 0; k < got; ++k) guest.poke(address++, buffer_[k]);
    return static_cast<std::uint16_t>(got);
  }

  std::uint16_t write(Guest& guest, std::uint16_t count) {
    std::uint16_t address = pop_argument(guest);
    const int host = host_file(pop_argument(guest));
    if (host < 0) return Failed;
    for (std::uint16_t k = 0; k < count; ++k) buffer_[k] = guest.peek(address++);
    ssize_t put;
    do put = ::write(host, buffer_, count);
    while (put < 0 && errno == EINTR);
    return put < 0 ? Failed : static_cast<std::uint16_t>(put);
  }

  /// Texts, and below them the array of pointers to them, on C's stack.
  std::uint16_t arguments(Guest& guest, std::uint16_t result) {
    // They are there once: who asks again has none, as in sim65.
    const int count = word_count_;
    word_count_ = 0;
    const std::uint16_t stack = word_at(guest, c_stack_);
    auto array = static_cast<std::uint16_t>(stack - (count + 1) * 2);
    set_word(guest, result, array);
    std::uint16_t text = array;
    for (int k = 0; k < count; ++k) {
      const std::size_t size = std::strlen(words_[k]) + 1;
      text = static_cast<std::uint16_t>(text - size);
      std::uint16_t to = text;
      for (std::size_t at = 0; at < size; ++at) guest.poke(to++, static_cast<std::uint8_t>(words_[k][at]));
      set_word(guest, array, text);
      array = static_cast<std::uint16_t>(array + 2);
    }
    set_word(guest, array, 0);
    set_word(guest, c_stack_, text);
    return static_cast<std::uint16_t>(count);
  }

  int files_[MostFiles];
  const char* const* words_;
  int word_count_;
  int exit_code_ = -1;
  std::uint8_t c_stack_;
  bool may_open_;
  std::uint8_t buffer_[0x10000];
};

}  // namespace inlay::m6502
