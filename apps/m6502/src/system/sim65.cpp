// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The calls as cc65's library makes them (`cl65 -t sim6502`): the last argument in A and X, others on C's stack in
// memory, whose pointer is in page 0. What they answer goes into A and X; -1 tells that they failed.
#include "inlay/m6502/sim65.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "formats/readers.h"

namespace inlay::m6502 {

namespace {

constexpr std::uint16_t Failed = 0xFFFF;
constexpr std::size_t LongestPath = 1024;
constexpr std::size_t MostFiles = 64;

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

int host_flags(std::uint16_t flags) {
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

}  // namespace

struct Sim65::State {
  Machine* machine = nullptr;
  Sim65Options options;
  /// The process's descriptors by the program's; those from the fourth on are ours to close.
  std::vector<int> files;
  std::vector<std::uint8_t> buffer;
  std::optional<int> exit_code;
  std::int64_t calls = 0;
  Sim65Call done;

  ~State() {
    for (std::size_t file = 3; file < files.size(); ++file)
      if (files[file] >= 0) ::close(files[file]);
  }

  std::uint16_t word_at(std::uint16_t address) const {
    return static_cast<std::uint16_t>(machine->peek(address) | machine->peek(static_cast<std::uint16_t>(address + 1))
                                                                   << 8);
  }
  void put(std::uint16_t address, std::uint8_t value) {
    machine->poke(address, value);
    if (options.called) done.memory.push_back({address, value});
  }
  void set_word(std::uint16_t address, std::uint16_t value) {
    put(address, static_cast<std::uint8_t>(value));
    put(static_cast<std::uint16_t>(address + 1), static_cast<std::uint8_t>(value >> 8));
  }

  /// The topmost word of C's stack, which then is `size` bytes lower.
  std::uint16_t pop_argument(std::uint16_t size = 2) {
    const std::uint16_t stack = word_at(options.c_stack);
    set_word(options.c_stack, static_cast<std::uint16_t>(stack + size));
    return word_at(stack);
  }

  int host_file(std::uint16_t file) const { return file < files.size() ? files[file] : -1; }

  std::uint16_t open(const Registers& registers) {
    // Y is the size of the arguments: with a mode or without. The mode is below the others.
    const auto size_of_mode = static_cast<std::uint8_t>(registers.y - 4);
    std::uint16_t mode = pop_argument(size_of_mode);
    if (size_of_mode < 2) mode = Readable | Writable;
    const std::uint16_t flags = pop_argument();
    std::uint16_t name = pop_argument();
    std::string path;
    for (std::uint8_t byte; (byte = machine->peek(name++)) != 0;) {
      if (path.size() >= LongestPath) return Failed;
      path.push_back(static_cast<char>(byte));
    }
    if (!options.files) return Failed;
    const auto free = std::find(files.begin() + 3, files.end(), -1);
    if (free == files.end() && files.size() >= MostFiles) return Failed;
    // 0644 and its like: who may read it is the umask's to say.
    mode_t rights = 0;
    if (mode & Readable) rights |= S_IRUSR | S_IRGRP | S_IROTH;
    if (mode & Writable) rights |= S_IWUSR | S_IWGRP | S_IWOTH;
    const int opened = ::open(path.c_str(), host_flags(flags), rights);
    if (opened < 0) return Failed;
    const auto file = static_cast<std::uint16_t>(free - files.begin());
    if (free == files.end())
      files.push_back(opened);
    else
      *free = opened;
    return file;
  }

  std::uint16_t close(std::uint16_t file) {
    const int host = host_file(file);
    if (host < 0) return Failed;
    files[file] = -1;
    // Standard streams are the process's, which may want to say something yet.
    if (file < 3) return 0;
    return ::close(host) == 0 ? 0 : Failed;
  }

  std::uint16_t read(std::uint16_t count) {
    std::uint16_t address = pop_argument();
    const int host = host_file(pop_argument());
    if (host < 0) return Failed;
    buffer.resize(count);
    const ssize_t got = ::read(host, buffer.data(), count);
    if (got < 0) return Failed;
    for (ssize_t k = 0; k < got; ++k) put(address++, buffer[static_cast<std::size_t>(k)]);
    return static_cast<std::uint16_t>(got);
  }

  std::uint16_t write(std::uint16_t count) {
    std::uint16_t address = pop_argument();
    const int host = host_file(pop_argument());
    if (host < 0) return Failed;
    buffer.resize(count);
    for (std::uint8_t& byte : buffer) byte = machine->peek(address++);
    ssize_t put;
    do put = ::write(host, buffer.data(), count);
    while (put < 0 && errno == EINTR);
    return put < 0 ? Failed : static_cast<std::uint16_t>(put);
  }

  /// Texts, and below them the array of pointers to them, on C's stack.
  std::uint16_t arguments(std::uint16_t result) {
    // They are there once: who asks again has none, as in sim65.
    const std::vector<std::string> words = std::exchange(options.arguments, {});
    const std::uint16_t stack = word_at(options.c_stack);
    auto array = static_cast<std::uint16_t>(stack - (words.size() + 1) * 2);
    set_word(result, array);
    std::uint16_t text = array;
    for (const std::string& word : words) {
      text = static_cast<std::uint16_t>(text - (word.size() + 1));
      std::uint16_t to = text;
      for (const char c : word) put(to++, static_cast<std::uint8_t>(c));
      put(to, 0);
      set_word(array, text);
      array = static_cast<std::uint16_t>(array + 2);
    }
    set_word(array, 0);
    set_word(options.c_stack, text);
    return static_cast<std::uint16_t>(words.size());
  }

  /// Runs a call and returns from it, as RTS would.
  void call(int number) {
    ++calls;
    done.memory.clear();
    Registers registers = machine->registers();
    const auto argument = static_cast<std::uint16_t>(registers.a | registers.x << 8);
    std::uint16_t result = argument;
    switch (number) {
      case 0:
        result = open(registers);
        break;
      case 1:
        result = close(argument);
        break;
      case 2:
        result = read(argument);
        break;
      case 3:
        result = write(argument);
        break;
      case 4:
        result = arguments(argument);
        break;
      default:
        exit_code = registers.a;
        machine->stop();
        return;
    }
    registers.a = static_cast<std::uint8_t>(result);
    registers.x = static_cast<std::uint8_t>(result >> 8);
    const auto pop = [&] { return machine->peek(static_cast<std::uint16_t>(0x0100 | ++registers.s)); };
    const std::uint8_t low = pop();
    registers.pc = static_cast<std::uint16_t>((low | pop() << 8) + 1);
    machine->set_registers(registers);
    done.registers = registers;
    if (options.called) options.called(done);
  }
};

Sim65::Sim65(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sim65::~Sim65() = default;

std::unique_ptr<Sim65> Sim65::attach(Machine& machine, Sim65Options options) {
  auto state = std::make_unique<State>();
  state->files = {options.input, options.output, options.error};
  state->options = std::move(options);
  for (int number = 0; number < Sim65CallsEnd - Sim65Calls; ++number)
    machine.on_execute(static_cast<std::uint16_t>(Sim65Calls + number), [there = state.get(), number](Machine& called) {
      there->machine = &called;
      there->call(number);
    });
  return std::unique_ptr<Sim65>(new Sim65(std::move(state)));
}

std::optional<int> Sim65::exit_code() const { return state_->exit_code; }
std::int64_t Sim65::calls() const { return state_->calls; }

}  // namespace inlay::m6502
