// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Regions of a machine: found where it is hot, compiled in the background, entered while they are right.
//
// A region depends on the bytes it was made of, and on the map. When one of these changes it is put aside, at once; it
// comes back when all is again as it was, as with banks that are switched. A byte that keeps changing is learned: an
// operand becomes one that is loaded when its instruction runs, an opcode is left to the interpreter.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/interpreter.h"
#include "inlay/jit.h"
#include "inlay/m6502/bus.h"
#include "inlay/m6502/machine.h"
#include "inlay/result.h"
#include "jit/account.h"
#include "jit/changing.h"
#include "jit/emit.h"

namespace inlay::m6502 {

/// Runs from the registers' pc, until it leaves the region, has to leave, or not enough time is left.
using RegionCode = void (*)(Bus*, Cpu*);

struct CompiledRegion;
struct RegionJob;

class Jit {
 public:
  /// The bus must outlive it.
  static Result<std::unique_ptr<Jit>> create(Bus& bus, const MachineOptions& options);
  ~Jit();
  Jit(const Jit&) = delete;
  Jit& operator=(const Jit&) = delete;

  /// Runs regions where there are, and the interpreter where not, until that has a reason to come back that is not
  /// heat. Conditions are those of m6502_interpret.
  Interpreted run();

  /// A byte that has WatchCode has changed: by the program in that cycle, or by others, of whom nothing is learned. May
  /// be called while a region runs.
  void changed(std::uint16_t address, std::optional<std::int64_t> cycle);
  /// What pages are, or what is in them without having been written by the processor. May be called while one runs.
  void map_changed(int first, int count);
  /// Takes over what was compiled meanwhile, and frees what is gone. Not while a region runs. run() does so, too.
  void poll();

  /// Fills in what it knows.
  void add_to(Statistics& statistics) const;
  /// Until what is being compiled can be entered. Not while a region runs.
  void wait();
  /// Not while a region runs.
  JitAccount account() const;

 private:
  /// Where a region can be entered.
  struct Pad {
    RegionCode code = nullptr;
    std::int32_t needs = 0;     // cycles
    std::uint32_t entered = 0;  // since it was last looked whether that pays
    std::int64_t cycles = 0;    // that this took
    std::uint32_t size = 0;     // instructions of the region
    bool grown = false;         // a larger region has been asked for
  };

  /// In doublings_: at most, of places whose regions changed soon, and of those where entering did not pay; of a place
  /// in the middle of a region, and of one where there is nothing to compile.
  static constexpr std::uint8_t MostOfChanges = 8, MostOfTrials = 14, OfCovered = 4, OfNothing = 15;

  /// A place whose region is to become part of a larger one.
  struct Growing {
    std::uint16_t pc = 0;
    std::vector<std::uint16_t> callers;
  };

  Jit(Bus& bus, const MachineOptions& options, inlay::Jit compiler);

  std::int64_t now() const { return bus_.end - bus_.cpu.left; }
  bool run_regions();
  Interpreted interpret_for(std::int64_t cycles);
  bool may_compile() const;
  bool hot(std::uint16_t pc);
  void take_map();
  bool matches(const CompiledRegion& region) const;
  void activate(CompiledRegion& region);
  void put_aside(CompiledRegion& region);
  void set_pad(std::uint16_t pc, const CompiledRegion& region);
  bool install(std::uint16_t pc);
  void judge(std::uint16_t pc);
  void note(const Pad& pad);
  void grow(std::uint16_t pc);
  void learn(std::uint16_t address);
  void start();
  void begin(std::uint16_t pc, std::vector<std::uint16_t> callers);
  void finish();
  void publish(RegionJob& job);
  void make_room();

  Bus& bus_;
  MachineOptions options_;
  inlay::Jit compiler_;
  RegionLimits limits_;
  std::uint8_t heat_;   // of a place that has no region
  std::int64_t began_;  // the cycle
  Map map_ = {};        // what regions may rely on
  std::unique_ptr<Pad[]> pads_;
  std::vector<std::unique_ptr<CompiledRegion>> regions_;
  std::vector<std::unique_ptr<CompiledRegion>> gone_;  // freed when none runs
  std::shared_ptr<RegionJob> job_;                     // what is being compiled
  std::vector<std::uint16_t> waiting_;                 // hot places without a region
  std::optional<Growing> growing_;
  ChangingBytes changing_;
  std::int64_t looked_ = 0;            // when
  double wasted_ms_ = 0;               // compiled in vain
  std::int64_t in_regions_ = 0;        // cycles
  int active_ = 0;                     // regions
  std::vector<std::uint8_t> facts_;    // of ByteFact; and so on for each address:
  std::vector<std::uint8_t> changes_;  // by the program while it was compiled code, weighed
  std::vector<std::uint16_t> users_;   // regions that depend on it
  std::vector<std::uint16_t> asked_;   // how often it was hot without a region
  /// A place has to be hot 2 to the power of this times before it is given a region: more where one was of no use, or
  /// did not last.
  std::vector<std::uint8_t> doublings_;
  int useless_ = 0;            // hot places in a row that led to nothing
  bool code_in_page_[2] = {};  // 0 and 1
  std::shared_ptr<const DeviceNames> names_;
  std::map<std::uint16_t, NoRegion> reasons_;  // for account()
  Statistics statistics_;
};

/// Of all functions of runtimes in this process.
std::shared_ptr<const DeviceNames> names_of_functions();

}  // namespace inlay::m6502
