// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whatever the file: an error that says what is wrong with it, or a program that runs for as long as it may. The first
// byte says which format is asked for, whether an address is given for a binary, and whether it is to run, which takes
// long beside the rest.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "inlay/m6502/load_image.h"
#include "inlay/m6502/sim65.h"

using namespace inlay::m6502;

namespace {

ImageOptions options_of(std::uint8_t choice) {
  ImageOptions options{.file = (choice & 0x40) != 0 ? "a.hex" : "a.prg", .format = {}, .load = {}};
  if (const int format = choice & 7; format < 5) options.format = static_cast<ImageFormat>(format);
  if ((choice & 0x80) != 0) options.load = static_cast<std::uint16_t>(choice << 9);
  return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const inlay::Result<Image> image = read_image({data + 1, size - 1}, options_of(data[0]));
  if (!image) {
    if (image.error().message().empty()) std::abort();
    return 0;
  }
  if (memory_of(*image).size() != 0x10000) std::abort();
  if ((data[0] & 0x18) != 0) return 0;
  MachineOptions options;
  options.variant = image->variant.value_or(Variant::Nmos);
  options.engine = (data[0] & 0x20) != 0 ? Engine::Interpreter : Engine::Step;
  Machine machine = Machine::create(options).value();
  if (!load_image(machine, *image)) std::abort();
  if (machine.registers().pc != start_of(*image)) std::abort();
  std::unique_ptr<Sim65> system;
  if (image->format == ImageFormat::Sim65)
    system = Sim65::attach(
        machine,
        {.arguments = {"a", ""}, .c_stack = image->c_stack, .input = -1, .output = -1, .error = -1, .files = false});
  const std::int64_t until = machine.cycle() + 2000;
  const Stopped stopped = machine.run(until);
  if (stopped.reason == StopReason::Time && machine.cycle() < until) std::abort();
  return 0;
}
