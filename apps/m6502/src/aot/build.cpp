// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/build.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "aot/discover.h"
#include "aot/profile.h"
#include "core/interpreter.h"
#include "inlay/aot.h"
#include "inlay/ir/builder.h"
#include "inlay/lower.h"
#include "jit/emit.h"
#include "player/game.h"
#include "system/call_addresses.h"

namespace inlay::m6502 {

namespace {

static_assert(DiscoveryLimits{}.regions <= MaxGameRegions, "the player has room for them");

class GameWriter {
 public:
  explicit GameWriter(ir::Module& module) : m_(module) {}

  ir::DataId game(const Image& image, const BuildOptions& options, const std::vector<Region>& regions, const Map& map) {
    std::vector<GameRegion> table;
    std::vector<ir::Relocation> relocations;
    for (std::size_t index = 0; index < regions.size(); ++index)
      table.push_back(region(regions[index], index, options.variant, map, relocations));
    const ir::DataId all = data("regions", table, relocations);

    Game game = {};
    const std::vector<std::uint8_t> memory = memory_of(image);
    const auto used = [](std::uint8_t byte) { return byte != 0; };
    const auto first = std::find_if(memory.begin(), memory.end(), used);
    const auto last = std::find_if(memory.rbegin(), std::make_reverse_iterator(first), used).base();
    game.load = static_cast<std::uint16_t>(first == memory.end() ? 0 : first - memory.begin());
    game.image_size = static_cast<std::uint32_t>(last - first);
    const ir::DataId bytes = data("image", std::vector<std::uint8_t>(first, last), {});
    game.region_count = static_cast<std::uint32_t>(regions.size());
    game.start = start_of(image);
    game.variant = static_cast<std::uint8_t>(options.variant);
    game.calls = image.format == ImageFormat::Sim65;
    game.c_stack = image.c_stack;
    game.may_open = options.files;
    const std::string suffix = options.variant == Variant::Cmos        ? "_65c02"
                               : options.variant == Variant::Ricoh2A03 ? "_2a03"
                                                                       : "_6502";
    const auto engine = [&](const std::string& name, ir::TypeId answer) {
      return m_.function(name + suffix, m_.signature({ir::Ptr}, answer), ir::FunctionExtern);
    };
    return data("game", std::vector<Game>{game},
                {{offsetof(Game, image), bytes},
                 {offsetof(Game, regions), all},
                 {offsetof(Game, interpret), engine("m6502_interpret", ir::I32)},
                 {offsetof(Game, interpret_with_heat), engine("m6502_interpret_with_heat", ir::I32)},
                 {offsetof(Game, step), engine("m6502_step", ir::I8)}});
  }

  void main(ir::DataId game) {
    ir::Builder b(m_);
    b.begin(m_.function("main", m_.signature({ir::I32, ir::Ptr}, ir::I32), ir::FunctionExported));
    const ir::FunctionId play =
        m_.function("m6502_play", m_.signature({ir::I32, ir::Ptr, ir::Ptr}, ir::I32), ir::FunctionExtern);
    b.ret(b.call(play, {b.parameter(0), b.parameter(1), game}));
    b.end();
  }

 private:
  /// Rows as they lie in memory. Their types are C++'s: to the module they are words.
  template <class Row>
  ir::DataId data(const std::string& name, const std::vector<Row>& rows, std::span<const ir::Relocation> relocations) {
    const std::size_t size = rows.size() * sizeof(Row), words = std::max<std::size_t>((size + 7) / 8, 1);
    std::vector<std::byte> bytes(words * 8);
    if (size > 0) std::memcpy(bytes.data(), rows.data(), size);
    return m_.add_data(name, m_.array(ir::I64, static_cast<std::uint32_t>(words)), bytes, relocations);
  }
  template <class Row>
  ir::DataId data(const std::string& name, const std::vector<Row>& rows,
                  std::initializer_list<ir::Relocation> relocations) {
    return data(name, rows, std::span(relocations.begin(), relocations.size()));
  }

  GameRegion region(const Region& region, std::size_t index, Variant variant, const Map& map,
                    std::vector<ir::Relocation>& relocations) {
    const std::string number = std::to_string(index);
    std::vector<std::uint16_t> entries;
    for (const RegionPlace& place : region.entries) entries.push_back(place.pc);
    std::vector<GameByte> bytes;
    for (const RegionByte& byte : region.bytes) bytes.push_back({byte.address, byte.value, 0});
    const auto at = static_cast<std::uint32_t>(index * sizeof(GameRegion));
    const auto points = [&](std::size_t field, ir::Value to) {
      relocations.push_back({static_cast<std::uint32_t>(at + field), to});
    };
    points(offsetof(GameRegion, code), add_region(m_, "region_" + number, region, variant, map));
    points(offsetof(GameRegion, entries), data("entries_" + number, entries, {}));
    points(offsetof(GameRegion, bytes), data("bytes_" + number, bytes, {}));
    GameRegion row = {};
    row.entry_count = static_cast<std::uint32_t>(entries.size());
    row.byte_count = static_cast<std::uint32_t>(bytes.size());
    row.needs = region.entry_bound;
    return row;
  }

  ir::Module& m_;
};

/// The program before it runs, and where it is known to begin.
KnownProgram program_of(const Image& image, Variant variant) {
  KnownProgram program;
  program.variant = variant;
  program.memory = memory_of(image);
  program.facts.resize(program.memory.size());
  const auto word_at = [&](std::uint16_t address) {
    return static_cast<std::uint16_t>(program.memory[address] | program.memory[address + 1] << 8);
  };
  program.places = {start_of(image)};
  for (const std::uint16_t vector : {NmiVector, ResetVector, IrqVector})
    if (const std::uint16_t place = word_at(vector); place != 0 && image.format != ImageFormat::Sim65)
      program.places.push_back(place);
  return program;
}

}  // namespace

Result<Built> build(const Image& image, const std::string& output, const BuildOptions& options) {
  if (image.format == ImageFormat::Nes)
    return Error(ErrorKind::InvalidArgument, "executables are of programs in 64 KiB of memory, and not of cartridges");
  KnownProgram program = program_of(image, options.variant);
  if (options.profile) options.profile->add_to(program);
  // System calls are not code, whatever lies there.
  if (image.format == ImageFormat::Sim65)
    std::fill(program.memory.begin() + Sim65Calls, program.memory.begin() + Sim65CallsEnd, JamOpcode);
  const std::vector<Region> regions = discover(program);

  INLAY_TRY(ir::Module module, ir::Module::create());
  GameWriter writer(module);
  writer.main(writer.game(image, options, regions, map_of(regions)));
  if (module.error()) return *module.error();
  INLAY_TRY(Unit unit, lower(module));
  INLAY_TRY_VOID(aot::write_executable(
      unit, output, {.strip = true, .debug = false, .carry_runtimes = false, .libraries = {options.player}}));
  Built built;
  built.regions = regions.size();
  for (const Region& region : regions) built.instructions += region.nodes.size();
  return built;
}

}  // namespace inlay::m6502
