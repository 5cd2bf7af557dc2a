// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Files written from hand-made units, then run.
#include "inlay/aot.h"

#include "aot/test_support.h"

#include <dlfcn.h>
#include <signal.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include <thread>

namespace inlay::aot {
namespace {

constexpr const char* Hello = R"(
@text = internal constant [7 x i8] c"hello!\00"
@count = global i32 0
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @start, ptr null }]
declare i32 @puts(ptr)
declare i32 @atexit(ptr)
define internal void @start() {
  store i32 40, ptr @count
  ret void
}
define internal void @bye() {
  call i32 @puts(ptr @text)
  ret void
}
define i32 @main(i32 %argc, ptr %argv) {
  call i32 @atexit(ptr @bye)
  call i32 @puts(ptr @text)
  %c = load i32, ptr @count
  %r = add i32 %c, %argc
  ret i32 %r
})";

constexpr const char* Library = R"(
@state = internal global i64 1
define i64 @next(i64 %by) {
  %s = load i64, ptr @state
  %n = add i64 %s, %by
  store i64 %n, ptr @state
  %r = call i64 @helper(i64 %n)
  ret i64 %r
}
define i64 @helper(i64 %a) noinline {
  %r = mul i64 %a, 10
  ret i64 %r
})";

class Aot : public ::testing::Test {
 protected:
  Folder folder_;
};

TEST_F(Aot, executable_runs_its_initializers_main_and_exit_handlers) {
  for (Level level : {Level::O0, Level::O2}) {
    Unit unit = unit_of(Hello);
    std::string path = folder_ / "hello";
    Result<void> written = write_executable(unit, path, {.level = level});
    ASSERT_TRUE(written) << written.error().to_string();
    Ran ran = run(path);
    EXPECT_EQ(ran.output, "hello!\nhello!\n");
    EXPECT_EQ(ran.status, 41);
  }
}

TEST_F(Aot, writes_the_same_bytes_again) {
  Unit first = unit_of(Hello);
  Unit second = unit_of(Hello);
  std::string one = folder_ / "one", two = folder_ / "two", again = folder_ / "again";
  ASSERT_TRUE(write_executable(first, one));
  ASSERT_TRUE(write_executable(second, two));
  ASSERT_TRUE(write_executable(first, again));
  EXPECT_EQ(bytes_of(one), bytes_of(two));
  EXPECT_EQ(bytes_of(one), bytes_of(again));
}

TEST_F(Aot, stripped_executable_is_smaller_and_runs) {
  Unit unit = unit_of(Hello);
  std::string full = folder_ / "full", small = folder_ / "small";
  ASSERT_TRUE(write_executable(unit, full));
  ASSERT_TRUE(write_executable(unit, small, {.strip = true}));
  EXPECT_LT(bytes_of(small).size(), bytes_of(full).size());
  EXPECT_EQ(run(small).output, "hello!\nhello!\n");
}

TEST_F(Aot, executable_is_executable_and_an_object_is_not) {
  Unit unit = unit_of(Hello);
  std::string program = folder_ / "program", object = folder_ / "object.o";
  ASSERT_TRUE(write_executable(unit, program));
  ASSERT_TRUE(write_object(unit, object));
  struct stat information{};
  ASSERT_EQ(::stat(program.c_str(), &information), 0);
  EXPECT_EQ(information.st_mode & 0777, 0755u);
  ASSERT_EQ(::stat(object.c_str(), &information), 0);
  EXPECT_EQ(information.st_mode & 0777, 0644u);
}

TEST_F(Aot, a_file_has_no_rights_that_the_process_does_not_give) {
  Unit unit = unit_of(Hello);
  const std::string program = folder_ / "program", object = folder_ / "object.o";
  const mode_t before = ::umask(027);
  const Result<void> written = write_executable(unit, program), other = write_object(unit, object);
  ::umask(before);
  ASSERT_TRUE(written && other);
  struct stat information{};
  ASSERT_EQ(::stat(program.c_str(), &information), 0);
  EXPECT_EQ(information.st_mode & 0777, 0750u);
  ASSERT_EQ(::stat(object.c_str(), &information), 0);
  EXPECT_EQ(information.st_mode & 0777, 0640u);
}

TEST_F(Aot, exception_passes_through_the_written_program) {
  Unit unit = unit_of(R"(
@_ZTIi = external constant ptr
declare ptr @__cxa_allocate_exception(i64)
declare void @__cxa_throw(ptr, ptr, ptr)
declare ptr @__cxa_begin_catch(ptr)
declare void @__cxa_end_catch()
declare i32 @__gxx_personality_v0(...)
define internal void @fail() noinline {
  %e = call ptr @__cxa_allocate_exception(i64 4)
  store i32 7, ptr %e
  call void @__cxa_throw(ptr %e, ptr @_ZTIi, ptr null)
  unreachable
}
define i32 @main() personality ptr @__gxx_personality_v0 {
  invoke void @fail() to label %no unwind label %caught
no:
  ret i32 1
caught:
  %l = landingpad { ptr, i32 } catch ptr @_ZTIi
  %x = extractvalue { ptr, i32 } %l, 0
  %p = call ptr @__cxa_begin_catch(ptr %x)
  %v = load i32, ptr %p
  call void @__cxa_end_catch()
  ret i32 %v
})");
  std::string path = folder_ / "throws";
  Result<void> written = write_executable(unit, path);
  ASSERT_TRUE(written) << written.error().to_string();
  EXPECT_EQ(run(path).status, 7);
}

TEST_F(Aot, shared_library_exports_its_entries_only) {
  Unit unit = unit_of(Library);
  std::string path = folder_ / "library.so";
  Result<void> written = write_shared_library(unit, path, {.entries = {"next"}});
  ASSERT_TRUE(written) << written.error().to_string();
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << ::dlerror();
  auto next = reinterpret_cast<long (*)(long)>(::dlsym(library, "next"));
  ASSERT_TRUE(next);
  EXPECT_EQ(next(4), 50);
  EXPECT_EQ(next(1), 60);
  EXPECT_EQ(::dlsym(library, "helper"), nullptr);
  ::dlclose(library);
}

TEST_F(Aot, static_library_and_object_link_into_another_unit) {
  Unit library = unit_of(Library);
  std::string archive = folder_ / "library.a", object = folder_ / "library.o";
  ASSERT_TRUE(write_static_library(library, archive));
  ASSERT_TRUE(write_object(library, object));
  Unit user = unit_of(
      "declare i64 @next(i64) define i32 @main() { %r = call i64 @next(i64 3) "
      "%t = trunc i64 %r to i32 ret i32 %t }");
  for (const std::string& file : {archive, object}) {
    std::string path = folder_ / "user";
    Result<void> written = write_executable(user, path, {.libraries = {file}});
    ASSERT_TRUE(written) << written.error().to_string();
    EXPECT_EQ(run(path).status, 40);
  }
}

TEST_F(Aot, object_and_library_link_with_cc_where_there_is_one) {
  if (run("/usr/bin/cc --version").status != 0) GTEST_SKIP() << "no cc";
  Unit unit = unit_of(Hello);
  std::string object = folder_ / "hello.o", program = folder_ / "hello";
  ASSERT_TRUE(write_object(unit, object));
  ASSERT_EQ(run("/usr/bin/cc " + object + " -o " + program).status, 0);
  EXPECT_EQ(run(program).status, 41);
}

TEST_F(Aot, undefined_symbol_is_named_with_who_needs_it) {
  Unit unit = unit_of(
      "declare i32 @missing_one() declare i32 @missing_two() define i32 @main() { "
      "%a = call i32 @missing_one() %b = call i32 @missing_two() %r = add i32 %a, %b ret i32 %r }");
  Result<void> written = write_executable(unit, folder_ / "program");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::UndefinedSymbol);
  const std::string message = written.error().to_string();
  EXPECT_NE(message.find("'missing_one' by 'main'"), std::string::npos) << message;
  EXPECT_NE(message.find("missing_two"), std::string::npos) << message;
  EXPECT_TRUE(folder_.empty());  // nothing half-written
  EXPECT_EQ(written.error().to_string().find("/proc/self"), std::string::npos) << written.error().to_string();
}

TEST_F(Aot, undefined_symbol_of_a_shared_library_is_found_when_it_is_written) {
  Unit unit = unit_of("declare i32 @missing() define i32 @f() { %r = call i32 @missing() ret i32 %r }");
  Result<void> written = write_shared_library(unit, folder_ / "library.so");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::UndefinedSymbol);
}

TEST_F(Aot, names_that_no_list_of_exports_can_hold_are_refused) {
  for (const char* name : {"a\\22b", "f\\22; }; { g", "a\\0Ab", "a\\5Cb"}) {
    Unit unit = unit_of("define void @\"" + std::string(name) + "\"() { ret void }");
    Result<void> written = write_shared_library(unit, folder_ / "library.so");
    ASSERT_FALSE(written) << name;
    EXPECT_EQ(written.error().kind(), ErrorKind::InvalidProgram);
    EXPECT_NE(written.error().message().find("cannot be exported by a shared library"), std::string::npos);
  }
  Unit unit = unit_of("define void @\"a b*; {\"() { ret void }");
  EXPECT_TRUE(write_shared_library(unit, folder_ / "library.so"));
}

TEST_F(Aot, unit_without_main_is_no_program) {
  Unit unit = unit_of("define void @f() { ret void }");
  Result<void> written = write_executable(unit, folder_ / "program");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::InvalidArgument);
}

TEST_F(Aot, unknown_entry_is_not_found) {
  Unit unit = unit_of(Library);
  Result<void> written = write_object(unit, folder_ / "object.o", {.entries = {"other"}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::NotFound);
}

TEST_F(Aot, unwritable_place_is_a_file_error) {
  Unit unit = unit_of(Hello);
  for (const char* place : {"/proc/program", "/nonexistent/program", "/tmp"}) {
    Result<void> written = write_executable(unit, place);
    ASSERT_FALSE(written) << place;
    EXPECT_EQ(written.error().kind(), ErrorKind::File);
  }
}

TEST_F(Aot, refused_library_leaves_the_linker_usable) {
  Unit unit = unit_of(Hello);
  std::string junk = folder_ / "junk.o";
  write_bytes(junk, "this is no object");
  Result<void> written = write_executable(unit, folder_ / "program", {.libraries = {junk}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::LinkFailed) << written.error().to_string();
  write_bytes(junk, "!<arch>\nbroken");
  ASSERT_FALSE(write_executable(unit, folder_ / "program", {.libraries = {junk}}));
  EXPECT_TRUE(write_executable(unit, folder_ / "program"));
}

TEST_F(Aot, malformed_code_is_an_error) {
  Unit unit = unit_of("define i32 @main() { ret i32 0 }");
  break_main(unit);
  Result<void> written = write_executable(unit, folder_ / "program");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::Codegen);
}

// ASan, for one, gives back at the end of a thread the signal stack that it finds there.
TEST_F(Aot, leaves_signals_and_their_stacks_alone) {
  auto handlers = [] {
    std::vector<void*> found;
    for (int signal : {SIGHUP, SIGINT, SIGTERM, SIGUSR2, SIGPIPE, SIGSEGV, SIGILL, SIGABRT}) {
      struct sigaction action;
      sigaction(signal, nullptr, &action);
      found.push_back(reinterpret_cast<void*>(action.sa_handler));
    }
    return found;
  };
  const std::vector<void*> before = handlers();
  std::thread([&] {
    stack_t stack, later;
    sigaltstack(nullptr, &stack);
    Unit program = unit_of(Hello), library = unit_of(Library);
    EXPECT_TRUE(write_executable(program, folder_ / "program"));
    EXPECT_TRUE(write_shared_library(library, folder_ / "libprogram.so"));
    sigaltstack(nullptr, &later);
    EXPECT_EQ(later.ss_sp, stack.ss_sp);
  }).join();
  EXPECT_EQ(handlers(), before);
}

TEST(AotThreads, write_at_the_same_time) {
  Folder folder;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      Unit unit = unit_of(Hello);
      std::string path = folder / ("program" + std::to_string(i));
      Result<void> written = write_executable(unit, path);
      EXPECT_TRUE(written) << written.error().to_string();
    });
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(run(folder / ("program" + std::to_string(i))).status, 41);
}

}  // namespace
}  // namespace inlay::aot
