// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The fast interpreter beside sim65, on programs that cc65 compiled for it: interleaved rounds, medians of CPU time.
// Results, exit codes and cycles must agree with those of stepping.
//   bench_m6502_interpreter [--rounds N] [--sim65 PATH] [--with-heat] PROGRAM...
// Only the interpreter is linked, without a machine: the two calls that a program's start and end make are done here.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "common/measure.h"
#include "core/access.h"
#include "core/interpreter.h"
#include "core/step.h"

namespace inlay::m6502 {

extern "C" std::uint32_t m6502_slow_write(Bus* bus, std::uint16_t address, std::uint8_t value, std::int64_t) {
  bus->memory[address] = value;
  return 0;
}

namespace {

struct Ran {
  double seconds = 0;
  std::int64_t cycles = 0, instructions = 0;
  int exit_code = -1;
};

struct Image {
  std::string bytes;
  std::uint8_t byte(std::size_t i) const { return static_cast<std::uint8_t>(bytes.at(i)); }
  Variant variant() const { return byte(6) ? Variant::Cmos : Variant::Nmos; }
  std::uint8_t stack_pointer() const { return byte(7); }
  int load_at() const { return byte(8) | byte(9) << 8; }
  int start() const { return byte(10) | byte(11) << 8; }
};

/// $FFF8 makes argc and argv, of nothing here; $FFF9 ends the program.
constexpr int Arguments = 0xFFF8, Exit = 0xFFF9;

void make_no_arguments(Bus& bus, std::uint8_t pointer) {
  const auto set_word = [&](int at, int value) {
    bus.memory[at] = static_cast<std::uint8_t>(value);
    bus.memory[at + 1] = static_cast<std::uint8_t>(value >> 8);
  };
  const int arguments = (bus.memory[pointer] | bus.memory[pointer + 1] << 8) - 2;
  set_word(bus.cpu.a | bus.cpu.x << 8, arguments);
  set_word(arguments, 0);
  set_word(pointer, arguments);
  bus.cpu.a = bus.cpu.x = 0;
  const int low = bus.memory[0x100 | ++bus.cpu.s];
  bus.cpu.pc = static_cast<std::uint16_t>((low | bus.memory[0x100 | ++bus.cpu.s] << 8) + 1);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}
Ran run(const Image& image, bool heat, bool count) {
  const auto owner = std::make_unique<Bus>();
  Bus& bus = *owner;
  std::memcpy(bus.memory + image.load_at(), image.bytes.data() + 12, image.bytes.size() - 12);
  bus.memory[Arguments] = bus.memory[Exit] = 0x02;
  std::memset(bus.heat, 255, sizeof bus.heat);
  bus.cpu.pc = static_cast<std::uint16_t>(image.start());
  bus.cpu.s = 0xFF;
  bus.end = bus.cpu.left = std::int64_t{1} << 40;
  Ran ran;
  const double begin = bench::thread_cpu_us();
  for (;;) {
    Interpreted why = Interpreted::Look;
    if (count) {
      while (bus.memory[bus.cpu.pc] != 0x02) {
        m6502_step(&bus, image.variant(), nullptr);
        ++ran.instructions;
      }
    } else {
      why = heat ? m6502_interpret_with_heat(&bus, image.variant()) : m6502_interpret(&bus, image.variant());
    }
    if (why == Interpreted::Heat) {
      bus.heat[bus.cpu.pc] = 255;
      continue;
    }
    if (why == Interpreted::Look && bus.cpu.pc == Arguments) {
      make_no_arguments(bus, image.stack_pointer());
      continue;
    }
    if (why == Interpreted::Look && bus.cpu.pc == Exit) break;
    m6502_step(&bus, image.variant(), nullptr);
  }
  ran.seconds = (bench::thread_cpu_us() - begin) * 1e-6;
  ran.cycles = bus.end - bus.cpu.left;
  ran.exit_code = bus.cpu.a;
  return ran;
}

Ran run_sim65(const std::string& sim65, const std::string& program) {
  Ran ran;
  const pid_t child = fork();
  if (child == 0) {
    execlp(sim65.c_str(), sim65.c_str(), program.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  ran.seconds = seconds(usage.ru_utime);
  ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

}  // namespace
}  // namespace inlay::m6502

int main(int argc, char** argv) {
  using namespace inlay::m6502;
  int rounds = 7;
  bool heat = false;
  std::string sim65 = "sim65";
  std::vector<std::string> programs;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--rounds" && i + 1 < argc)
      rounds = std::atoi(argv[++i]);
    else if (argument == "--sim65" && i + 1 < argc)
      sim65 = argv[++i];
    else if (argument == "--with-heat")
      heat = true;
    else
      programs.push_back(argument);
  }
  double all_sim65 = 0, all_ours = 0;
  std::int64_t all_instructions = 0, all_cycles = 0;
  for (const std::string& program : programs) {
    std::ifstream file(program, std::ios::binary);
    const Image image{std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>())};
    if (image.bytes.size() < 12 || image.bytes.compare(0, 5, "sim65") != 0) {
      std::fprintf(stderr, "%s: not a program for sim65\n", program.c_str());
      return 1;
    }
    std::vector<double> theirs, ours;
    const Ran counted = run(image, heat, true);
    for (int round = 0; round < rounds; ++round) {
      const Ran a = run_sim65(sim65, program);
      const Ran b = run(image, heat, false);
      if (a.exit_code != b.exit_code || b.exit_code != counted.exit_code || b.cycles != counted.cycles) {
        std::fprintf(stderr, "%s: results differ: %d and %d\n", program.c_str(), a.exit_code, b.exit_code);
        return 1;
      }
      theirs.push_back(a.seconds);
      ours.push_back(b.seconds);
    }
    const double their = bench::median(theirs), our = bench::median(ours);
    std::printf("%-24s sim65 %7.1f ms   interpreter %7.1f ms  %6.0f MIPS  %6.0f MHz   x%.2f   (step x%.2f)\n",
                program.c_str() + (program.rfind('/') + 1), their * 1e3, our * 1e3,
                static_cast<double>(counted.instructions) / our * 1e-6,
                static_cast<double>(counted.cycles) / our * 1e-6, their / our, their / counted.seconds);
    all_sim65 += their;
    all_ours += our;
    all_instructions += counted.instructions;
    all_cycles += counted.cycles;
  }
  std::printf("%-24s sim65 %7.1f ms   interpreter %7.1f ms  %6.0f MIPS  %6.0f MHz   x%.2f\n", "all", all_sim65 * 1e3,
              all_ours * 1e3, static_cast<double>(all_instructions) / all_ours * 1e-6,
              static_cast<double>(all_cycles) / all_ours * 1e-6, all_sim65 / all_ours);
}
