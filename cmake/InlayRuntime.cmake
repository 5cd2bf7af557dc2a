# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# inlay_add_runtime(name SOURCES file... [LANGUAGE C|CXX] [FLAGS flag...] [NATIVE file])
#
# Makes the library target `name` from C (.c), C++ and bitcode (.bc) sources: their native code, and beside it their
# bitcode and an index of every function, so that a program that links it can have them specialized and inlined at run
# time. The native code comes from the same bitcode, made by clang of Inlay's LLVM; the program may be built with any
# compiler. Include folders, definitions and the C++ standard are taken from the target as usual:
#   target_include_directories(name PUBLIC …)   target_compile_definitions(name PRIVATE …)
# NATIVE names another object file to write, with the native code alone: aot::Options::libraries for programs that do not
# carry the runtime as bitcode.

function(inlay_add_runtime name)
  cmake_parse_arguments(PARSE_ARGV 1 runtime "" "LANGUAGE;NATIVE" "SOURCES;FLAGS")
  if(NOT runtime_SOURCES)
    message(FATAL_ERROR "inlay_add_runtime(${name}): SOURCES is missing; name at least one .c, .cpp or .bc file")
  endif()
  if(runtime_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "inlay_add_runtime(${name}): unknown arguments '${runtime_UNPARSED_ARGUMENTS}'; "
                        "sources go behind SOURCES")
  endif()
  set(sources)
  foreach(source IN LISTS runtime_SOURCES)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND sources ${source})
  endforeach()

  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.inlay.o)
  # The library's properties are the place where users set include folders and definitions; they are read from it when
  # the build is generated.
  add_library(${name} STATIC ${object})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
  set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  # A program may know its runtime only by the names in the code it compiles: take it out of the archive all the same.
  target_link_options(${name} INTERFACE LINKER:-u,inlay_runtime_${name})
  if(TARGET inlay::annotate)
    target_link_libraries(${name} PUBLIC inlay::annotate)
  endif()

  set(language_flags)
  if(NOT runtime_LANGUAGE STREQUAL "C")
    set(standard ${CMAKE_CXX_STANDARD})
    if(NOT standard)
      set(standard 20)
    endif()
    set(language_flags --c++-flag=-std=c++${standard})
  endif()
  set(native)
  if(runtime_NATIVE)
    set(native --native ${runtime_NATIVE})
  endif()
  set(includes "$<TARGET_PROPERTY:${name},INCLUDE_DIRECTORIES>")
  set(definitions "$<TARGET_PROPERTY:${name},COMPILE_DEFINITIONS>")
  set(options "$<TARGET_PROPERTY:${name},COMPILE_OPTIONS>")
  add_custom_command(
    OUTPUT ${object}
    BYPRODUCTS ${runtime_NATIVE}
    COMMAND inlay::command embed --name ${name} --output ${object} --depfile ${object}.d ${native} ${language_flags}
            "$<$<BOOL:${includes}>:--flag=-I$<JOIN:${includes},;--flag=-I>>"
            "$<$<BOOL:${definitions}>:--flag=-D$<JOIN:${definitions},;--flag=-D>>"
            "$<$<BOOL:${options}>:--flag=$<JOIN:${options},;--flag=>>"
            "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:--flag=-DNDEBUG>"
            "$<$<BOOL:${runtime_FLAGS}>:--flag=$<JOIN:${runtime_FLAGS},;--flag=>>"
            ${sources}
    DEPENDS ${sources} inlay::command
    DEPFILE ${object}.d
    COMMAND_EXPAND_LISTS VERBATIM
    COMMENT "Embedding runtime ${name}")
endfunction()
