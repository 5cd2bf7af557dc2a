# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What the apps' commands, libraries and tests are built by.

# The library folder as programs beside it find it.
file(RELATIVE_PATH INLAY_APP_LIBDIR /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})

# inlay_app_sources(VARIABLE FOLDER): the sources of src/FOLDER without its tests. Called in the app's folder.
function(inlay_app_sources variable folder)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
  set(${variable} ${sources} PARENT_SCOPE)
endfunction()

# inlay_app_command(TARGET NAME COMPONENT): TARGET is the command NAME, installed with its page of the manual and its
# completions. OPTIONAL: who has not built it installs the rest. Finds headers that apps share as "common/x.h".
function(inlay_app_command target name component)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/apps)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} INSTALL_RPATH "$ORIGIN/${INLAY_APP_LIBDIR}")
  target_link_libraries(${target} PRIVATE inlay_flags CLI11::CLI11)
  install(TARGETS ${target} RUNTIME COMPONENT ${component} OPTIONAL)
  install(FILES ${PROJECT_SOURCE_DIR}/docs/man/${name}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
          COMPONENT ${component})
  install(FILES ${PROJECT_SOURCE_DIR}/completions/${name}.bash
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${name} COMPONENT ${component})
  install(FILES ${PROJECT_SOURCE_DIR}/completions/_${name}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT ${component})
  install(FILES ${PROJECT_SOURCE_DIR}/completions/${name}.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT ${component})
endfunction()

# inlay_app_line_reader(TARGET): for a command, lines that are typed and edited; see line_reader.h.
function(inlay_app_line_reader target)
  pkg_check_modules(LIBEDIT REQUIRED IMPORTED_TARGET libedit)
  target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/apps/common/line_reader.cpp)
  target_link_libraries(${target} PRIVATE PkgConfig::LIBEDIT)
endfunction()

# inlay_app_folder_test(APP FOLDER LIBRARY): src/FOLDER/x_test.cpp stands beside x.cpp; all of a folder make one program,
# inlay_APP_FOLDER_test, with the LIBRARY that they test. Without any there is none. Called in the app's folder.
# As in tests/CMakeLists.txt: under sanitizers, where starting a program is slow, a program is one test; suites whose names
# end in "Threads" are labelled `threads`, for ThreadSanitizer.
function(inlay_app_folder_test app folder library)
  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/${folder}/*_test.cpp)
  if(NOT tests)
    return()
  endif()
  set(target inlay_${app}_${folder}_test)
  add_executable(${target} ${tests})
  target_include_directories(${target} PRIVATE src)
  target_link_libraries(${target} PRIVATE ${library} inlay_flags GTest::gtest_main)
  target_compile_definitions(${target} PRIVATE INLAY_SOURCE_FOLDER="${PROJECT_SOURCE_DIR}")
  if(INLAY_SANITIZE)
    target_compile_definitions(${target} PRIVATE INLAY_SANITIZED)
    add_test(NAME ${app}_${folder} COMMAND ${target} --gtest_brief=1 --gtest_filter=-*Threads.*)
    set_tests_properties(${app}_${folder} PROPERTIES TIMEOUT 600)
  else()
    gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST TEST_PREFIX ${app}_ TEST_FILTER "-*Threads.*"
                         PROPERTIES TIMEOUT 300)
  endif()
  foreach(source IN LISTS tests)
    file(STRINGS ${source} threads REGEX "^TEST[_FP]*\\([A-Za-z0-9]*Threads,")
    if(threads)
      add_test(NAME ${app}_${folder}_threads COMMAND ${target} --gtest_brief=1 --gtest_filter=*Threads.*)
      set_tests_properties(${app}_${folder}_threads PROPERTIES TIMEOUT 600 LABELS threads)
      if(TARGET inlay_thread_tests)
        add_dependencies(inlay_thread_tests ${target})
      endif()
      break()
    endif()
  endforeach()
endfunction()

# inlay_app_fuzzers(APP LIBRARY): src/FOLDER/x_fuzz.cpp is a fuzzer, with its seeds in tests/corpus/FOLDER_x; see
# tests/CMakeLists.txt of the library. Called in the app's folder.
function(inlay_app_fuzzers app library)
  if(NOT INLAY_BUILD_FUZZERS OR NOT INLAY_BUILD_TESTS)
    return()
  endif()
  file(GLOB fuzzers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/*/*_fuzz.cpp)
  foreach(source IN LISTS fuzzers)
    cmake_path(GET source STEM stem)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(GET folder FILENAME folder)
    string(REGEX REPLACE "_fuzz$" "" subject ${stem})
    set(name ${app}_${folder}_${stem})
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE src)
    target_link_libraries(${name} PRIVATE ${library} inlay_flags)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(inlay_fuzzers ${name})
    set(found ${CMAKE_CURRENT_BINARY_DIR}/corpus/${folder}_${subject})
    file(MAKE_DIRECTORY ${found})
    set(seeds ${CMAKE_CURRENT_SOURCE_DIR}/tests/corpus/${folder}_${subject})
    if(NOT IS_DIRECTORY ${seeds})
      set(seeds "")
    endif()
    add_test(NAME fuzz_${app}_${folder}_${subject}
             COMMAND ${name} -max_total_time=30 -rss_limit_mb=4096 ${found} ${seeds})
    set_tests_properties(fuzz_${app}_${folder}_${subject} PROPERTIES LABELS fuzz TIMEOUT 120)
  endforeach()
endfunction()

# inlay_app_script_test(APP TEST TARGET): tests/TEST.py, called with the command that TARGET is, as the test APP_TEST; it
# ends with 77 where it cannot be run. Called in the app's folder.
function(inlay_app_script_test app test target)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_test(NAME ${app}_${test} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tests/${test}.py
                                       $<TARGET_FILE:${target}>)
  set_tests_properties(${app}_${test} PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77)
endfunction()
