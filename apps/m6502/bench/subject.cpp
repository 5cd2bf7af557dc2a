// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "subject.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "common/measure.h"
#include "inlay/m6502/load_image.h"

namespace inlay::m6502 {

void fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

Image read_program(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  auto image = read_image({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
                          {.file = file, .format = {}, .load = {}});
  if (!image) fail(image.error().to_string());
  return *std::move(image);
}

Subject::Subject(const Image& image, Engine engine)
    : image_(image), machine_(Machine::create({.engine = engine}).value()), bytes_(memory_of(image)) {
  if (!load_image(machine_, image)) fail("the program cannot be loaded");
  rewind();
}

Ran Subject::run() {
  constexpr std::int64_t Slice = 1'000'000'000;
  return timed([&] {
    while (!system_->exit_code()) machine_.run(machine_.cycle() + Slice);
  });
}

double Subject::now_us() { return bench::thread_cpu_us(); }

void Subject::rewind() {
  for (int address = 0; address < 0x10000; ++address)
    machine_.poke(static_cast<std::uint16_t>(address), bytes_[static_cast<std::size_t>(address)]);
  system_ = Sim65::attach(machine_, {.arguments = {"program"}, .c_stack = image_.c_stack});
  machine_.set_registers({.pc = start_of(image_), .s = 0xFF, .p = 0x34});
}

}  // namespace inlay::m6502
