// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/session.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "inlay/m6502/load_image.h"

namespace inlay::m6502::command {

namespace {

/// More than any file of a format with 64 KiB of memory has; HEX takes five bytes for one at worst.
constexpr std::size_t LargestFile = 4u << 20;

struct CloseInput {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};

Error file_error(const std::string& name, int number) {
  return {ErrorKind::File, std::string("cannot be read: ") + std::strerror(number), {.file = name}};
}

}  // namespace

Nowhere::Nowhere() : number(::open("/dev/null", O_WRONLY | O_CLOEXEC)) {}

Nowhere::~Nowhere() {
  if (number >= 0) ::close(number);
}

Result<std::vector<std::uint8_t>> read_file(const std::string& name) {
  const std::unique_ptr<std::FILE, CloseInput> file(name == "-" ? stdin : std::fopen(name.c_str(), "rbe"));
  if (!file) return file_error(name, errno);
  std::vector<std::uint8_t> bytes;
  std::uint8_t buffer[16384];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, file.get())) {
    bytes.insert(bytes.end(), buffer, buffer + count);
    if (bytes.size() > LargestFile)
      return Error(ErrorKind::InvalidProgram, "more than 4 MiB; this is no program of a 6502", {.file = name});
  }
  if (std::ferror(file.get())) return file_error(name, errno);
  return bytes;
}

Error cannot_write(const std::string& name) {
  return {ErrorKind::File, std::string("cannot be written: ") + std::strerror(errno), {.file = name}};
}

Result<void> write_file(const std::string& name, std::string_view text) {
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(name.c_str(), "wbe"));
  if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() || std::fflush(file.get()) != 0 ||
      std::fclose(file.release()) != 0)
    return cannot_write(name);
  return {};
}

Result<std::unique_ptr<Session>> read_program(const Options& options) {
  auto session = std::make_unique<Session>();
  for (const std::string& file : options.label_files) {
    INLAY_TRY(const std::vector<std::uint8_t> bytes, read_file(file));
    INLAY_TRY_VOID(read_labels({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file, session->labels));
  }
  ImageOptions reading{.file = options.file, .format = options.format, .load = {}};
  if (!options.load.empty()) {
    INLAY_TRY(reading.load, parse_address(options.load, session->labels, "--load"));
  }
  INLAY_TRY(const std::vector<std::uint8_t> bytes, read_file(options.file));
  INLAY_TRY(session->image, read_image(bytes, reading));
  if (!options.pc.empty()) {
    INLAY_TRY(session->image.start, parse_address(options.pc, session->labels, "--pc"));
  }
  session->variant = options.variant.value_or(session->image.variant.value_or(Variant::Nmos));
  return session;
}

Result<std::unique_ptr<Session>> start_program(const Options& options) {
  INLAY_TRY(std::unique_ptr<Session> session, read_program(options));
  MachineOptions machine;
  machine.variant = session->variant;
  if (options.engine) machine.engine = *options.engine;
  if (options.heat) machine.heat = *options.heat;
  if (options.patience) machine.patience = *options.patience;
  // Who asks what becomes of a short program wants to see it.
  else if (options.verb == Verb::Explain)
    machine.patience = 0;
  machine.compile_at_once = options.compile_at_once;
  INLAY_TRY(session->machine, Machine::create(machine));
  INLAY_TRY_VOID(load_image(*session->machine, session->image));
  if (session->image.format == ImageFormat::Sim65) {
    Sim65Options system;
    system.arguments.push_back(options.file);
    system.arguments.insert(system.arguments.end(), options.arguments.begin(), options.arguments.end());
    system.c_stack = session->image.c_stack;
    system.files = options.files;
    if (options.verb == Verb::Explain && !options.show_output) {
      session->nowhere = std::make_unique<Nowhere>();
      system.output = system.error = session->nowhere->number;
    }
    system.called = [there = session.get()](const Sim65Call& call) {
      if (there->called) there->called(call);
    };
    session->system = Sim65::attach(*session->machine, std::move(system));
  } else if (!options.arguments.empty()) {
    return Error(ErrorKind::InvalidArgument, "'" + options.arguments.front() +
                                                 "': only programs of sim65 take arguments, as `cl65 -t sim6502` "
                                                 "makes them");
  }
  return session;
}

}  // namespace inlay::m6502::command
