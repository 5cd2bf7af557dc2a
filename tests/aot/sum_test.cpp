// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The example compiler from outside: what it writes, and that its runtime is gone from it as a library.
#include "aot/test_support.h"

#include <dlfcn.h>

#include <llvm/Object/ELFObjectFile.h>

namespace {

using inlay::aot::Folder;
using inlay::aot::run;

constexpr const char* Sum = SUM_PROGRAM;

class SumCompiler : public ::testing::Test {
 protected:
  inlay::aot::Ran sum(const std::string& arguments) { return run(std::string(Sum) + " " + arguments + " 2>&1"); }
  Folder folder_;
};

/// The names in an object's or program's symbol table.
std::vector<std::string> symbols_of(const std::string& path) {
  std::vector<std::string> names;
  auto file = llvm::object::ObjectFile::createObjectFile(path);
  EXPECT_TRUE(bool(file));
  if (!file) {
    llvm::consumeError(file.takeError());
    return names;
  }
  for (const llvm::object::SymbolRef& symbol : file->getBinary()->symbols()) {
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (name)
      names.push_back(name->str());
    else
      llvm::consumeError(name.takeError());
  }
  return names;
}

TEST_F(SumCompiler, runs_in_process) {
  EXPECT_EQ(sum("-e 1 2 3").output, "6\n");
  EXPECT_EQ(sum("-e -f " SUM_NUMBERS).output, "14\n");
  EXPECT_EQ(sum("-e '$1 * $2' -a 6 -a 7").output, "42\n");
}

TEST_F(SumCompiler, executable_runs_alone) {
  for (const char* level : {"-O 0", "-O 1", "-O 2", "-O 3", "--native", "--strip"}) {
    std::string path = folder_ / "program";
    inlay::aot::Ran compiled = sum("-f " SUM_NUMBERS " '$1 * 10' -o " + path + " " + level);
    ASSERT_EQ(compiled.status, 0) << compiled.output;
    EXPECT_EQ(run(path + " 5").output, "64\n") << level;
  }
}

TEST_F(SumCompiler, errors_of_the_runtime_end_the_program) {
  std::string path = folder_ / "program";
  ASSERT_EQ(sum("'$1 / $2' -o " + path).status, 0);
  EXPECT_EQ(run(path + " 7 2").output, "3\n");
  for (const char* arguments : {" 7 0", " 7", " 7 x", " -9223372036854775808 -1"}) {
    inlay::aot::Ran ran = run(path + arguments + " 2>&1");
    EXPECT_EQ(ran.status, 1) << arguments;
    EXPECT_EQ(ran.output.rfind("sum: ", 0), 0u) << ran.output;
  }
}

TEST_F(SumCompiler, disassembly_holds_no_call_of_the_runtime) {
  std::string path = folder_ / "program";
  ASSERT_EQ(sum("'1 + $1' '2 * $2' '$1 % $2' -o " + path).status, 0);
  for (const std::string& name : symbols_of(path)) EXPECT_NE(name.rfind("sum_", 0), 0u) << name << " is still there";
  if (run("llvm-objdump-22 --version > /dev/null 2>&1").status != 0) GTEST_SKIP() << "no llvm-objdump-22";
  std::string code = run("llvm-objdump-22 -d --no-show-raw-insn " + path).output;
  EXPECT_NE(code.find("<main>:"), std::string::npos);
  EXPECT_NE(code.find("call"), std::string::npos);
  EXPECT_EQ(code.find("<sum_"), std::string::npos) << code;
}

TEST_F(SumCompiler, object_links_with_cc) {
  if (run("cc --version > /dev/null 2>&1").status != 0) GTEST_SKIP() << "no cc";
  std::string object = folder_ / "sum.o", program = folder_ / "program";
  ASSERT_EQ(sum("1 2 -c " + object).status, 0);
  inlay::aot::Ran linked = run("cc " + object + " -lstdc++ -o " + program + " 2>&1");
  ASSERT_EQ(linked.status, 0) << linked.output;
  EXPECT_EQ(run(program).output, "3\n");
}

TEST_F(SumCompiler, static_library_is_called_from_c) {
  if (run("cc --version > /dev/null 2>&1").status != 0) GTEST_SKIP() << "no cc";
  std::string library = folder_ / "libsum.a", source = folder_ / "user.c", program = folder_ / "user";
  ASSERT_EQ(sum("'20 + $1' 2 --static-lib " + library).status, 0);
  inlay::aot::write_bytes(source,
                          "#include <stdio.h>\nlong evaluate(int, char**);\n"
                          "int main(int c, char** v) { printf(\"<%ld>\", evaluate(c, v)); return 0; }\n");
  inlay::aot::Ran linked = run("cc " + source + " " + library + " -lstdc++ -o " + program + " 2>&1");
  ASSERT_EQ(linked.status, 0) << linked.output;
  EXPECT_EQ(run(program + " 20").output, "<42>");
}

TEST_F(SumCompiler, shared_library_is_loaded_and_exports_one_name) {
  std::string path = folder_ / "libsum.so";
  ASSERT_EQ(sum("'20 + $1' 2 --shared " + path).status, 0);
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << ::dlerror();
  auto evaluate = reinterpret_cast<std::int64_t (*)(int, char**)>(::dlsym(library, "evaluate"));
  ASSERT_TRUE(evaluate);
  char name[] = "test", number[] = "20";
  char* argv[] = {name, number, nullptr};
  EXPECT_EQ(evaluate(2, argv), 42);
  EXPECT_EQ(::dlsym(library, "sum_push"), nullptr);
  EXPECT_EQ(::dlsym(library, "main"), ::dlsym(RTLD_DEFAULT, "main"));
  ::dlclose(library);
}

TEST_F(SumCompiler, errors_name_file_line_and_column) {
  std::string file = folder_ / "wrong.txt";
  inlay::aot::write_bytes(file, "1 + 2\n3 * (4\n");
  inlay::aot::Ran compiled = sum("-f " + file + " -o " + (folder_ / "program"));
  EXPECT_EQ(compiled.status, 1);
  EXPECT_NE(compiled.output.find("wrong.txt:2:7: error: expected ')'"), std::string::npos) << compiled.output;
}

TEST_F(SumCompiler, refuses_what_it_cannot_read_or_write) {
  EXPECT_EQ(sum("-f " + (folder_ / "absent.txt") + " -e").status, 1);
  inlay::aot::Ran compiled = sum("1 -o /nonexistent/program");
  EXPECT_EQ(compiled.status, 1);
  EXPECT_NE(compiled.output.find("[file]"), std::string::npos) << compiled.output;
}

}  // namespace
