# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Options, dependencies and the rules every target of this project follows. Strict for us (warnings are errors,
# sanitizers on request), gentle for projects that include this one.

option(INLAY_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(INLAY_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(INLAY_BUILD_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(INLAY_BUILD_APPS "Build the programs in apps/" ${PROJECT_IS_TOP_LEVEL})
option(INLAY_LONG_TESTS "Add the tests that take minutes each, and let searches take their time" OFF)
option(INLAY_BUILD_FUZZERS "Build the libFuzzer targets (clang only)" OFF)
option(INLAY_WERROR "Warnings are errors" OFF)
# ccache keeps no objects that were made with a precompiled header, unless it is told not to look at what is in there.
set(precompile ${PROJECT_IS_TOP_LEVEL})
if(CMAKE_CXX_COMPILER_LAUNCHER)
  set(precompile OFF)
endif()
option(INLAY_PRECOMPILE "Precompile the headers that most files include" ${precompile})
set(INLAY_SANITIZE "" CACHE STRING "Sanitizers for everything we compile, as for -fsanitize=")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

include(GNUInstallDirs)
find_package(LLVM 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/llvm)
find_package(LLD REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/lld)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(LIBFFI REQUIRED IMPORTED_TARGET libffi)

# Flags of every target of ours; an interface target, so that nothing leaks into a project that includes us.
add_library(inlay_flags INTERFACE)
if(PROJECT_IS_TOP_LEVEL)
  # Warnings are errors where the presets ask for it: which ones there are depends on compiler and level.
  target_compile_options(inlay_flags INTERFACE -Wall -Wextra $<$<BOOL:${INLAY_WERROR}>:-Werror>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 sees uninitialized members in moved std::variant and std::optional that are not there.
    target_compile_options(inlay_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
if(INLAY_SANITIZE)
  target_compile_options(inlay_flags INTERFACE -fsanitize=${INLAY_SANITIZE} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  target_link_options(inlay_flags INTERFACE -fsanitize=${INLAY_SANITIZE})
endif()

add_library(inlay_llvm INTERFACE)
target_include_directories(inlay_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
separate_arguments(llvm_definitions NATIVE_COMMAND ${LLVM_DEFINITIONS})
target_compile_definitions(inlay_llvm INTERFACE ${llvm_definitions})

# inlay_precompiled(NAME HEADERS header... [LIBRARIES target...]): headers that are compiled once, for targets that are
# compiled like NAME and say so with inlay_precompile(TARGET NAME). Every file still includes what it uses: the builds
# without INLAY_PRECOMPILE see to that.
function(inlay_precompiled name)
  if(INLAY_PRECOMPILE)
    cmake_parse_arguments(PARSE_ARGV 1 precompiled "" "" "HEADERS;LIBRARIES")
    file(CONFIGURE OUTPUT ${name}.cpp CONTENT "")
    add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${name} PRIVATE inlay_flags ${precompiled_LIBRARIES})
    list(TRANSFORM precompiled_HEADERS REPLACE "(.+)" "<\\1>")
    target_precompile_headers(${name} PRIVATE ${precompiled_HEADERS})
  endif()
endfunction()

function(inlay_precompile target name)
  if(INLAY_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${name})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # GCC 12 sees moved strings out of bounds, and does not know any more that their code is the system's.
      target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
    endif()
  endif()
endfunction()

# inlay_room(NAME USES room... [LLVM] [FOLDERS folder...]): the room src/NAME as an object library `inlay_NAME`, from the
# sources in its folder and in these folders there; `x_test.cpp` files become the test `inlay_NAME_test`, `x_fuzz.cpp`
# files a fuzzer each.
function(inlay_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "LLVM" "" "USES;LIBRARIES;FOLDERS")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(folder IN LISTS room_FOLDERS)
    file(GLOB inner CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${inner})
  endforeach()
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  set(fuzzers ${sources})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
  add_library(inlay_${name} OBJECT ${sources})
  target_include_directories(inlay_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include
                             PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(inlay_${name} PRIVATE inlay_flags PUBLIC Threads::Threads ${room_LIBRARIES})
  if(room_LLVM)
    target_link_libraries(inlay_${name} PUBLIC inlay_llvm)
    inlay_precompile(inlay_${name} inlay_precompiled_llvm)
  endif()
  set_property(GLOBAL APPEND PROPERTY INLAY_ROOMS inlay_${name})
  if(tests)
    set_property(GLOBAL APPEND PROPERTY INLAY_ROOM_TESTS "${name}")
    set_property(GLOBAL PROPERTY INLAY_ROOM_TESTS_${name} "${tests}")
  endif()
  foreach(fuzzer IN LISTS fuzzers)
    set_property(GLOBAL APPEND PROPERTY INLAY_FUZZERS "${fuzzer}")
  endforeach()
endfunction()
