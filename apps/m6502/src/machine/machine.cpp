// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/m6502/machine.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "machine/state.h"

namespace inlay::m6502 {
namespace {

/// What a bus gives on which nobody answers.
constexpr std::uint8_t NobodyAnswers = 0xFF;

std::uint8_t read_wrapped(void* context, std::uint16_t address, std::int64_t cycle) {
  WrappedDevice& device = *static_cast<WrappedDevice*>(context);
  const Access access(*device.state, cycle);
  try {
    return device.read(address, cycle);
  } catch (const std::exception& thrown) {
    device.state->fail(thrown.what());
  } catch (...) {
    device.state->fail("a device threw something that is no std::exception");
  }
  return NobodyAnswers;
}

void write_wrapped(void* context, std::uint16_t address, std::uint8_t value, std::int64_t cycle) {
  WrappedDevice& device = *static_cast<WrappedDevice*>(context);
  const Access access(*device.state, cycle);
  try {
    device.write(address, value, cycle);
  } catch (const std::exception& thrown) {
    device.state->fail(thrown.what());
  } catch (...) {
    device.state->fail("a device threw something that is no std::exception");
  }
}

Stopped guarded_drive(MachineState& state, Machine& machine, std::int64_t until, bool once) {
  if (state.running) return {StopReason::Error, "run() was called by a device, an event or a hook of the same machine"};
  state.machine = &machine;
  state.running = true;
  const Stopped stopped = drive(state, until, once);
  state.running = false;
  return stopped;
}

}  // namespace

struct Machine::State : MachineState {
  using MachineState::MachineState;
};

Result<Machine> Machine::create(const MachineOptions& options) {
  if (options.heat < 1 || options.heat > 255)
    return Error(ErrorKind::InvalidArgument,
                 "heat " + std::to_string(options.heat) + "; it is 1 to 255 jumps before a region is compiled");
  if (options.region_instructions < 0 || options.region_instructions > 2500)
    return Error(ErrorKind::InvalidArgument,
                 "regions of " + std::to_string(options.region_instructions) + " instructions; it is 1 to 2500, or 0");
  if (options.patience < 0)
    return Error(ErrorKind::InvalidArgument,
                 "patience " + std::to_string(options.patience) + "; it is the cycles before anything is compiled");
  auto state = std::make_unique<State>(options);
  if (options.engine == Engine::Jit) {
    INLAY_TRY(state->jit, Jit::create(state->bus, options));
    state->memory.set_jit(state->jit.get());
  }
  return Machine(std::move(state));
}

Machine::Machine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;
Machine::~Machine() = default;

std::uint8_t Machine::peek(std::uint16_t address) const { return state_->memory.get(address); }

void Machine::poke(std::uint16_t address, std::uint8_t value) {
  if (state_->memory.put(address, value)) state_->attend(AttentionCode);
}

Result<void> Machine::load(std::uint16_t address, std::span<const std::uint8_t> bytes) {
  if (bytes.size() > std::size_t{65536} - address)
    return Error(ErrorKind::InvalidArgument, std::to_string(bytes.size()) + " bytes from " + address_text(address) +
                                                 " go beyond the end of memory");
  for (const std::uint8_t byte : bytes) poke(address++, byte);
  return {};
}

void Machine::set_vector(std::uint16_t vector, std::uint16_t address) {
  poke(vector, static_cast<std::uint8_t>(address));
  poke(static_cast<std::uint16_t>(vector + 1), static_cast<std::uint8_t>(address >> 8));
}

Result<void> Machine::map_device(int first, int count, const Device& device) {
  INLAY_TRY_VOID(Memory::check_pages(first, count));
  int index = 0;
  if (device.read || device.write)
    index = state_->memory.device_index({device.read, device.write, device.context}, first, count);
  if (index < 0)
    return Error(ErrorKind::InvalidArgument,
                 "more than " + std::to_string(MaxDevices) + " devices; one may have several pages");
  state_->memory.set_kind(first, count, static_cast<std::uint8_t>(device.read ? ReadDevice + index : ReadMemory),
                          static_cast<std::uint8_t>(device.write ? WriteDevice + index : WriteMemory));
  state_->devices_changed = true;
  state_->attend(AttentionCode);
  return {};
}

Result<void> Machine::map_device(int first, int count, std::function<std::uint8_t(std::uint16_t, std::int64_t)> read,
                                 std::function<void(std::uint16_t, std::uint8_t, std::int64_t)> write) {
  auto wrapped = std::make_unique<WrappedDevice>();
  wrapped->state = state_.get();
  wrapped->read = std::move(read);
  wrapped->write = std::move(write);
  Device device;
  if (wrapped->read) device.read = read_wrapped;
  if (wrapped->write) device.write = write_wrapped;
  device.context = wrapped.get();
  state_->wrapped.push_back(std::move(wrapped));
  state_->devices_changed = true;  // it may be refused
  return map_device(first, count, device);
}

Result<void> Machine::map_rom(int first, int count) {
  INLAY_TRY_VOID(Memory::check_pages(first, count));
  state_->memory.set_kind(first, count, ReadMemory, WriteNothing);
  state_->devices_changed = true;
  state_->attend(AttentionCode);
  return {};
}

Result<void> Machine::map_memory(int first, int count) {
  INLAY_TRY_VOID(Memory::check_pages(first, count));
  state_->memory.set_kind(first, count, ReadMemory, WriteMemory);
  state_->devices_changed = true;
  state_->attend(AttentionCode);
  return {};
}

Result<BankId> Machine::add_bank(std::vector<std::uint8_t> bytes, bool writable) {
  INLAY_TRY(const std::uint32_t bank, state_->memory.add_bank(std::move(bytes), writable));
  return BankId{bank};
}

Result<void> Machine::switch_in(BankId bank, int page) {
  INLAY_TRY_VOID(state_->memory.switch_in(bank.value, page));
  state_->attend(AttentionCode);
  return {};
}

void Machine::set_irq(bool low, std::optional<std::int64_t> since, int source) {
  if (source < 0 || source >= Lines::Sources)
    return state_->fail("interrupt source " + std::to_string(source) + "; there are 0 to " +
                        std::to_string(Lines::Sources - 1));
  state_->set_irq(source, low, state_->happens(since));
}

void Machine::nmi(std::optional<std::int64_t> since) {
  state_->lines.nmi(state_->happens(since));
  state_->attend(AttentionNmi);
}

void Machine::reset() {
  state_->reset_asked = true;
  state_->attend(AttentionTime);
}

std::int64_t Machine::cycle() const {
  if (state_->in_engine && state_->access_cycle != LastCycle) return state_->access_cycle;
  return state_->now();
}

std::optional<std::int64_t> Machine::waiting_since() const {
  if ((state_->bus.attention & AttentionWait) == 0) return {};
  return state_->waits_since.value_or(state_->now());
}

Stopped Machine::run(std::int64_t until) { return guarded_drive(*state_, *this, until, false); }

Stopped Machine::step() { return guarded_drive(*state_, *this, 0, true); }

void Machine::stop() {
  state_->stop_asked = true;
  state_->attend(AttentionStop);
}

void Machine::fail(std::string message) { state_->fail(std::move(message)); }

void Machine::schedule(std::int64_t at, std::function<void(Machine&, std::int64_t)> what) {
  if (!what) return;
  // An event that schedules the next one must let time pass, or the boundary would never end.
  if (state_->event_cycle) at = std::max(at, *state_->event_cycle + 1);
  state_->events.emplace(at, std::move(what));
  state_->attend(AttentionTime);
}

void Machine::on_execute(std::uint16_t pc, std::function<void(Machine&)> what) {
  state_->memory.hook(pc, what != nullptr);
  if (what)
    state_->hooks[pc] = std::make_shared<std::function<void(Machine&)>>(std::move(what));
  else
    state_->hooks.erase(pc);
  state_->attend(AttentionCode);
}

Registers Machine::registers() const {
  const Cpu& cpu = state_->bus.cpu;
  return {cpu.pc, cpu.a, cpu.x, cpu.y, cpu.s, status_of(cpu, false)};
}

void Machine::set_registers(const Registers& registers) {
  if (state_->in_engine) return state_->fail("registers were set in a device's access; an event or a hook may do that");
  Cpu& cpu = state_->bus.cpu;
  cpu.pc = registers.pc;
  cpu.a = registers.a;
  cpu.x = registers.x;
  cpu.y = registers.y;
  cpu.s = registers.s;
  set_status(cpu, registers.p);
  state_->polled_i = cpu.i != 0;
}

void Machine::take_cycles(int cycles) {
  if (state_->in_engine) return state_->fail("cycles were taken in a device's access; an event or a hook may do that");
  if (cycles < 0) return state_->fail(std::to_string(cycles) + " cycles were taken; time does not go back");
  state_->bus.cpu.left -= cycles;
}

Statistics Machine::statistics() const {
  Statistics all = state_->statistics;
  all.cycles = cycle();
  if (state_->jit) state_->jit->add_to(all);
  return all;
}

const MachineOptions& Machine::options() const { return state_->options; }
MachineState& state_of(Machine& machine) { return *machine.state_; }

}  // namespace inlay::m6502
